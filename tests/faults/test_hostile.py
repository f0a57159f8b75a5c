"""Hostile names, addresses, links and devices: nothing is read or written outside the folder of the fetch."""

import os
import random
import shutil
import socket
import stat
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from tests.faults.hostile import hostile_addresses, hostile_names, leaves
from tests.faults.server import Breaking, Handler, good
from tests.faults.world import fetch, finals, registered
from vre_dm.did import Did
from vre_dm.errors import InvalidDid, NotWritable, TransferFailed, VreDmError
from vre_dm.lake.instance import Mount
from vre_dm.lake.storage import Endpoint, Storage
from vre_dm.lake.transfer import Event
from vre_dm.lake.transfer.events import Planned

FEW, MANY = 5_000, 100_000
LONG = [pytest.mark.slow, pytest.mark.timeout(3600)]
COUNTS = [FEW, pytest.param(MANY, marks=LONG)]
BODY = random.Random(30).randbytes(200_000)
SMALL = b"what the lake holds"


def accepted(pairs: Iterable[tuple[str, str]]) -> list[Did]:
    """Those that are DIDs, without any that would clash with one before it."""
    taken: set[str] = set()
    found = []
    for scope, name in pairs:
        try:
            did = Did(scope, name)
        except InvalidDid:
            continue
        path = did.path()
        above = {str(parent).casefold() for parent in path.parents}
        if not (taken & above or str(path).casefold() in taken):
            taken |= {str(path).casefold(), *(f"{parent}/" for parent in above)}
            found.append(did)
    return [did for did in found if f"{str(did.path()).casefold()}/" not in taken]


@pytest.mark.parametrize("count", COUNTS)
def test_no_name_of_a_file_leads_out_of_the_folder(count: int, tmp_path: Path):
    folder, source = tmp_path / "in" / "data", tmp_path / "source"
    source.write_bytes(SMALL)
    like = registered(SMALL, f"file://localhost{source}")
    dids = accepted(hostile_names(30, count))
    assert len(dids) > count / 50, "the names must not all be refused by the first check"
    for at in range(0, len(dids), 1000):
        paths = fetch([replace(like, did=did) for did in dids[at : at + 1000]], folder)
        assert not any(leaves(folder, path) or path.is_symlink() for path in paths)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "source"]
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["data"]
    assert len(finals(folder)) == len(dids)


@pytest.mark.parametrize("change", [str.upper, str.title, str.swapcase])
def test_names_that_differ_only_in_case_are_refused_together(change: Callable[[str], str], tmp_path: Path):
    like = registered(SMALL, "file://localhost/x")
    clash = [replace(like, did=Did("test", name)) for name in ("some/data.root", change("some/data.root"))]
    with pytest.raises(InvalidDid, match="would be one file on some disks"):
        fetch(clash, tmp_path)
    assert list(tmp_path.iterdir()) == []


class Sites(Storage):
    """Access to three storage elements, of which one is mounted; without a lake."""

    def __init__(self, root: Path) -> None:
        mount = Mount("MOUNTED", root / "eos", begins_at=1)
        instance: Any = SimpleNamespace(embedded=True, mount=mount, auth="oidc")
        super().__init__(SimpleNamespace(instance=instance, tokens=None))
        self.known = [
            Endpoint("PLAIN", "file", "localhost", 0, f"{root}/plain/"),
            Endpoint("MOUNTED", "https", "eos.example", 443, "/rucio/"),
            Endpoint("FAR", "davs", "far.example", 8443, "/rucio/"),
        ]

    def endpoints(self) -> list[Endpoint]:
        return self.known


@pytest.mark.parametrize("count", COUNTS)
def test_no_address_leads_to_a_file_beside_the_storage_or_to_another_host(count: int, tmp_path: Path):
    sites = Sites(tmp_path)
    for folder in ("plain", "eos"):
        (tmp_path / folder / "a").mkdir(parents=True)
        (tmp_path / folder / "a" / "A").symlink_to("/etc")
    starts = (
        f"file://localhost{tmp_path}/plain/",
        "https://eos.example/rucio/",
        "davs://far.example:8443/rucio/",
    )
    inside = tuple((tmp_path / folder).resolve() for folder in ("plain", "eos"))
    found = known = 0
    for pfn in hostile_addresses(30, count, *starts):
        path = sites.local_path(pfn)
        assert path is None or any(path.is_relative_to(folder) for folder in inside), pfn
        if sites.knows(pfn) and not pfn.startswith("file:"):
            host_asked_for(pfn)
            known += 1
        found += path is not None
    assert min(found, known) > count / 20


def host_asked_for(pfn: str) -> None:
    """Hold the parser of addresses that judges against the one that connects."""
    try:
        url = httpx.URL(pfn)
    except httpx.InvalidURL:
        return  # never asked
    if not url.host:
        return  # nor is this
    assert (url.host, url.port) in {("eos.example", None), ("eos.example", 443), ("far.example", 8443)}, pfn
    assert not url.userinfo


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "socket", "loop"])
def test_what_is_no_plain_file_is_not_read(kind: str, tmp_path: Path):
    source = tmp_path / "source"
    if kind == "pipe":
        os.mkfifo(source)
    elif kind == "device":
        source = Path("/dev/zero")
    elif kind == "folder":
        source.mkdir()
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(source))
    else:
        source.symlink_to(source)
    file = registered(b"\0" * 5, f"file://localhost{source}")
    for _ in range(2):
        with pytest.raises(TransferFailed, match=r"not a plain file|directory|No such device|symbolic links"):
            fetch([file], tmp_path / "data")
    assert finals(tmp_path / "data") == []


def occupied(target: Path, kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(target)
    elif kind == "dangling link":
        target.symlink_to(target.with_name("nowhere"))
    elif kind == "loop":
        target.symlink_to(target)
    elif kind == "link to a device":
        target.symlink_to("/dev/zero")
    else:
        target.hardlink_to(target.parents[2] / "precious")


@pytest.mark.parametrize("kind", ["pipe", "dangling link", "loop", "link to a device", "hard link"])
def test_what_stands_at_the_final_name_is_replaced_and_never_written_through(
    kind: str, server: Breaking, tmp_path: Path
):
    (tmp_path / "precious").write_text("keep me")
    file = registered(BODY, server.play("/x", good(BODY)))
    target = tmp_path / "data" / file.did.path()
    target.parent.mkdir(parents=True)
    occupied(target, kind)
    for _ in range(2):
        assert fetch([file], tmp_path / "data") == [target]
        assert stat.S_ISREG(target.lstat().st_mode)
        assert target.read_bytes() == BODY
    assert (tmp_path / "precious").read_text() == "keep me"
    assert len(finals(tmp_path)) == 2


def exchange(folder: Path, elsewhere: Path) -> None:
    """Put a link that leads out in the place of a folder, as another user of a shared folder may."""
    if not folder.is_symlink():
        folder.rename(folder.with_name("moved away"))
        folder.symlink_to(elsewhere)


@pytest.mark.parametrize("moment", ["when planned", "before the bytes", "between the bytes"])
def test_a_folder_that_becomes_a_link_leads_nowhere(moment: str, server: Breaking, tmp_path: Path):
    folder, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / "test").mkdir(parents=True)

    def act(handler: Handler) -> None:
        if moment == "before the bytes":
            exchange(folder / "test", elsewhere)
        handler.answer(200, Content_Length=len(BODY))
        handler.send(BODY[:100_000])
        if moment == "between the bytes":
            exchange(folder / "test", elsewhere)
        handler.send(BODY[100_000:])

    def planned(event: Event) -> None:
        if moment == "when planned" and isinstance(event, Planned):
            exchange(folder / "test", elsewhere)

    file = registered(BODY, server.play("/x", act))
    with pytest.raises(NotWritable):
        fetch([file], folder, progress=planned)
    assert list(elsewhere.iterdir()) == []
    assert finals(folder) == []


def exchange_again_and_again(folder: Path, elsewhere: Path, over: threading.Event) -> int:
    """Make a folder a link that leads out and a folder again, as fast as it goes; tells how often."""
    times, aside = 0, folder.with_name("aside")
    while not over.is_set():
        with suppress(OSError):  # the fetch makes a folder of that name meanwhile
            folder.rename(aside)
            folder.symlink_to(elsewhere)
            folder.unlink()
            aside.rename(folder)
            times += 1
        if aside.exists() and folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(aside)
    return times


@pytest.mark.parametrize("count", [300, pytest.param(20_000, marks=LONG)])
def test_a_folder_that_is_a_link_now_and_then_leads_nowhere(count: int, tmp_path: Path):
    folder, elsewhere, source = tmp_path / "data", tmp_path / "elsewhere", tmp_path / "source"
    elsewhere.mkdir()
    (folder / "test").mkdir(parents=True)
    source.write_bytes(SMALL)
    like, over, placed = registered(SMALL, f"file://localhost{source}"), threading.Event(), 0
    with ThreadPoolExecutor(1) as other:
        times = other.submit(exchange_again_and_again, folder / "test", elsewhere, over)
        try:
            for at in range(count):
                with suppress(VreDmError):
                    placed += len(fetch([replace(like, did=Did("test", f"f{at}"))], folder))
        finally:
            over.set()
    assert list(elsewhere.iterdir()) == []
    assert placed > 0
    assert times.result() > 0
    assert {path.read_bytes() for path in finals(folder) if path.is_file()} <= {SMALL}
