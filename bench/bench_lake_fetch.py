"""Have the files of a dataset here, verified: ours, the stock DownloadClient, and bare copying."""

import os
import shutil
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import requests
from rucio.client.downloadclient import DownloadClient

from bench.figures import Call, Figures
from bench.lakes import COUNT, FILE_RSE, HTTPS_RSE, SCOPE, store
from tests.faults.world import OpenAccess, registered
from vre_dm.did import Did
from vre_dm.lake.cache import Cache
from vre_dm.lake.files import File
from vre_dm.lake.lake import Lake
from vre_dm.lake.transfer import fetch_files
from vre_dm.lake.transfer.plan import make_plan
from vre_dm.sandbox import LakeStatus

BLOCK = 1_000_000
MANY, ONE = "300 × 20 kB", "1 × 200 MB"
THREADS = 4
Chunks = Iterator[bytes]


@pytest.fixture(scope="module")
def stored(embedded_lake: LakeStatus, rucio: Any) -> dict[str, Did]:
    """A dataset of many small files and one of a large file, both on a plain path and on https."""
    block = os.urandom(BLOCK)
    contents = {
        MANY: {f"bench.small.{number:03d}": os.urandom(20_000) for number in range(300)},
        ONE: {"bench.large": block * 200},
    }
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
def test_fetch(
    benchmark: Any, figures: Figures, lake: Lake, rucio: Any, downloads: dict[str, DownloadClient],
    stored: dict[str, Did], tmp_path: Path, what: str, rse: str,
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
    pieces = _reader(lake, rucio, did, rse)
    peers["bare copy with adler32, nothing asked or synced"] = lambda: _bare(pieces, folder)
    figures.compare(
        benchmark, f"fetch {what} ({'path' if rse == FILE_RSE else 'https'})",
        lambda: lake.dataset(did).fetch(folder, rse=rse), peers, rounds=3, warmup=0, before=clean,
    )  # fmt: skip
    shutil.rmtree(folder)


def _reader(lake: Lake, rucio: Any, did: Did, rse: str) -> Callable[[], Iterator[tuple[str, Chunks]]]:
    """Names and bytes of the files, asked from the storage alone."""
    asked = [{"scope": did.scope, "name": did.name}]
    rows = rucio.list_replicas(asked, rse_expression=rse)
    urls = {row["name"]: next(iter(row["pfns"])) for row in rows}
    session = requests.Session()
    session.trust_env = False  # a variable with another certificate authority would win
    session.verify = str(lake.instance.ca)
    session.headers.update(lake.access.headers(next(iter(urls.values()))))

    def read(url: str) -> Chunks:
        if url.startswith("file:"):
            with Path(unquote(urlsplit(url).path)).open("rb") as file:
                yield from iter(lambda: file.read(BLOCK), b"")
        else:
            yield from session.get(url, stream=True).iter_content(BLOCK)

    return lambda: ((name, read(url)) for name, url in urls.items())


def _bare(pieces: Callable[[], Iterator[tuple[str, Chunks]]], folder: Path) -> None:
    for name, chunks in pieces():
        checksum = 1
        with (folder / name).open("wb") as file:
            for chunk in chunks:
                checksum = zlib.adler32(chunk, checksum)
                file.write(chunk)


@pytest.fixture(scope="module")
def present(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[File], Path, Cache]:
    """Ten thousand files that an earlier fetch brought, with what it remembers of them."""
    root = tmp_path_factory.mktemp("present")
    files = []
    for number in range(COUNT):
        body, path = f"{number:05d}".encode() * 100, root / f"{number:05d}"
        path.write_bytes(body)
        files.append(registered(body, f"file://localhost{path}", name=path.name))
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
