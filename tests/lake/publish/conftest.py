"""The embedded lake as its plain user uploads to it, files of his, and a look at the storage behind it."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vre_dm.errors import NotInLake
from vre_dm.lake.instances import from_rucio_cfg
from vre_dm.lake.lake import Lake
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

METADATA: dict[str, Any] = {
    "title": "A test",
    "experiment": "TEST",
    "technique": "direct detection",
    "year": 2024,
    "arxiv": "unknown",
    "licence": "CC-BY-4.0",
    "simulated": True,
    "columns": [{"name": "energy", "unit": "keV"}],
}
RSES = ["CNAF-STORM", "CERN-EOSPILOT"]
Files = Callable[..., Path]


@pytest.fixture
def lake(embedded_lake: LakeStatus, tmp_path: Path) -> Lake:
    """The lake, with a folder for the notes of uploads."""
    return open_lake(embedded_lake.rucio_config, tmp_path)


def open_lake(config: Path, folder: Path) -> Lake:
    instance = replace(from_rucio_cfg(config, {}), embedded=True)
    return Lake(instance, folder / "fetched", uploads=folder / "uploads")


@pytest.fixture
def tag() -> str:
    """What makes names of this test new in the lake."""
    return f"t{uuid.uuid4().hex[:10]}"


@pytest.fixture
def files(tmp_path: Path, tag: str) -> Files:
    """Make a folder of files with new names and new content."""

    def make(count: int = 2, size: int = 2000) -> Path:
        folder = tmp_path / "mine"
        folder.mkdir(exist_ok=True)
        for number in range(count):
            body = f"{tag} {number} ".encode() * (size // 10 + 1)
            (folder / f"{tag}.{number}.dat").write_bytes(body[:size])
        return folder

    return make


class Shelf:
    """What lies on the storage and in the catalogue under a tag."""

    def __init__(self, status: LakeStatus, lake: Lake, tag: str) -> None:
        self._layout, self._lake, self._tag = Layout(status.root), lake, tag

    def stored(self, rse: str) -> list[str]:
        """Names of files on a storage element."""
        return sorted(p.name for p in self._layout.storage(rse).rglob(f"*{self._tag}*") if p.is_file())

    def temporary(self) -> list[Path]:
        """Files on their way, on every storage element."""
        return list(self._layout.storage("").rglob(".vre-dm-upload.*"))

    def path(self, rse: str, name: str) -> Path:
        """Where a file is or will be."""
        did = f"user.dm:{name}"
        (pfn,) = self._lake._connection.ask("x", lambda rucio: rucio.lfns2pfns(rse, [did])).values()
        return self._layout.storage(rse) / pfn.split(f"/{rse}/", 1)[1]

    def registered(self) -> list[str]:
        """DIDs in the catalogue."""
        names = self._lake.search(f"user.dm:*{self._tag}*", kind="all")
        return sorted(str(found.did) for found in names)

    def everything(self) -> set[str]:
        """DIDs of the plain user, his rules with their ends, and what lies on the storage under the tag."""

        def look(rucio: Any) -> set[str]:
            rules = {f"{rule['id']} until {rule['expires_at']}" for rule in rucio.list_account_rules("dm")}
            return rules | set(rucio.list_dids("user.dm", {}, did_type="all"))

        seen: set[str] = self._lake._connection.ask("everything", look)
        stored = {f"{name} at {rse}" for rse in RSES for name in self.stored(rse)}
        return seen | stored | {str(path) for path in self.temporary()}

    def is_empty(self) -> bool:
        """Whether nothing of the tag is anywhere."""
        try:
            known = self.registered()
        except NotInLake:
            known = []
        return not known and not self.temporary() and not any(self.stored(rse) for rse in RSES)


@pytest.fixture
def shelf(embedded_lake: LakeStatus, lake: Lake, tag: str) -> Shelf:
    """What lies in the lake under the test's tag."""
    return Shelf(embedded_lake, lake, tag)
