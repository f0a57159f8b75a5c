"""Where files go: the storage element, the names of the files on it, and the way to write there."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rucio.common.exception import InvalidRSEExpression

from vre_dm.did import Did
from vre_dm.errors import Declined, NotInLake
from vre_dm.lake.access import Access
from vre_dm.lake.connection import Connection
from vre_dm.lake.publish.disk import Disk
from vre_dm.lake.publish.store import Store
from vre_dm.lake.publish.webdav import Dav
from vre_dm.lake.tables import clean
from vre_dm.lake.transfer.policy import Policy

_AT_ONCE = 50  # names in one request: they travel in the address
_WEB = ("https", "davs")


@dataclass(frozen=True, slots=True)
class Target:
    """A storage element that can be written to from here.

    Attributes
    ----------
    rse
        Its name.
    scheme
        Protocol of its physical file names.
    local
        Whether it is mounted here.
    """

    rse: str
    scheme: str
    local: bool

    def store(self, access: Access, policy: Policy) -> Store:
        """Open the way to it."""
        return Disk(access) if self.local else Dav(access, policy)

    def addresses(self, connection: Connection, dids: Sequence[Did]) -> dict[Did, str]:
        """Physical file names, as the lake's own rules give them."""
        found: dict[Did, str] = {}
        for start in range(0, len(dids), _AT_ONCE):
            found |= _addresses(connection, self.rse, self.scheme, dids[start : start + _AT_ONCE])
        return found

    def __str__(self) -> str:
        return f"{self.rse} ({'on this machine' if self.local else self.scheme})"


def find(connection: Connection, access: Access, rse: str) -> Target:
    """Choose how a storage element is written to: in place where it is mounted, else by WebDAV over https.

    Raises
    ------
    NotInLake
        There is no such storage element, or the expression fits several.
    Declined
        It takes no files now, or not from here.
    """
    settings = _settings(connection, rse)
    name = str(settings["rse"])
    if not settings.get("availability_write", True) or settings.get("volatile"):
        msg = f"{name} takes no files at the moment; choose another of {connection.rse_names()}"
        raise Declined(msg, field="rse")
    if not settings.get("deterministic", True):
        msg = f"{name} gives no names to files by itself (it is not deterministic); choose another"
        raise Declined(msg, field="rse")
    schemes = _schemes(settings)
    probes = {scheme: _probe(connection, name, scheme) for scheme in schemes}
    for scheme, address in probes.items():
        if access.local_path(address) is not None:
            return Target(name, scheme, local=True)
    for scheme in _WEB:
        if scheme in probes and access.knows(probes[scheme]):
            return Target(name, scheme, local=False)
    offered = ", ".join(map(clean, schemes)) or "nothing"
    msg = f"{name} can be written from here neither over https nor on a mounted path (it offers {offered})"
    raise Declined(msg, field="rse")


def temporary(address: str) -> str:
    """Address in the same folder for a file on its way; nobody else's is the same."""
    return f"{address.rpartition('/')[0]}/.vre-dm-upload.{secrets.token_hex(12)}"


def _fitting(expression: str, rucio: Any) -> list[str]:
    try:
        return [str(row["rse"]) for row in rucio.list_rses(expression)]
    except InvalidRSEExpression:
        return []


def _settings(connection: Connection, rse: str) -> dict[str, Any]:
    names = connection.ask(f"the storage element {clean(rse)}", partial(_fitting, rse))
    if not names:
        msg = f"the lake has no storage element {clean(rse)}; name one of {connection.rse_names()}"
        raise NotInLake(msg, field="rse")
    if len(names) > 1:
        msg = f"{clean(rse)} stands for {', '.join(sorted(names))}; an upload goes to one of them"
        raise NotInLake(msg, field="rse")
    settings: dict[str, Any] = connection.ask(f"the RSE {names[0]}", lambda rucio: rucio.get_rse(names[0]))
    return settings


def _schemes(settings: dict[str, Any]) -> list[str]:
    """Protocols that may write, the lake's own favourite first."""

    def rank(protocol: dict[str, Any]) -> int:
        domains = protocol.get("domains") or {}
        return min((int(d["write"]) for d in domains.values() if d.get("write")), default=0)

    ranked = sorted((rank(p), str(p["scheme"])) for p in settings.get("protocols", []) if rank(p))
    return list(dict.fromkeys(scheme for _, scheme in ranked))


def _probe(connection: Connection, rse: str, scheme: str) -> str:
    (address,) = _addresses(connection, rse, scheme, [Did("probe", "probe")]).values()
    return address


def _addresses(connection: Connection, rse: str, scheme: str, dids: Sequence[Did]) -> dict[Did, str]:
    question = partial(_lfns2pfns, rse, scheme, [str(did) for did in dids])
    found: dict[str, str] = connection.ask(f"the names of files at {rse}", question)
    return dict(_checked(found, dids, rse))


def _lfns2pfns(rse: str, scheme: str, lfns: list[str], rucio: Any) -> dict[str, str]:
    found: dict[str, str] = rucio.lfns2pfns(rse, lfns, operation="write", scheme=scheme)
    return found


def _checked(found: dict[str, str], dids: Sequence[Did], rse: str) -> Iterator[tuple[Did, str]]:
    for did in dids:
        address = found.get(str(did), "")
        if not address.isprintable() or not address.rpartition("/")[2] or ".." in address.split("/"):
            msg = f"the lake gives no usable address for {did} at {rse} ({clean(ascii(address))})"
            raise Declined(msg + "; tell its admins")
        yield did, address
