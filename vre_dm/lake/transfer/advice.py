"""Who can act on a cause, and how: every cause that the engine knows, in one table."""

import re
from dataclasses import dataclass

YOU = "you"
LATER = "nobody: try later"
_ADMINS = "the admins of {rse}"
_LAKE = "the admins of the lake"
_OWNER = "the dataset's owner"

_AGAIN = "run again; what came is kept"
_ELSEWHERE = "tell them; meanwhile fetch from another storage element (rse=)"

# The first that fits the begin of a cause; servers can write behind a begin of ours, never before it.
_TABLE: tuple[tuple[str, str, str], ...] = (
    (r".*, asks to come back in (?P<wait>\d+) s$", LATER, "run again in {wait} s"),
    (r"HTTP 401\b", YOU, "log in again; vre-dm doctor shows which login is used"),
    (r"HTTP 403\b", _ADMINS, "ask them for the right to read; vre-dm doctor shows as whom you ask"),
    (r"HTTP (404|410)\b", _ADMINS, "tell them that this registered file is lost there"),
    (r"HTTP (408|425|429|5\d\d)\b", LATER, "run again later; if it lasts, tell the admins of {rse}"),
    (r"HTTP \d", _ADMINS, _ELSEWHERE),
    (r"a web page came", YOU, "log in again (vre-dm doctor); else tell the admins of {rse}"),
    (r"the answer is packed", _ADMINS, "tell them to serve files as they are stored"),
    (r"checksum |\d+ bytes instead of", _ADMINS, "tell them that this copy is damaged"),
    (r"\d+ bytes are offered", _ADMINS, "tell them that this copy is another file than registered"),
    (r"more than the|more bytes came", _ADMINS, "tell them that this copy is another file than registered"),
    (r"the answer ended after", LATER, _AGAIN),
    (r"the file ended after", _ADMINS, "tell them that this copy is shorter than registered"),
    (r"the server (has no such|sent another) range|the server does not send parts", LATER, _AGAIN),
    (r"the object changed meanwhile", LATER, "run again when nobody writes to it"),
    (r"redirect to .*, whose name is unknown", _ADMINS, "tell them; or check your network and VPN"),
    (r"redirect to the private address", _LAKE, "ask them to register that server as a protocol of {rse}"),
    (r"redirects? ", _ADMINS, "tell them that their server leads away from the lake's storage"),
    (r"the certificate of .*(expired|not yet valid)", _ADMINS, "tell them, and check this machine's clock"),
    (r"the certificate of ", YOU, "set the lake's certificate authority (ca_cert, RUCIO_CA_CERT)"),
    (
        r"no connection to .*(Name or service|name resolution|getaddrinfo|No address)",
        YOU,
        "check network and VPN",
    ),
    (r"no connection to |.* (did not answer in time|stopped (sending|taking)|broke the conn)", LATER, _AGAIN),
    (r".* talks without end", LATER, _AGAIN),
    (r"only \d+ bytes came in", LATER, _AGAIN),
    (r"Permission denied|Operation not permitted", YOU, "ask for the right to read the mounted storage"),
    (
        r"No such file or directory|Not a directory",
        _ADMINS,
        "tell them that this registered file is lost there",
    ),
    (
        r"the mount .* does not answer|"
        r"Stale file handle|Transport endpoint|Input/output error|Connection timed out|Host is down",
        YOU,
        "mount the storage again, or fetch from another one (rse=)",
    ),
    (r"not a plain file|cannot be (opened|read)$|Is a directory|Too many levels", _ADMINS, _ELSEWHERE),
    (r"the XRootD server said.*\[3011\]", _ADMINS, "tell them that this registered file is lost there"),
    (r"the XRootD server said.*(\[3010\]|[Aa]uth)", YOU, "log in again (vre-dm doctor)"),
    (r"the XRootD server ", LATER, _AGAIN),
    (r"root:// needs", YOU, "install it, or fetch from a storage element with https (rse=)"),
    (r"\w*:// cannot be read from here", YOU, "fetch from a storage element with https (rse=)"),
    (r".* is on no storage element of the lake", _LAKE, "tell them which address is registered"),
    (
        r".* is no address|an address that cannot be read",
        _LAKE,
        "tell them that the registered address is broken",
    ),
    (r"has neither size nor checksum", _OWNER, "ask for size and checksum to be registered"),
    (r"knows no replica", _OWNER, "ask for a copy: dataset.replicate(rse)"),
    (r"not tried", LATER, _AGAIN),
)
_ROWS = tuple((re.compile(pattern, re.DOTALL), who, step) for pattern, who, step in _TABLE)


@dataclass(frozen=True, slots=True)
class Advice:
    """Who can act on a cause, and the next step."""

    who: str
    step: str


def known(cause: str) -> bool:
    """Whether the table has this cause."""
    return any(pattern.match(cause) for pattern, _, _ in _ROWS)


def advice(cause: str, rse: str) -> Advice:
    """Look up a cause; one that the table does not have is for the admins, with its own words.

    Parameters
    ----------
    rse
        Storage element of the copy.
    """
    for pattern, who, step in _ROWS:
        if found := pattern.match(cause):
            words = {"rse": rse, **found.groupdict()}
            return Advice(who.format_map(words), step.format_map(words))
    return Advice(_ADMINS.format(rse=rse), "tell them these words")
