"""The breaking server, and the promise every fault is held against: no wrong byte at a final name."""

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.server import Breaking, breaking
from tests.faults.world import HASTY, OpenAccess, Waits, finals, partials
from vre_dm.errors import VreDmError
from vre_dm.lake.files import File
from vre_dm.lake.transfer import fetch_files

Fetch = Callable[[File], str]


@pytest.fixture
def server() -> Iterator[Breaking]:
    with breaking() as play:
        yield play


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def fetch(tmp_path: Path, waits: Waits) -> Iterator[Fetch]:
    """Fetch one file; gives '' when it is in place, else the cause. Judges the folder at the end."""
    truth: dict[str, File] = {}
    said: list[str] = []

    def run(file: File) -> str:
        truth[file.did.name] = file
        try:
            fetch_files([file], tmp_path, access=OpenAccess(), policy=HASTY, pace=waits.pace())
        except VreDmError as error:
            said.append(str(error))
            return str(error)
        return ""

    yield run
    assert [text for text in said if "\n" in text] == []
    assert [path.name for path in finals(tmp_path) if not true(path, truth)] == []
    assert [path for path in partials(tmp_path) if "-0-0-" not in path.name] == []


def true(path: Path, truth: dict[str, File]) -> bool:
    file, body = truth[path.name], path.read_bytes()
    return file.adler32 is None or zlib.adler32(body) == int(file.adler32, 16)
