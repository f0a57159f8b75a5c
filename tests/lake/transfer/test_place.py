"""What another run left is taken over whole or let go of: nothing stays behind under a name of ours."""

import errno
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.world import registered
from tests.lake.transfer.conftest import open_at
from vre_dm.errors import NotWritable
from vre_dm.lake.transfer.inside import Inside
from vre_dm.lake.transfer.names import part_path, parts
from vre_dm.lake.transfer.owner import Owner, myself, nobody
from vre_dm.lake.transfer.part import WORTH_KEEPING, Part
from vre_dm.lake.transfer.place import Place
from vre_dm.lake.transfer.verify import Expected

BODY = os.urandom(2 * WORTH_KEEPING)
EXPECTED = Expected.of(registered(BODY))
GO = threading.Event()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "data" / "target"


@pytest.fixture
def left(target: Path) -> Path:
    """Most of the bytes, as a run that ended left them."""
    target.parent.mkdir()
    path = part_path(target, EXPECTED, nobody())
    path.write_bytes(BODY[:-10])
    return path


@contextmanager
def open_part(target: Path, found: Iterable[tuple[Path, Owner]]) -> Iterator[Part]:
    with Inside().opened(target.parent, target.parent) as folder:
        part = Place(target, EXPECTED, folder, myself()).open_part(found, GO)
        with part as opened:
            yield opened


def owners(folder: Path) -> list[Owner]:
    return [found[3] for found in parts(folder)]


def test_what_is_left_is_taken_over_and_left_again(left: Path, target: Path):
    with open_part(target, [(left, nobody())]) as part:
        assert part.size == len(BODY) - 10
        assert not left.exists()
    assert owners(target.parent) == [nobody()]


def test_bytes_that_the_disk_cannot_give_back_are_let_go_of_and_the_file_begins_anew(
    left: Path, target: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "readv", refuse)
    with open_part(target, [(left, nobody())]) as part:
        assert part.size == 0
        assert list(target.parent.iterdir()) == [part.path]
    assert list(target.parent.iterdir()) == []


def test_when_taking_over_fails_half_way_the_bytes_are_left_for_the_next_run(left: Path, target: Path):
    def found() -> Iterator[tuple[Path, Owner]]:
        yield left, nobody()
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))

    open_before = open_at(target.parent)
    with (
        pytest.raises(NotWritable, match="choose another folder"),
        open_part(target, found()),
    ):
        pass
    assert owners(target.parent) == [nobody()]
    assert open_at(target.parent) == open_before


def test_a_trap_that_cannot_be_opened_keeps_its_name_and_gets_none_of_ours(target: Path, tmp_path: Path):
    target.parent.mkdir()
    trap = part_path(target, EXPECTED, nobody())
    trap.symlink_to(tmp_path / "precious")
    with open_part(target, [(trap, nobody())]) as part:
        assert sorted(target.parent.iterdir()) == sorted([trap, part.path])
    assert list(target.parent.iterdir()) == [trap]
