"""Folders of fetches: found, followed and stopped from elsewhere, and cleaned up."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from vre_dm.lake.jobs import folder as jobs
from vre_dm.lake.jobs.folder import MOST, WEEK, JobFolder, all_jobs, begin, clean, running
from vre_dm.lake.jobs.journal import Journal
from vre_dm.lake.transfer.events import Cancelled, Event, Failed, Finished, Progress
from vre_dm.lake.transfer.owner import Owner, myself

NOW = 1_790_000_000.0
ABOUT = {"did": "s:n", "to": "/d", "files": None, "rse": None}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "state" / "jobs"


def made(root: Path, *events: Event, owner: Owner | None = None, now: float = NOW) -> JobFolder:
    job = begin(root, ABOUT, now)
    assert job is not None
    journal = Journal(job.journal, lambda: NOW)
    for event in events:
        journal.append(event)
    journal.close()
    if owner is not None:
        about = {**job.about, "owner": str(owner)}
        (job.path / "job.json").write_text(json.dumps(about))
    return job


DEAD = Owner(myself().machine, 2**22 + 1, 1)
STATE = Progress(1, 2, 0, 1, 0.0, None)


def test_a_folder_says_what_is_fetched_and_by_whom_and_only_to_its_user(root: Path):
    job = made(root)
    assert job.about == {**ABOUT, "owner": str(myself()), "started": NOW}
    assert stat.S_IMODE(job.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert repr(job) == f"JobFolder({job.path.name}: s:n, running)"


@pytest.mark.parametrize(
    ("events", "owner", "state"),
    [
        ([], None, "running"),
        ([STATE], None, "running"),
        ([STATE], DEAD, "lost"),
        ([Finished(1, 2, 0.1, 0)], DEAD, "finished"),
        ([Finished(1, 2, 0.1, 1)], DEAD, "failed"),
        ([Failed(None, (("", "no space"),))], None, "failed"),
        ([Cancelled(0, 1)], None, "cancelled"),
    ],
)
def test_the_state_follows_from_the_last_event_and_the_owner(
    events: list[Event], owner: Owner | None, state: str, root: Path
):
    job = made(root, *events, owner=owner)
    assert job.state == state
    assert [each.path for each in running(root)] == ([job.path] if state == "running" else [])
    if state != "running":
        assert list(job.events()) == events


def test_a_fetch_of_another_machine_counts_as_lost_when_it_is_silent(root: Path):
    job = made(root, STATE, owner=Owner("f" * 8, 1, 1))
    assert job.state == "running"
    os.utime(job.journal, (1.0, 1.0))
    assert job.state == "lost"


def test_the_newest_comes_first(root: Path):
    paths = [made(root, now=NOW + at).path for at in range(3)]
    assert [job.path for job in all_jobs(root)] == paths[::-1]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"owner": 3}', "[" * 100_000, "\x00"])
def test_a_garbled_folder_is_a_lost_job_and_no_error(text: str, root: Path):
    job = made(root)
    (job.path / "job.json").write_text(text)
    assert job.state == "lost"
    assert running(root) == []


def test_cancelling_is_asked_for_by_a_file_and_harmless_when_late(root: Path):
    job = made(root)
    assert not job.cancelled
    JobFolder(job.path).cancel()
    assert job.cancelled
    JobFolder(root / "gone").cancel()
    assert not (root / "gone").exists()


def test_a_week_or_fifty_newer_ones_remove_a_folder_but_never_a_running_one(root: Path):
    over = [made(root, Finished(1, 1, 1.0, 0), now=NOW - at) for at in range(MOST + 5)]
    alive = made(root, STATE, now=NOW - 1000)
    clean(root, over[0].path.stat().st_mtime)
    assert {job.path for job in all_jobs(root)} == {*(job.path for job in over[:MOST]), alive.path}
    clean(root, over[0].path.stat().st_mtime + WEEK + 1)
    assert [job.path for job in all_jobs(root)] == [alive.path]


def test_cleaning_removes_nothing_that_is_not_ours(root: Path, tmp_path: Path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "job.json").write_text("mine")
    job = made(root, Finished(1, 1, 1.0, 0))
    (job.path / "thesis.tex").write_text("mine")
    (root / "20200101T000000-00000000").symlink_to(precious)
    (root / "notes").mkdir()
    clean(root, NOW + 10 * WEEK)
    assert (job.path / "thesis.tex").read_text() == "mine"
    assert (precious / "job.json").read_text() == "mine"
    assert (root / "notes").is_dir()


def test_a_disk_that_refuses_makes_no_folder_and_no_error(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert begin(blocked / "jobs", ABOUT, NOW) is None
    assert all_jobs(blocked / "jobs") == []
    tmp_path.chmod(0o777)
    assert begin(tmp_path, ABOUT, NOW) is None  # others could exchange it
    tmp_path.chmod(0o700)


def test_another_process_sees_the_fetch_of_this_one(root: Path):
    made(root, STATE)
    code = (
        "import sys; from pathlib import Path; from vre_dm.lake.jobs import folder as jobs;"
        "[job] = jobs.running(Path(sys.argv[1])); print(job.about['did'], job.state); job.cancel()"
    )
    source = str(Path(jobs.__file__).parents[3])
    said = subprocess.run(
        [sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True, cwd=source
    )
    assert said.stdout.split() == ["s:n", "running"]
    assert running(root)[0].cancelled
