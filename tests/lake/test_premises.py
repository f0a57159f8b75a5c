"""The doctor's look at this machine: a mount that is not what it is said to be, a full disk, a cache."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rucio.client.replicaclient import ReplicaClient

from tests.lake.conftest import SCOPE
from vre_dm.lake.cache import Cache
from vre_dm.lake.connection import Connection
from vre_dm.lake.doctor import examine
from vre_dm.lake.finding import Finding, State
from vre_dm.lake.instance import Mount
from vre_dm.lake.lake import Lake
from vre_dm.lake.premises import disk_findings, mount_findings
from vre_dm.lake.storage import Storage
from vre_dm.private import make_private
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

RSE = "CERN-EOSPILOT"
Look = Callable[..., Finding]


@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lake tells of the datasets it came with, and not of those that other tests have made."""
    every = ReplicaClient.list_datasets_per_rse

    def told(self: ReplicaClient, *words: object) -> Iterator[dict[str, Any]]:
        return (row for row in every(self, *words) if row["scope"] != SCOPE)

    monkeypatch.setattr(ReplicaClient, "list_datasets_per_rse", told)


@pytest.fixture
def look(lake: Lake, seeded: None) -> Look:
    """What is found of a mount, on a lake that is not this machine's own."""

    def one(mount: Mount, *, replicate: bool = True) -> Finding:
        mounted = replace(lake.instance, embedded=False, mount=mount, replicate=replicate, source="rucio.cfg")
        connection = Connection(mounted)
        (finding,) = mount_findings(connection, Storage(connection))
        return finding

    return one


@pytest.fixture
def folder(embedded_lake: LakeStatus) -> Path:
    """What a VRE would have mounted."""
    return Layout(embedded_lake.root).storage(RSE)


def test_without_a_mount_there_is_nothing_to_find(lake: Lake) -> None:
    assert list(mount_findings(Connection(lake.instance), lake.access)) == []


def test_a_mount_that_holds_what_the_lake_has_there_is_good(look: Look, folder: Path) -> None:
    finding = look(Mount(RSE, folder, len(folder.parts) - 1))
    assert finding.state is State.OK
    assert finding.text == f"{RSE} at {folder}, 5 files looked for and found"


@pytest.mark.usefixtures("seeded")
def test_the_doctor_looks_at_the_mount(lake: Lake, folder: Path) -> None:
    mounted = replace(lake.instance, mount=Mount(RSE, folder, len(folder.parts) - 1))
    assert [f.state for f in examine(mounted) if f.what == "mount"] == [State.OK]


@pytest.mark.parametrize("begins_at", [0, 1, 99])
def test_a_wrong_begin_of_the_paths_is_told_with_an_example(look: Look, folder: Path, begins_at: int) -> None:
    finding = look(Mount(RSE, folder, begins_at))
    assert finding.state is State.FAIL
    assert "0 of 5 files looked for are there; file://" in finding.text
    assert finding.step == f"correct it in rucio.cfg: the folder, or path_begins_at (now {begins_at})"


def test_a_folder_of_something_else_is_told(look: Look, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    assert "0 of 5 files looked for are there" in look(Mount(RSE, tmp_path, 0)).text


def test_an_empty_folder_is_no_mount(look: Look, tmp_path: Path) -> None:
    finding = look(Mount(RSE, tmp_path, 0))
    assert (finding.state, finding.text) == (State.FAIL, f"{tmp_path} is empty: {RSE} is not mounted there")


def test_a_mount_that_is_gone_is_told(look: Look, tmp_path: Path) -> None:
    finding = look(Mount(RSE, tmp_path / "none", 0))
    assert (finding.state, finding.step) == (State.FAIL, "remount it")
    assert "No such file or directory" in finding.text
    assert look(Mount(RSE, tmp_path / "none", 0), replicate=False).state is State.WARN


def test_an_element_that_the_lake_does_not_know_is_told(look: Look, folder: Path) -> None:
    finding = look(Mount("CERN-EOSPLIOT", folder, 0))
    assert (finding.state, finding.text) == (
        State.FAIL,
        f"{folder} is said to be CERN-EOSPLIOT, which the lake does not know",
    )


def test_a_file_that_is_lost_is_a_warning_with_its_address(look: Look, folder: Path, tmp_path: Path) -> None:
    mount = Mount(RSE, tmp_path, len(folder.parts) - 1)
    (tmp_path / "letters").mkdir()
    missed = Path(look(mount).text.rpartition(" is not at ")[2])
    missed.parent.mkdir(parents=True)
    shutil.copyfile(folder / missed.relative_to(tmp_path), missed)  # the others stay lost
    finding = look(mount)
    assert (finding.state, finding.step) == (State.WARN, "ask its admins whether the file is lost")
    assert re.search(r"1 of 5 files looked for are there; file://\S+ is not at /", finding.text)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "store", tmp_path / "lakes")


def findings(cache: Cache) -> dict[str, Finding]:
    return {finding.what: finding for finding in disk_findings(cache)}


def test_a_cache_that_is_not_there_yet_is_good_and_is_not_made(cache: Cache) -> None:
    found = findings(cache)
    assert {finding.state for finding in found.values()} == {State.OK}
    assert found["cache"].text == f"0 B in {cache.folder} (no quota)"
    assert not cache.folder.exists()


def test_the_use_of_the_quota_is_told(cache: Cache) -> None:
    make_private(cache.folder / "objects" / "ab")
    (cache.folder / "objects" / "ab" / f"md5-{'0' * 32}-3").write_bytes(b"abc")
    assert findings(replace(cache, quota=10**9))["cache"].text == f"3 B in {cache.folder} (of 1 GB)"


def test_a_cache_that_others_can_change_is_a_warning(cache: Cache) -> None:
    cache.folder.mkdir()
    cache.folder.chmod(0o777)
    finding = findings(cache)["cache"]
    assert finding.state is State.WARN
    assert finding.text.startswith(f"nothing is kept: other users can change {cache.folder}")


def test_so_is_one_that_would_be_made_where_others_could_exchange_it(cache: Cache, tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch").chmod(0o2777)  # an emptyDir of Kubernetes
    finding = findings(replace(cache, folder=tmp_path / "scratch" / "cache"))["cache"]
    assert finding.state is State.WARN
    assert finding.text.startswith(f"nothing is kept: other users can change {tmp_path / 'scratch'}")
    assert not (tmp_path / "scratch" / "cache").exists()
    (tmp_path / "scratch").chmod(0o3777)  # sticky: each keeps his own
    assert findings(replace(cache, folder=tmp_path / "scratch" / "cache"))["cache"].state is State.OK


def test_a_shared_cache_that_is_not_used_is_told(cache: Cache, tmp_path: Path) -> None:
    shared = replace(cache, shared=tmp_path / "none")
    assert findings(shared)["cache"].text.startswith(f"the shared cache {tmp_path / 'none'} is not used: ")
    (tmp_path / "shared").mkdir(mode=0o755)
    assert findings(replace(cache, shared=tmp_path / "shared"))["cache"].state is State.OK


@pytest.mark.parametrize(
    ("free", "names", "said"),
    [(5 * 10**8, 10**6, "500 MB free"), (10**12, 12, "but only 12 more files")],
)
def test_a_disk_that_is_nearly_full_is_a_warning(
    cache: Cache, monkeypatch: pytest.MonkeyPatch, free: int, names: int, said: str
) -> None:
    from types import SimpleNamespace

    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free))
    monkeypatch.setattr("os.statvfs", lambda _: SimpleNamespace(f_files=10**7, f_favail=names))
    finding = findings(cache)["disk"]
    assert finding.state is State.WARN
    assert said in finding.text
