"""Folders of fetches: found, followed and stopped from elsewhere, and cleaned up."""

import itertools
import json
import os
import socket
import stat
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vre_dm.errors import NotWritable
from vre_dm.lake.jobs.folder import MOST, RUN, WEEK, About, Begun, JobFolder, begin, clean, folders
from vre_dm.lake.jobs.journal import Journal
from vre_dm.lake.transfer.events import Cancelled, Event, Failed, Finished, Progress
from vre_dm.lake.transfer.owner import Owner, myself

NOW = float(int(time.time()))  # folders are as old as the disk says
ABOUT = About("fetch", "s:n", "/d", "embedded", (("files", "*.root"),))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "state" / "jobs"


def made(
    root: Path, *events: Event, owner: Owner | None = None, now: float = NOW, about: About = ABOUT
) -> JobFolder:
    job = begin(root, about, now)
    journal = Journal(job.journal, lambda: NOW)
    for event in events:
        journal.append(event)
    journal.close()
    if owner is not None:
        said = json.loads((job.path / "job.json").read_bytes())
        (job.path / "job.json").write_text(json.dumps(said | {"owner": str(owner)}))
    return job


DEAD = Owner(myself().machine, 2**22 + 1, 1)
GOOD = {"owner": str(myself()), "host": "h", "at": NOW, "about": asdict(ABOUT)}
WRONG = [{"owner": "x"}, {"owner": None}, {"host": 1}, {"at": "now"}, {"at": 1e300}, {"about": []}]
WRONG_ABOUT = [{"kind": 1}, {"what": None}, {"chosen": 1}, {"chosen": {}, "to": 1}, {"chosen": [["a", 1]]}]
STATE = Progress(1, 2, 0, 1, 0.0, None)


def test_a_folder_says_what_is_fetched_and_by_whom_and_only_to_its_user(root: Path):
    job = made(root)
    assert job.begun == Begun(ABOUT, myself(), socket.gethostname(), datetime.fromtimestamp(NOW, UTC))
    assert stat.S_IMODE(job.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(root.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("events", "owner", "state"),
    [
        ([], None, "running"),
        ([STATE], None, "running"),
        ([STATE], DEAD, "died"),
        ([STATE], Owner(myself().machine, 10**19, 1), "died"),
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
    if state != "running":
        assert [entry.event for entry in job.entries()] == events


def test_a_fetch_of_another_machine_counts_as_dead_when_it_is_silent(root: Path):
    job = made(root, STATE, owner=Owner("f" * 8, 1, 1))
    assert job.state == "running"
    os.utime(job.path / "job.json", (1.0, 1.0))
    assert job.state == "died"
    job.show_life()
    assert job.state == "running"
    (job.path / "job.json").unlink()
    job.show_life()


def test_the_newest_comes_first(root: Path):
    paths = [made(root, now=NOW + at / 10_000).path for at in range(3)]
    assert [job.path for job in folders(root)] == paths[::-1]


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{", '{"owner": 3}', "[" * 100_000, "\x00"),
        *(json.dumps(GOOD | wrong) for wrong in WRONG),
        *(json.dumps(GOOD | {"about": GOOD["about"] | wrong}) for wrong in WRONG_ABOUT),
    ],
    ids=itertools.count(),  # the texts name this process, and names of tests should not
)
def test_a_garbled_folder_is_a_dead_job_and_no_error(text: str, root: Path):
    job = made(root)
    (job.path / "job.json").write_text(text)
    assert job.begun is None
    assert job.state == "died"


def test_cancelling_is_asked_for_by_a_file_and_harmless_when_late(root: Path):
    job = made(root)
    assert not job.cancelled
    JobFolder(job.path).cancel()
    assert job.cancelled
    JobFolder(root / "gone").cancel()
    assert not (root / "gone").exists()


def test_a_request_that_the_disk_refuses_is_said(root: Path):
    job = made(root)
    (job.path / "cancel").symlink_to("cancel")
    with pytest.raises(NotWritable, match=r"cannot ask the job .* to stop"):
        job.cancel()


def test_a_week_or_fifty_newer_ones_remove_a_folder_but_never_a_running_one(root: Path):
    over = [made(root, Finished(1, 1, 1.0, 0), now=NOW - at) for at in range(MOST + 5)]
    alive = made(root, STATE, now=NOW - 1000)
    began = max(job.path.stat().st_mtime for job in folders(root))
    clean(root, began)
    assert {job.path for job in folders(root)} == {*(job.path for job in over[:MOST]), alive.path}
    clean(root, began + WEEK + 1)
    assert [job.path for job in folders(root)] == [alive.path]


def test_what_maps_gave_stays_for_a_week_whatever_comes_after_it_and_costs_no_fetch_its_place(root: Path):
    fetched = made(root, Finished(1, 1, 1.0, 0), now=NOW - 100)
    maps = []
    for at in range(MOST + 5):
        maps.append(made(root, Finished(1, 1, 1.0, 0), now=NOW - at))
        (maps[-1].path / RUN).mkdir()
        (maps[-1].path / RUN / "outcome.pickle").write_bytes(b"given")
    began = max(job.path.stat().st_mtime for job in maps)
    clean(root, began)
    assert {job.path for job in folders(root)} == {fetched.path, *(job.path for job in maps)}
    clean(root, began + WEEK + 1)
    assert folders(root) == []


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


def test_a_folder_that_others_could_have_filled_is_neither_read_nor_cleaned(root: Path):
    over = made(root, Finished(1, 1, 1.0, 0))
    root.chmod(0o777)
    assert folders(root) == []
    with pytest.raises(NotWritable, match="other users can change"):
        begin(root, ABOUT, NOW + 10 * WEEK)
    root.chmod(0o700)
    assert [job.path for job in folders(root)] == [over.path]


def test_a_disk_that_refuses_makes_no_folder_and_is_named(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(NotWritable, match=f"{blocked}.*XDG_STATE_HOME"):
        begin(blocked / "jobs", ABOUT, NOW)
    assert folders(blocked / "jobs") == []
    tmp_path.chmod(0o777)
    with pytest.raises(NotWritable, match="other users can change"):
        begin(tmp_path, ABOUT, NOW)
    tmp_path.chmod(0o700)
