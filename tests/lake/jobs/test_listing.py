"""Jobs as a user sees them: how they stand, which one is meant, and what another window can do with one."""

import contextlib
import json
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.lake.jobs.test_folder import ABOUT, DEAD, NOW, made
from vre_dm.did import Did
from vre_dm.errors import FollowingStopped, NoSuchJob
from vre_dm.lake.jobs.folder import JobFolder, begin
from vre_dm.lake.jobs.job import Job
from vre_dm.lake.jobs.journal import Journal
from vre_dm.lake.jobs.listing import JobList, job_of, jobs_in
from vre_dm.lake.transfer.events import (
    Cancelled,
    Event,
    Failed,
    Finished,
    Listener,
    Placed,
    Planned,
    Planning,
    Progress,
    Replicating,
    to_json,
)
from vre_dm.lake.transfer.owner import Owner

STATE = Progress(1_000_000, 3_000_000, 1, 3, 500_000.0, 4.0)
PLANNED = Planned(3, 3_000_000, 0, 9, None)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "state" / "jobs"


class Shown:
    """What a window showed."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.since = 0.0

    @contextlib.contextmanager
    def __call__(self, since: float) -> Iterator[Listener]:
        self.since = since
        yield self.events.append


def jobs(root: Path) -> JobList:
    return jobs_in(root)


def only(root: Path) -> Job:
    (job,) = jobs(root)
    return job


def test_a_job_that_runs_says_all_that_a_user_asks(root: Path):
    made(root, PLANNED, STATE)
    job = only(root)
    text = str(jobs(root).table())
    assert text.splitlines()[0] == "1 job, 1 running"
    for part in (job.name, "fetch s:n", "/d", "running", "1 MB of 3 MB", "500 kB/s", "4 s", "(this one)"):
        assert part in text
    assert f"{job.since.astimezone():%Y-%m-%d %H:%M}" in text
    document = json.loads(json.dumps(job.document()))
    assert (
        document.items()
        >= {
            "job": job.name,
            "kind": "fetch",
            "what": "s:n",
            "lake": "embedded",
            "state": "running",
            "bytes_done": 1_000_000,
            "bytes_total": 3_000_000,
            "files_done": 1,
            "rate": 500_000.0,
            "remaining": 4.0,
            "pid": os.getpid(),
        }.items()
    )


def test_a_map_that_looks_at_its_files_says_at_how_many(root: Path):
    made(root, Planning(0, None, 250, 1000, 0.0, 150.0))
    text = str(jobs(root).table())
    assert "250 of 1000 files" in text
    assert "2 min" in text
    assert "0 B" not in text
    assert only(root).document()["remark"] == "its files are looked at before the first chunk"


@pytest.mark.parametrize(
    ("events", "alive", "state", "remark"),
    [
        ([], True, "running", ""),
        ([PLANNED, STATE], False, "died", "its process is gone; what arrived is kept"),
        ([STATE, Finished(3, 9, 1.0)], False, "finished", ""),
        ([STATE, Finished(2, 9, 1.0, 1)], True, "failed", "1 of 3 files could not be had"),
        ([Failed(None, (("", "no space left"),))], True, "failed", "no space left"),
        ([STATE, Finished(0, 0, 1.0, 1)], True, "failed", "1 of 1 file could not be had"),
        ([STATE, Cancelled(1, 3)], True, "cancelled", "what arrived is kept"),
        ([STATE, Cancelled(3, 3)], True, "cancelled", "all files are complete"),
        ([Cancelled(0, 0)], True, "cancelled", "what arrived is kept"),
        (
            [Replicating("1f", "X", "REPLICATING", "1 of 9 files are at X", 1, 9, None)],
            True,
            "running",
            "1 of 9",
        ),
    ],
)
def test_what_is_over_says_why_and_the_next_step(
    root: Path, events: list[Event], alive: bool, state: str, remark: str
):
    made(root, *events, owner=None if alive else DEAD)
    now = only(root).standing()
    assert now.state == state
    assert now.remark.startswith(remark)
    assert bool(remark) == bool(now.remark)
    assert remark in str(jobs(root))
    if state != "running":
        assert "/s" not in str(jobs(root))


def test_a_later_run_of_the_same_is_named_where_one_died(root: Path):
    made(root, STATE, owner=DEAD)
    begin(root, replace(ABOUT, chosen=()), NOW + 1)
    assert "what arrived is kept" in jobs(root)[1].sentence
    made(root, STATE, now=NOW + 2)
    again, _, died = jobs(root)
    assert died.standing().remark == f"its process is gone; {again.name} goes on with it"


def test_one_that_a_later_run_finished_is_not_to_be_run_again(root: Path):
    made(root, STATE, owner=DEAD)
    made(root, Cancelled(1, 3), now=NOW + 1)
    assert "what arrived is kept" in jobs(root)[1].sentence
    done = made(root, Finished(3, 3, 1.0), now=NOW + 2)
    made(root, STATE, owner=DEAD, now=NOW + 3)
    newest, finished, cancelled, died = jobs(root)
    assert finished.name == done.path.name[-8:]
    assert newest.sentence.endswith("its process is gone; what arrived is kept")
    assert cancelled.sentence.endswith(f"finished by {finished.name}")
    assert died.standing().remark == f"its process is gone; finished by {finished.name}"


def test_a_list_shows_what_is_of_interest_now_in_the_clock_that_its_head_names(root: Path):
    made(root, STATE, Finished(3, 3, 1.0))
    title, head, row = str(jobs(root)).splitlines()
    assert title == "1 job, 0 running"
    assert head.endswith("  since (UTC)")
    assert row.endswith(f"{only(root).since:%Y-%m-%d %H:%M}")
    assert "process" not in str(only(root))
    made(root, STATE, now=NOW + 1)
    assert {"rate", "left", "process"} <= set(str(jobs(root)).splitlines()[1].split())


def test_those_that_run_come_first_then_the_newest(root: Path):
    for at in range(25):
        made(root, Finished(1, 1, 1.0), now=NOW + at / 10)
    alive = made(root, STATE, now=NOW - 9)
    found = jobs(root)
    assert found[0].name == alive.path.name[-8:]
    assert [job.since for job in found[1:]] == sorted((job.since for job in found[1:]), reverse=True)
    assert "6 older ones are not shown" in str(found)


def test_a_job_is_meant_by_the_begin_of_its_name_or_by_being_the_only_one_that_runs(root: Path):
    with pytest.raises(NoSuchJob, match="no job runs; vre-dm jobs and dm"):
        jobs(root).one()
    running, over = made(root, STATE), made(root, Cancelled(0, 1), now=NOW + 1)
    for folder in (running, over):
        assert jobs(root).one(folder.path.name[-8:]).name == folder.path.name[-8:]
    assert jobs(root).one().name == running.path.name[-8:]
    for name in ("", "../..", "zz", "\n"):
        with pytest.raises(NoSuchJob, match="no job is called"):
            jobs(root).one(name)
    made(root, STATE, now=NOW + 2)
    with pytest.raises(NoSuchJob, match=r"more than one job runs; name one of [0-9a-f]{8}, "):
        jobs(root).one()


def test_a_process_of_another_machine_is_told_with_its_host(root: Path):
    made(root, owner=Owner("f" * 8, 17, 1))
    assert only(root).process == f"17 on {socket.gethostname()}"


def test_a_folder_that_nobody_can_read_is_no_job(root: Path):
    (made(root).path / "job.json").write_text("{")
    assert jobs(root) == []
    assert str(jobs(root)) == "no jobs"


@pytest.mark.parametrize(
    "changes", [{"remaining": 1e300}, {"bytes_done": 10**400}, {"rate": 1e-320}, {"bytes_total": 10**400}]
)
def test_a_state_beyond_all_sense_is_passed_over(root: Path, changes: dict[str, float]):
    folder = made(root, STATE)
    with folder.journal.open("a") as stream:
        stream.write(json.dumps(to_json(STATE, NOW) | changes) + "\n")
    assert only(root).standing().progress == STATE
    assert "1 MB of 3 MB" in str(jobs(root)) + str(only(root))
    assert json.loads(json.dumps(only(root).document()))["bytes_done"] == 1_000_000


def test_names_from_elsewhere_are_text(root: Path):
    begin(root, replace(ABOUT, what="<script>", to="/a\x1b[2Jb"), NOW)
    html, text = jobs(root)._repr_html_(), str(jobs(root)) + only(root).sentence
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "\x1b" not in html + text


def test_who_follows_late_sees_the_state_and_what_comes_but_no_old_troubles(root: Path):
    folder = made(root, PLANNED, Placed(Did("s", "a"), Path("/d/a"), "x"), STATE)
    shown = Shown()
    (job,) = jobs_in(root, shown)
    end = Finished(3, 3_000_000, 1.0)
    _append(folder, end)
    assert job.follow() is job
    assert shown.events == [STATE, end]
    assert shown.since > 0
    shown.events.clear()
    job.follow()
    assert shown.events == [STATE, end]


def test_the_job_that_a_process_began_is_found_among_others(root: Path):
    begun = datetime.fromtimestamp(NOW, UTC)
    made(root, STATE)
    made(root, STATE, owner=DEAD)
    (running,) = (job.name for job in jobs(root) if job.state == "running")
    job = job_of(root, os.getpid(), begun)
    assert job is not None
    assert job.name == running
    assert job_of(root, os.getpid(), begun + timedelta(seconds=1)) is None
    assert job_of(root, os.getpid(), begun + timedelta(days=1)) is None
    assert job_of(root, DEAD.pid + 1, begun) is None
    assert job_of(root.parent, os.getpid(), begun) is None


def _append(folder: JobFolder, event: Event) -> None:
    whole = folder.path / "more"
    journal = Journal(whole, lambda: NOW)
    journal.append(event)
    journal.close()
    with folder.journal.open("ab") as stream:
        stream.write(whole.read_bytes())
    whole.unlink()


def test_an_interrupt_of_who_follows_leaves_the_job_alone_and_says_so(root: Path):
    @contextlib.contextmanager
    def interrupted(_: float) -> Iterator[Listener]:
        yield lambda _: signal.raise_signal(signal.SIGINT)

    folder = made(root, STATE)
    (job,) = jobs_in(root, interrupted)
    with pytest.raises(FollowingStopped) as stopped:
        job.follow()
    assert str(stopped.value) == f"the fetch {job.name} of s:n goes on; vre-dm jobs cancel {job.name} ends it"
    assert not folder.cancelled
    assert job.state == "running"


def test_to_cancel_is_to_ask_and_what_is_over_is_not_asked(root: Path):
    running, over = made(root, STATE), made(root, Cancelled(0, 1), now=NOW + 1)
    assert [job.cancel(wait=0.0) for job in jobs(root)] == [False, True]
    assert running.cancelled
    assert not over.cancelled
    job = jobs(root).one()
    assert job.standing().remark == "was asked to stop"
    assert not job.wait(0.0)
    _append(running, Cancelled(1, 3))
    assert job.wait(60)
    assert job.state == "cancelled"
