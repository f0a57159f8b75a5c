"""What a fetch that did not come to its end left on the disk: told, and given back when it is forgotten."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.lake.jobs.test_folder import ABOUT, DEAD, NOW, made
from vre_dm.did import Did
from vre_dm.lake.jobs.job import Job
from vre_dm.lake.jobs.listing import jobs_in
from vre_dm.lake.transfer.events import Event, Placed, Started
from vre_dm.lake.transfer.names import part_path
from vre_dm.lake.transfer.owner import Owner, myself, nobody
from vre_dm.lake.transfer.verify import Expected

FILE = Did("xenon", "runs/a.root")
BYTES = b"x" * 3000


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "jobs"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def part(data: Path, did: Did, owner: Owner) -> Path:
    """A temporary file of a file on its way."""
    target = data / did.path()
    target.parent.mkdir(parents=True, exist_ok=True)
    path = part_path(target, Expected(size=9000, adler32="00000001", md5=None), owner)
    path.write_bytes(BYTES)
    return path


def job(state: Path, data: Path, *events: Event) -> Job:
    """A fetch of which a dead process told this."""
    made(state, *events, owner=DEAD, about=replace(ABOUT, to=str(data)))
    return jobs_in(state)[0]


def test_a_fetch_that_is_forgotten_gives_the_room_of_its_unfinished_files_back(
    state: Path, data: Path
) -> None:
    left = [part(data, FILE, nobody()), part(data, FILE, DEAD)]
    whole = data / FILE.path()
    whole.with_name("whole.root").write_bytes(BYTES)
    fetch = job(state, data, Started(FILE, "SITE"))
    assert fetch.kept == 2 * len(BYTES)
    fetch.forget(free=True)
    assert [path.exists() for path in left] == [False, False]
    assert [path.name for path in whole.parent.iterdir()] == ["whole.root"]
    assert list(jobs_in(state)) == []


def test_what_a_fetch_did_not_begin_or_another_writes_is_not_its_own(state: Path, data: Path) -> None:
    done, other = Did("xenon", "runs/b.root"), Did("xenon", "runs/c.root")
    kept = [part(data, FILE, myself()), part(data, done, nobody()), part(data, other, nobody())]
    fetch = job(state, data, Started(FILE, "SITE"), Started(done, "SITE"), Placed(done, data / "b", "SITE"))
    assert fetch.kept == 0
    fetch.forget(free=True)
    assert all(path.exists() for path in kept)


def test_who_goes_on_with_a_fetch_finds_what_was_left_though_the_old_one_is_forgotten(
    state: Path, data: Path
) -> None:
    left = part(data, FILE, nobody())
    job(state, data, Started(FILE, "SITE")).forget()
    assert left.exists()


def test_a_fetch_that_somebody_goes_on_with_has_nothing_to_give_back(state: Path, data: Path) -> None:
    left = part(data, FILE, nobody())
    old = job(state, data, Started(FILE, "SITE"))
    made(state, now=NOW + 60, about=replace(ABOUT, to=str(data)))
    old = next(one for one in jobs_in(state) if one.name == old.name)
    assert old.kept == 0
    old.forget(free=True)
    assert left.exists()


def test_a_sum_of_files_counts_no_gaps(state: Path, data: Path) -> None:
    with part(data, FILE, nobody()).open("r+b") as stream:
        stream.truncate(50_000_000)
    assert job(state, data, Started(FILE, "SITE")).kept < 100_000
