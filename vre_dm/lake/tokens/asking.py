"""One question to a server that hands out tokens: nothing of it or of the answer shows when it fails."""

import json
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from vre_dm.errors import Unreachable
from vre_dm.lake.tables import clean
from vre_dm.lake.tokens.secret import Secret

_TIMEOUT = (5.0, 30.0)  # seconds to connect, seconds without a byte
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said.

    Attributes
    ----------
    status, body, date
        Status code, JSON object (empty where it was none), and the server's time if it told.
    """

    status: int
    body: Mapping[str, Any] = field(repr=False)
    date: datetime | None

    def text(self, key: str) -> str:
        """Text under a key; empty where there is none."""
        value = self.body.get(key)
        return value if isinstance(value, str) else ""

    def seconds(self, key: str) -> float | None:
        """Positive number under a key, or ``None``; some servers write it as text."""
        try:
            value = float(self.body.get(key))  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return None
        return value if 0 < value < float("inf") else None

    @property
    def fault(self) -> str:
        """Error of the server on one line."""
        said = self.text("error_description") or self.text("error") or self.text("message")
        return clean(said, 200) or f"HTTP {self.status}"


@dataclass(frozen=True, slots=True)
class Sealed(requests.auth.AuthBase):  # type: ignore[misc]
    """Puts a secret into a request's header at the last moment, so that no caller's variable holds it."""

    header: str
    secret: Secret
    before: str = ""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the header."""
        request.headers[self.header] = self.before + self.secret.reveal()
        return request


class Nobody(requests.auth.AuthBase):  # type: ignore[misc]
    """Sends no login. Where requests is given none at all, it takes one out of a ``.netrc``."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Leave the request as it is."""
        return request


def ask(
    url: str,
    what: str,
    *,
    form: Mapping[str, str | Secret] | None = None,
    auth: requests.auth.AuthBase | None = None,
    ca: Path | None = None,
    direct: bool = False,
) -> Answer:
    """Ask with GET, or with POST where there is a form. Redirects are not followed.

    Parameters
    ----------
    url, what
        Address, and whom to name in a message.
    form, auth
        What is sent, and the login.
    ca
        Certificate authority of the server, if it is not one of the system's.
    direct
        Whether no proxy of the environment stands in between: the server is this machine.

    Raises
    ------
    Unreachable
        It did not answer, or its certificate is not trusted.
    """
    try:
        with unseen(), _session(direct) as session, session.request(
            "GET" if form is None else "POST", url, auth=auth or Nobody(), verify=str(ca) if ca else True,
            data=None if form is None else {k: _plain(v) for k, v in form.items()},
            timeout=_TIMEOUT, allow_redirects=False, stream=True, headers={"Accept": "application/json"},
        ) as response:  # fmt: skip
            date = _date(response.headers.get("Date"))
            return Answer(response.status_code, _json(response), date)
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        why = (
            "its certificate is not trusted" if "CERTIFICATE_VERIFY" in repr(error) else type(error).__name__
        )
    msg = f"{what} at {urlsplit(url).netloc} did not answer ({why}); try again, or check network and VPN"
    raise Unreachable(msg)


def _session(direct: bool) -> requests.Session:
    session = requests.Session()
    session.trust_env = not direct
    return session


@contextmanager
def unseen() -> Iterator[None]:
    """Empty the frames of what failed inside: libraries keep headers and forms in their variables."""
    try:
        yield
    except BaseException as error:
        forget_frames(error)
        raise


def forget_frames(error: BaseException) -> None:
    """Empty the finished frames that an exception and its causes came through, and drop their requests.

    Both hold headers; Dask sends an error to another process with all its causes.
    """
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            traceback.clear_frames(one.__traceback__)
            if isinstance(one, requests.exceptions.RequestException):
                one.request = None
            todo += [one.__cause__, one.__context__]


def _plain(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _json(response: requests.Response) -> Mapping[str, Any]:
    try:
        raw = response.raw.read(_LARGEST, decode_content=True)
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
