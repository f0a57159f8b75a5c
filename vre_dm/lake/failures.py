"""The one place where errors of Rucio's client and of HTTP become ours: one line, with the next step."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests
from rucio.common import exception as rucio

from vre_dm.errors import Declined, LoginRefused, NoSpace, NotInLake, Unreachable, VreDmError
from vre_dm.lake.instance import Instance
from vre_dm.lake.tokens.asking import unseen

_LONGEST = 300

_DATABASE = re.compile(r"\((psycopg|sqlalchemy|sqlite3)[\w.]*\).*", re.DOTALL)

# The address of a login in a browser gives the token to whoever has it.
_ASKED = re.compile(r" with url: \S+")

# As Rucio's client tells an answer that has none of Rucio's words.
_CRASHED = "no error information passed (http status code: 5"

_NO_RSE = (rucio.RSENotFound, rucio.InvalidRSEExpression)

# Rucio's exceptions by the error of ours they become, each with what the user can do.
_MEANING: list[tuple[tuple[type[Exception], ...], type[VreDmError], str]] = [
    (
        (rucio.DataIdentifierNotFound, rucio.ScopeNotFound),
        NotInLake,
        "check the spelling, or search for it with a pattern like scope:name*",
    ),
    ((rucio.AccountNotFound, rucio.IdentityNotFound), NotInLake, "check the account in your configuration"),
    (
        (rucio.RuleNotFound, rucio.RequestNotFound),
        NotInLake,
        "it expired or was deleted",
    ),
    (
        (rucio.InsufficientAccountLimit, rucio.RSEOverQuota, rucio.FullStorage),
        NoSpace,
        "delete rules that you no longer need, or ask for more",
    ),
    (
        (rucio.CannotAuthenticate, rucio.NoAuthInformation, rucio.IdentityError),
        LoginRefused,
        "log in again: check account, password or token (vre-dm doctor)",
    ),
    (
        (rucio.AccessDenied, rucio.ScopeAccessDenied, rucio.RSEAccessDenied, rucio.CannotAuthorize),
        LoginRefused,
        "ask the owner of the scope or the admins of the lake for the right",
    ),
    (
        (rucio.DuplicateRule,),
        Declined,
        "such a rule exists already",
    ),
    (
        (rucio.ServerConnectionException, rucio.ServiceUnavailable, rucio.ResourceTemporaryUnavailable),
        Unreachable,
        "try again in a minute; vre-dm doctor looks for the cause",
    ),
]


@contextmanager
def told_plainly(instance: Instance, what: str, offered: Callable[[], str] = lambda: "") -> Iterator[None]:
    """Turn what Rucio's client raises inside the block into an error of `vre_dm.errors`.

    Parameters
    ----------
    instance
        Lake that is asked.
    what
        What is asked for, as in "the files of a:b".
    offered
        Looks up the names of the storage elements, for a message about one that is not there.
    """
    try:
        with unseen():
            yield
    except VreDmError:
        raise
    except (ValueError, KeyError, TypeError, StopIteration) as error:  # the last: an empty answer
        msg = (
            f"the answer of {instance.url} about {what} is not Rucio's: {one_line(error)}; check the address"
        )
        raise Unreachable(msg) from error
    except _NO_RSE as error:
        raise _no_rse(error, what, offered()) from error
    except rucio.RucioException as error:
        raise _ours(error, what) from error
    except OSError as error:  # requests' exceptions are OSErrors too; a wrong CA path is a plain one
        raise unreachable(instance, error) from error


def unreachable(instance: Instance, error: OSError) -> Unreachable:
    """Why a server did not answer, and the next step."""
    chain = repr(error)
    if isinstance(error, requests.exceptions.SSLError) or "CERTIFICATE_VERIFY" in chain:
        why, step = _certificate_fault(chain, instance)
    elif isinstance(error, requests.exceptions.Timeout):
        why, step = "it did not answer in time", "try again; check network and VPN"
    elif "NameResolution" in chain or "getaddrinfo" in chain or "Name or service" in chain:
        why, step = "its name is unknown", f"check the address (from {instance.source})"
    elif "Connection refused" in chain:
        why, step = "nothing listens there", _start_it(instance)
    elif "invalid path" in str(error):
        why, step = one_line(error), f"correct the path of the CA certificate (from {instance.source})"
    else:
        why, step = one_line(error), "check address, network and VPN"
    return Unreachable(f"the lake {instance.name} at {instance.url} is unreachable: {why}; {step}")


def _start_it(instance: Instance) -> str:
    if instance.embedded:
        return "it stops when it is not used; vre-dm lake up, or connect(), starts it again"
    return f"check the address (from {instance.source}) and whether the server is up"


def _certificate_fault(chain: str, instance: Instance) -> tuple[str, str]:
    if "WRONG_VERSION_NUMBER" in chain or "record layer failure" in chain:
        return "it does not speak TLS", "check whether the address should start with http:// instead"
    if "expired" in chain:
        return "its certificate has expired", "tell the admins of the lake, and check this machine's clock"
    if "doesn't match" in chain or "Hostname mismatch" in chain or "IP address mismatch" in chain:
        return "its certificate belongs to another host", "check the address"
    used = f"{instance.ca} does not contain" if instance.ca else "the system's list does not contain"
    return (
        f"{used} its certificate authority",
        "set ca_cert (rucio.cfg), rucio_ca_cert (RucioConfig) or RUCIO_CA_CERT",
    )


def is_undone(text: str) -> bool:
    """Whether Rucio's text means that the lake's database undid a change of a rule: all is as it was.

    Of a failed statement most of its methods say that the rule's id is badly formatted, which ours never is.
    """
    return any(said in text for said in ("Badly formatted rule", "A StatementError occurred"))


def _ours(error: Exception, what: str) -> VreDmError:
    if is_undone(str(error)):
        why = "the lake's database undid this three times, as it does when changes of the same rules meet"
        return Declined(f"{what}: {why}; nothing has changed: try again in a minute")
    for kinds, ours, step in _MEANING:
        if isinstance(error, kinds):
            said = one_line(error)
            told = said if what in said else ": ".join(filter(None, (what, said)))
            blamed = "did" if isinstance(error, rucio.DataIdentifierNotFound) else None
            return ours(f"{told}; {step}", field=blamed)
    if _CRASHED in str(error):
        why = f"the lake's server failed and does not say why ({one_line(error)})"
        return Declined(f"{what}: {why}; try again in a minute, or tell the admins of the lake")
    return Declined(f"{what}: the lake declined: {one_line(error)}")


def _no_rse(error: Exception, what: str, offered: str) -> NotInLake:
    said = one_line(error)
    why = "no storage element fits" if "empty set" in said else said
    return NotInLake(f"{what}: {why}; name one of {offered}", field="rse")


def one_line(error: object) -> str:
    """Text of an error on one line, without control characters and address, cut (visibly) when very long."""
    text = _ASKED.sub("", str(error))
    _, found, details = text.partition("Details: ")
    text = _DATABASE.sub("", details if found else text)  # its words help nobody, and quote the row
    words = " ".join(text.split()).rstrip(".")
    clean = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in words)
    return clean if len(clean) <= _LONGEST else clean[:_LONGEST] + "…"
