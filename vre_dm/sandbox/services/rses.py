"""The lake's storage elements, named as in the ESCAPE lake, and how far they are from each other."""

from dataclasses import dataclass, field
from typing import Any

from vre_dm.sandbox.layout import Layout
from vre_dm.sandbox.services.endpoints import Endpoints
from vre_dm.sandbox.services.tls import ADDRESS

GIB = 1 << 30
_EVERY_USE = {
    "lan": {"read": 1, "write": 1, "delete": 1},
    "wan": {"read": 1, "write": 1, "delete": 1, "third_party_copy_read": 1, "third_party_copy_write": 1},
}


@dataclass(frozen=True, slots=True)
class Rse:
    """One storage element.

    Attributes
    ----------
    scheme
        ``file``: a plain path, as a mounted file system; ``https``: WebDAV.
    quota
        Bytes the user may keep there.
    """

    name: str
    scheme: str
    country: str
    quota: int
    attributes: dict[str, str] = field(default_factory=dict)

    def protocol(self, layout: Layout, endpoints: Endpoints) -> dict[str, Any]:
        """Rucio's description of how to reach it."""
        if self.scheme == "file":
            place = {"hostname": "localhost", "port": 0, "prefix": f"{layout.storage(self.name)}/"}
            implementation = "rucio.rse.protocols.posix.Default"
        else:
            place = {"hostname": ADDRESS, "port": endpoints.storage, "prefix": f"/{self.name}/"}
            implementation = "vre_dm.sandbox.services.webdav.Default"
        return {"scheme": self.scheme, **place, "impl": implementation, "domains": _EVERY_USE}


RSES = (
    Rse("CERN-EOSPILOT", "file", "CH", 100 * GIB, {"QOS": "FAST"}),
    Rse("CNAF-STORM", "https", "IT", 100 * GIB, {"QOS": "SAFE"}),
    Rse("DESY-DCACHE", "https", "DE", 100 * GIB, {"QOS": "SAFE"}),
    # Small, to meet a quota that refuses.
    Rse("PIC-DCACHE", "https", "ES", 10 << 20, {"QOS": "CHEAP"}),
)
WEBDAV = tuple(rse.name for rse in RSES if rse.scheme == "https")
# Rucio's unit is arbitrary: the smaller the nearer. Countries beside each other are nearer.
_NEAR = {frozenset(pair) for pair in (("CH", "IT"), ("CH", "DE"), ("CH", "ES"))}


def distance(source: Rse, target: Rse) -> int:
    """Distance between two storage elements."""
    return 1 if frozenset((source.country, target.country)) in _NEAR else 2
