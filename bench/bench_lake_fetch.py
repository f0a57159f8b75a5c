"""Have the files of a dataset here, verified: ours, the stock client, pooch, aria2c, cp, plain copying."""

import io
import itertools
import os
import shutil
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests
from rucio.client.downloadclient import DownloadClient
from tqdm import tqdm

from bench.fetch_peers import aria2, pooch
from bench.figures import Call, Figures
from bench.lakes import COUNT, FILE_RSE, HTTPS_RSE, SCOPE, store
from tests.faults.world import OpenAccess, registered
from vre_dm.did import Did
from vre_dm.lake.cache import Cache
from vre_dm.lake.files import File, Replica
from vre_dm.lake.jobs.feed import Feed
from vre_dm.lake.jobs.journal import Journal
from vre_dm.lake.lake import Lake
from vre_dm.lake.transfer import Event, Progress, fetch_files
from vre_dm.lake.transfer.events import Listener, Planned
from vre_dm.lake.transfer.plan import make_plan
from vre_dm.sandbox import LakeStatus

BLOCK = 1_000_000
MANY, ONE = "300 × 20 kB", "1 × 200 MB"
THREADS = 4
ROUNDS, TURNS = 3, 15
GIGABYTES = 2
Chunks = Iterator[bytes]


@pytest.fixture(scope="module")
def contents() -> dict[str, dict[str, bytes]]:
    """Many small files, and a large one."""
    block = os.urandom(BLOCK)
    return {
        MANY: {f"bench.small.{number:03d}": os.urandom(20_000) for number in range(300)},
        ONE: {"bench.large": block * 200},
    }


@pytest.fixture(scope="module")
def stored(embedded_lake: LakeStatus, rucio: Any, contents: dict[str, dict[str, bytes]]) -> dict[str, Did]:
    """A dataset of each, both on a plain path and on https."""
    names = {MANY: "bench.many", ONE: "bench.one"}
    return {
        what: store(embedded_lake, rucio, Did(SCOPE, names[what]), files, [FILE_RSE, HTTPS_RSE])
        for what, files in contents.items()
    }


@pytest.fixture
def downloads(
    embedded_lake: LakeStatus, rucio: Any, monkeypatch: pytest.MonkeyPatch
) -> dict[str, DownloadClient]:
    """The stock downloader; its https protocol reads the login in ``rucio.cfg``."""
    monkeypatch.setenv("RUCIO_CONFIG", str(embedded_lake.userpass_config))
    return {
        # It reports each file to the server over a connection of its own.
        "DownloadClient": DownloadClient(client=rucio),
        "DownloadClient(tracing=False)": DownloadClient(client=rucio, tracing=False),
    }


@pytest.mark.parametrize("rse", [FILE_RSE, HTTPS_RSE])
@pytest.mark.parametrize("what", [MANY, ONE])
@pytest.mark.timeout(3600)  # the stock client reports each file on its own
def test_fetch(
    benchmark: Any, figures: Figures, lake: Lake, rucio: Any, downloads: dict[str, DownloadClient],
    stored: dict[str, Did], contents: dict[str, dict[str, bytes]], tmp_path: Path,
    pytestconfig: pytest.Config, what: str, rse: str,
) -> None:  # fmt: skip
    did, folder = stored[what], tmp_path / "here"

    def clean() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        os.sync()  # what the one before left to write is not to be paid by the next

    item = {"did": str(did), "base_dir": str(folder), "rse": rse}
    peers: dict[str, Call] = {
        who: partial(downloader.download_dids, [item], num_threads=THREADS)
        for who, downloader in downloads.items()
    }
    peers["plain: the catalogue asked once, copies with adler32, one sync"] = lambda: _plain(
        lake, rucio, did, rse, folder
    )
    urls = _urls(rucio, did, rse)
    with ExitStack() as stack:
        if rse == FILE_RSE:
            paths = [unquote(urlsplit(url).path) for url in urls.values()]
            peers["cp"] = lambda: subprocess.run(["cp", *paths, str(folder)], check=True)
        else:
            headers, ca = lake.access.headers(next(iter(urls.values()))), Path(str(lake.instance.ca))
            python, files = pytestconfig.getoption("--peers-python"), contents[what]
            peers |= stack.enter_context(pooch(python, urls, files, headers, ca, folder))
            sums = {name: f"{zlib.adler32(body):08x}" for name, body in files.items()}
            peers |= aria2(urls, sums, headers, ca, folder)
        figures.compare(
            benchmark, f"fetch {what} ({'path' if rse == FILE_RSE else 'https'})",
            lambda: lake.dataset(did).fetch(folder, rse=rse), peers, rounds=ROUNDS, warmup=0, before=clean,
        )  # fmt: skip
    shutil.rmtree(folder)


def _urls(rucio: Any, did: Did, rse: str) -> dict[str, str]:
    """Address of each file at a storage element, by its name: one question."""
    rows = rucio.list_replicas([{"scope": did.scope, "name": did.name}], rse_expression=rse)
    return {row["name"]: next(iter(row["pfns"])) for row in rows}


def _plain(lake: Lake, rucio: Any, did: Did, rse: str, folder: Path) -> float:
    """What there is to do at least: ask, copy while the checksum passes, sync; when all was asked."""
    urls, asked = _urls(rucio, did, rse), time.perf_counter()
    with requests.Session() as session:
        session.trust_env = False  # a variable with another certificate authority would win
        session.verify = str(lake.instance.ca)
        session.headers.update(lake.access.headers(next(iter(urls.values()))))
        for name, url in urls.items():
            checksum = 1
            with (folder / name).open("wb") as file:
                for chunk in _read(session, url):
                    checksum = zlib.adler32(chunk, checksum)
                    file.write(chunk)
    os.sync()
    return asked


def _read(session: requests.Session, url: str) -> Chunks:
    if url.startswith("file:"):
        with Path(unquote(urlsplit(url).path)).open("rb") as file:
            yield from iter(lambda: file.read(BLOCK), b"")
    else:
        yield from session.get(url, stream=True).iter_content(BLOCK)


def test_parts_of_many_small_files(
    figures: Figures, lake: Lake, rucio: Any, stored: dict[str, Did], tmp_path: Path
) -> None:
    """Where the time goes: to what is asked before the first byte, or to the files; and our processor's."""
    did, folder = stored[MANY], tmp_path / "here"
    ours, plain = list[tuple[float, float, float]](), list[tuple[float, float, float]]()

    def fetched() -> float:
        told = dict[type[Event], float]()
        lake.dataset(did).fetch(
            folder, rse=FILE_RSE, progress=lambda event: told.setdefault(type(event), time.perf_counter())
        )
        return told[Planned]

    for _ in range(TURNS + 1):
        for call, times in ((fetched, ours), (lambda: _plain(lake, rucio, did, FILE_RSE, folder), plain)):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            os.sync()
            start, busy = time.perf_counter(), time.process_time()
            begun = call()
            end, busy = time.perf_counter(), time.process_time() - busy
            times.append((begun - start, end - begun, busy))
    parts: dict[str, Callable[[tuple[float, float, float]], float]] = {
        "asked and planned": lambda turn: turn[0],
        "files": lambda turn: turn[1],
        "both": lambda turn: turn[0] + turn[1],
        "processor time of the client": lambda turn: turn[2],
    }
    for part, seconds_of in parts.items():
        figures.add(
            f"fetch {MANY} (path), {part}", map(seconds_of, ours[1:]), map(seconds_of, plain[1:]),
            note=f"plain, as above; {TURNS} turns of two, the first ones left out",
        )  # fmt: skip


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[File]:
    """Two gigabytes on a path."""
    path, block, checksum = tmp_path_factory.mktemp("large") / "file", os.urandom(BLOCK), 1
    with path.open("wb") as file:
        for _ in range(GIGABYTES * 1000):
            file.write(block)
            checksum = zlib.adler32(block, checksum)
    did, replica = Did("bench", path.name), Replica("RSE", f"file://localhost{path}")
    yield File(did, GIGABYTES * 10**9, f"{checksum:08x}", None, (replica,))
    shutil.rmtree(path.parent)


@pytest.mark.timeout(3600)
def test_fetch_of_a_large_file(benchmark: Any, figures: Figures, large: File, tmp_path: Path) -> None:
    source = Path(large.replicas[0].pfn.removeprefix("file://localhost"))

    def clean() -> None:
        shutil.rmtree(tmp_path)
        tmp_path.mkdir()
        os.sync()

    peers: dict[str, Call] = {
        # no cp without a sync: who comes after it also pays for the pages that it left
        "cp with an adler32 pass in one read, and one fsync": lambda: _copy(source, tmp_path / "copy"),
    }
    figures.compare(
        benchmark, f"fetch 1 × {GIGABYTES} GB (path, no lake)",
        lambda: fetch_files([large], tmp_path, access=OpenAccess()), peers,
        rounds=5, before=clean, note="aim: 1.11",
    )  # fmt: skip


def _copy(source: Path, target: Path) -> None:
    checksum = 1
    with source.open("rb", buffering=0) as read, target.open("wb", buffering=0) as write:
        while chunk := read.read(1 << 20):
            checksum = zlib.adler32(chunk, checksum)
            write.write(chunk)
        os.fsync(write.fileno())


@pytest.mark.timeout(3600)
def test_memory_of_a_large_file(figures: Figures, large: File, tmp_path: Path) -> None:
    """In a process of its own; the kernel counts its peak."""
    words = [sys.executable, "-c", _PEAK, large.replicas[0].pfn, str(large.size), str(large.adler32)]
    done = subprocess.run([*words, str(tmp_path)], check=True, capture_output=True, text=True)
    above, idle = map(float, done.stdout.split())
    figures.add(
        f"memory above idle, fetch 1 × {GIGABYTES} GB", [above], unit="MB",
        note=f"idle, all loaded: {idle:.0f} MB; aim: 100",
    )  # fmt: skip


_PEAK = """
import resource, sys
from pathlib import Path
from tests.faults.world import OpenAccess
from vre_dm.did import Did
from vre_dm.lake.files import File, Replica
from vre_dm.lake.transfer import Event, Progress, fetch_files
from vre_dm.lake.transfer.events import Listener, Planned
pfn, size, adler32, folder = sys.argv[1:]
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
fetch_files([], Path(folder), access=OpenAccess())
idle = peak()
file = File(Did("bench", "file"), int(size), adler32, None, (Replica("RSE", pfn),))
fetch_files([file], Path(folder), access=OpenAccess())
print(peak() - idle, idle)
"""


@pytest.mark.parametrize(("count", "size"), [(2000, 20_000), (50, 10_000_000)])
def test_events(figures: Figures, tmp_path: Path, count: int, size: int) -> None:
    """What it costs to tell: a line for the user, a journal for other processes, a feed for followers."""
    root, turn = tmp_path / "lake", itertools.count()
    root.mkdir()
    files = [_on_disk(root, number, os.urandom(size)) for number in range(count)]

    def fetch(listener: Listener | None) -> float:
        folder, start = tmp_path / f"here{next(turn)}", time.process_time()
        fetch_files(files, folder, access=OpenAccess(), progress=listener)
        took = time.process_time() - start
        shutil.rmtree(folder)
        return took

    def told() -> float:
        journal, feed = Journal(tmp_path / f"{next(turn)}.jsonl", time.time), Feed()
        bar = tqdm(total=count, file=io.StringIO())

        def hear(event: Event) -> None:
            feed.put(event)
            journal.append(event)
            if isinstance(event, Progress):
                bar.update(event.files_done - bar.n)

        took = fetch(hear)
        journal.close()
        return took

    times = [(told(), fetch(None)) for _ in range(7)]
    figures.add(
        f"events of {count} × {size / 1e3:.0f} kB: line, journal, feed", *zip(*times, strict=True),
        note="the same, nobody listens; seconds of the processor; aim: 1.02",
    )  # fmt: skip


def _on_disk(root: Path, number: int, body: bytes) -> File:
    path = root / f"{number:05d}"
    path.write_bytes(body)
    return registered(body, f"file://localhost{path}", name=path.name)


@pytest.fixture(scope="module")
def present(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[File], Path, Cache]:
    """Ten thousand files that an earlier fetch brought, with what it remembers of them."""
    root = tmp_path_factory.mktemp("present")
    files = [_on_disk(root, number, f"{number:05d}".encode() * 100) for number in range(COUNT)]
    cache, folder = Cache(root / "store", root / "lakes"), root / "here"
    fetch_files(files, folder, access=OpenAccess(), cache=cache)
    return files, folder, cache


def test_plan_of_many_files(
    benchmark: Any, figures: Figures, present: tuple[list[File], Path, Cache]
) -> None:
    files, folder, _ = present
    elsewhere = folder.with_name("elsewhere")
    elsewhere.mkdir()
    figures.compare(
        benchmark, f"plan {COUNT:,} files", lambda: make_plan(files, elsewhere, OpenAccess(), copy=True),
        rounds=3, note="aim: 2 s",
    )  # fmt: skip


@pytest.mark.parametrize(("recheck", "note"), [(False, "aim: 3 s"), (True, "every byte read again")])
def test_many_files_that_are_here(
    benchmark: Any, figures: Figures, present: tuple[list[File], Path, Cache], recheck: bool, note: str
) -> None:
    files, folder, cache = present
    how = "read again" if recheck else "confirmed by size and time"
    figures.compare(
        benchmark, f"{COUNT:,} present files, {how}",
        lambda: fetch_files(files, folder, access=OpenAccess(), cache=cache, recheck=recheck),
        rounds=3, note=note,
    )  # fmt: skip
