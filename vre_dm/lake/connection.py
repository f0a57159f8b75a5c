"""One logged-in conversation with a Rucio server."""

import configparser
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import requests
from rucio.common.exception import ConfigLoadingError, InvalidRSEExpression

from vre_dm.errors import InvalidConfiguration, Unreachable
from vre_dm.lake import rucio_cfg
from vre_dm.lake.failures import one_line, told_plainly
from vre_dm.lake.http import TIMEOUT, Session, http_date, roots
from vre_dm.lake.instance import Instance
from vre_dm.lake.login import provider
from vre_dm.lake.tables import clean

if TYPE_CHECKING:
    from vre_dm.lake.transport import RucioClient

T = TypeVar("T")

# Major versions whose REST answers are those read here; 41 is the one the tests run against.
SUPPORTED = range(35, 42)
_LISTED = 12  # storage elements that a message names


class Connection:
    """Asks one Rucio server, with a fresh token each time; safe to share between threads.

    Parameters
    ----------
    instance
        Lake to talk to.

    Raises
    ------
    LoginRefused
        The configuration lacks what its kind of login needs.
    InvalidConfiguration
        Rucio's client finds a ``rucio.cfg`` that it cannot read.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.tokens = provider(instance)
        self._client = _rucio_client()(instance, self.tokens)

    def ask(self, what: str, question: Callable[[Any], T]) -> T:
        """Answer to a question put to Rucio's client.

        Parameters
        ----------
        what
            What is asked for, for error messages: "the files of a:b".
        question
            Called with a `rucio.client.Client`. It must read what the client streams before it returns.

        Raises
        ------
        Unreachable, LoginRefused, NotInLake, NoSpace, Declined
            As `vre_dm.lake.failures` says.
        """
        with told_plainly(self.instance, what, self.rse_names):
            return question(self._client)

    def follow(self, what: str, question: Callable[[Any], Iterator[T]]) -> Iterator[T]:
        """Parts of a long answer as they come; close it when no more is wanted. As `ask` else.

        An answer that breaks off is not asked for again: who has its first part must be told.
        """
        with told_plainly(self.instance, what, self.rse_names):
            yield from question(self._client)

    def rse_names(self) -> str:
        """Names of the lake's storage elements, as a message lists them."""
        names = self.ask("the storage elements", _all_rses)
        more = f" … ({len(names)} in all)" if len(names) > _LISTED else ""
        return ", ".join(map(clean, names[:_LISTED])) + more

    def account(self) -> str:
        """Rucio account in use."""
        named = self.instance.account
        return named or str(self.ask("your account", lambda rucio: rucio.whoami()["account"]))

    def version(self) -> str:
        """Version of the server; works without a login.

        Raises
        ------
        Unreachable
            Nothing answers, it is not Rucio, or not a version that this client understands.
        """
        with told_plainly(self.instance, "the version of the server"):
            version = str(self._ping().json()["version"])
        major = version.partition(".")[0]
        if not major.isdecimal() or int(major) not in SUPPORTED:
            msg = (
                f"the lake {self.instance.name} runs Rucio {one_line(version)}, this client speaks "
                f"{SUPPORTED[0]} to {SUPPORTED[-1]}; install the vre-dm that fits the server"
            )
            raise Unreachable(msg)
        return version

    def clock(self) -> datetime | None:
        """Time of the server, if it tells.

        Raises
        ------
        Unreachable
            Nothing answers.
        """
        with told_plainly(self.instance, "the time of the server"):
            return http_date(self._ping().headers.get("Date"))

    def _ping(self) -> requests.Response:
        with Session() as session:
            return session.get(f"{self.instance.url}/ping", timeout=TIMEOUT, verify=roots(self.instance))


def _all_rses(rucio: Any) -> list[str]:
    try:
        return sorted(str(row["rse"]) for row in rucio.list_rses())
    except InvalidRSEExpression:  # there is none
        return []


def _rucio_client() -> "type[RucioClient]":
    """Rucio's client, which looks for its ``rucio.cfg`` when it is imported, whatever lake is asked for."""
    try:
        from vre_dm.lake.transport import RucioClient
    except (ConfigLoadingError, configparser.Error, OSError, UnicodeDecodeError) as error:
        why = one_line(rucio_cfg.fault(error))
        msg = f"Rucio's client cannot read its rucio.cfg: {why}; correct it, and what RUCIO_CONFIG names"
        raise InvalidConfiguration(msg) from error
    return RucioClient
