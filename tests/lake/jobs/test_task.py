"""What a job was asked to do is kept with it, so that another process can start the same again."""

import json
import stat
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.lake.jobs.test_folder import ABOUT, DEAD, NOW, made
from tests.lake.jobs.test_listing import STATE, jobs, only
from vre_dm.did import Did
from vre_dm.errors import Declined, InvalidUpload, NotWritable, TransferFailed
from vre_dm.lake.jobs.folder import JobFolder, Result, begin, folders
from vre_dm.lake.jobs.journal import Journal
from vre_dm.lake.jobs.started import StartedJob
from vre_dm.lake.jobs.task import BRING, FETCH, MAP, PUBLISH, Task
from vre_dm.lake.lake import Lake
from vre_dm.lake.publish.places import Place
from vre_dm.lake.publish.sources import items
from vre_dm.lake.transfer.events import Cancelled, Event, Finished, Listener, Placed, Retrying, SourceChanged
from vre_dm.lake.transfer.failures import Failure
from vre_dm.lake.transfer.report import fetch_error

TASK = Task(FETCH, "embedded", "s:n", {"target": "/d", "files": "*.root"})
BROUGHT = Task(BRING, "embedded", "s:n", {"rse": "CERN", "days": 2, "files": None, "verify": True})
UPLOAD = Task(
    PUBLISH,
    "embedded",
    "s:n",
    {"files": {"a": Place("/d/a", 7)}, "metadata": None, "comment": "", "days": 0.5},
)
MAPPED = Task(MAP, "", "a.root and 3 more", {"job": "20261121T233000-0123abcd"})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "state" / "jobs"


def over(
    root: Path, *events: Event, task: Task | None = TASK, now: float = NOW, dead: bool = True
) -> JobFolder:
    """A job with a task, of a process that is gone."""
    job = made(root, *events, now=now, owner=DEAD if dead else None)
    if task is not None:
        (job.path / "task.json").write_text(json.dumps(task.document()))
    return job


def test_a_job_keeps_what_it_was_asked_for_and_only_its_user_can_read_it(root: Path):
    folder = begin(root, ABOUT, NOW, TASK)
    assert folder.task == TASK
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    folder.remove()
    assert list(root.iterdir()) == []


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        TASK.document() | {"verb": "delete"},
        TASK.document() | {"verb": ["fetch"]},
        TASK.document() | {"what": 7},
        TASK.document() | {"what": "--help"},
        TASK.document() | {"what": "s:../../etc"},
        TASK.document() | {"wishes": [1]},
        TASK.document() | {"wishes": {}},
        TASK.document() | {"wishes": {"target": "here"}},
        TASK.document() | {"wishes": {"target": ["/d"]}},
        TASK.document() | {"wishes": {"target": "/d", "metadata": {}}},
        TASK.document() | {"wishes": {"target": "/d", "recheck": "yes"}},
        TASK.document() | {"wishes": {"target": "/d", "files": 1}},
        BROUGHT.document() | {"wishes": {"days": True}},
        BROUGHT.document() | {"wishes": {"verify": None}},
        BROUGHT.document() | {"wishes": {"target": "/d"}},
        UPLOAD.document() | {"wishes": {}},
        UPLOAD.document() | {"wishes": {"files": []}},
        UPLOAD.document() | {"wishes": {"files": "/etc/passwd"}},
        UPLOAD.document() | {"wishes": {"files": ["/a"]}},
        UPLOAD.document() | {"wishes": {"files": {"a": "/d/a"}}},
        UPLOAD.document() | {"wishes": {"files": {"a": {"path": "/d/a"}}}},
        UPLOAD.document() | {"wishes": {"files": {"a": {"path": "../a", "inode": 7}}}},
        UPLOAD.document() | {"wishes": {"files": {"a": {"path": "/d/a", "inode": None}}}},
        UPLOAD.document() | {"wishes": UPLOAD.document()["wishes"] | {"metadata": "x"}},
        UPLOAD.document() | {"wishes": UPLOAD.document()["wishes"] | {"comment": None}},
        MAPPED.document() | {"wishes": {}},
        MAPPED.document() | {"wishes": {"job": None}},
        MAPPED.document() | {"wishes": {"job": "../../20261121T233000-0123abcd"}},
        MAPPED.document() | {"wishes": {"job": "/tmp"}},
        TASK.document() | {"settings": {"PATH": "/tmp"}},
        TASK.document() | {"settings": {"VRE_DM_CACHE": 1}},
        TASK.document() | {"settings": []},
    ],
)
def test_what_is_no_task_is_none(root: Path, said: Any):
    with pytest.raises(ValueError, match="no description of a task"):
        Task.read(said)
    job = over(root, Cancelled(0, 1))
    (job.path / "task.json").write_text(json.dumps(said))
    assert job.task is None
    assert only(root).can == ["delete"]


@pytest.mark.parametrize("task", [TASK, BROUGHT, UPLOAD, MAPPED])
def test_a_task_is_read_as_it_was_written(task: Task):
    assert Task.read(json.loads(json.dumps(task.document()))) == task


def test_an_upload_that_goes_on_takes_no_file_that_came_in_the_place_of_the_chosen_one(
    lake: Lake, tmp_path: Path
):
    chosen, secret = tmp_path / "chosen", tmp_path / "secret"
    chosen.mkdir()
    file = chosen / "a"
    for path in (file, secret):
        path.write_text("x")
    (item,) = items(file, "user.dm")
    task = replace(UPLOAD, what="user.dm:follows.no.link", wishes={"files": {"a": item.place}})
    elsewhere = "chosen/a leads elsewhere than when it was chosen"
    file.rename(tmp_path / "kept")
    file.symlink_to(secret)
    with pytest.raises(InvalidUpload, match=elsewhere):
        task.start(lake)
    file.unlink()
    secret.rename(file)  # in a folder of a group, all its members may rename what only one may read
    with pytest.raises(InvalidUpload, match=elsewhere):
        task.start(lake)
    file.unlink()
    chosen.rmdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "kept").rename(tmp_path / "other" / "a")
    chosen.symlink_to(tmp_path / "other")
    with pytest.raises(InvalidUpload, match=elsewhere):
        task.start(lake)


@pytest.mark.parametrize("leads", ["itself", "where a link led"])
def test_a_fetch_that_goes_on_follows_no_link_that_came_later(lake: Lake, tmp_path: Path, leads: str):
    target, private = tmp_path / "target", tmp_path / "private"
    private.mkdir()
    led = {} if leads == "itself" else {"leads": str(tmp_path / "scratch")}
    target.symlink_to(private)
    task = Task(FETCH, "embedded", "xenon:s2only.limits", {"target": str(target)} | led)
    with pytest.raises(NotWritable, match="target leads elsewhere than when the fetch began"):
        task.start(lake)
    assert list(private.iterdir()) == []


def test_a_fetch_into_a_linked_folder_goes_on_there(lake: Lake, tmp_path: Path):
    root, target, scratch = tmp_path / "state" / "jobs", tmp_path / "target", tmp_path / "scratch"
    scratch.mkdir()
    target.symlink_to(scratch)
    here = Lake(lake.instance, tmp_path / "fetched", jobs=root)
    here.dataset("xenon:s2only.limits").start_fetch(target).cancel()
    assert only(root).wait(60)
    task = folders(root)[0].task
    assert task is not None
    paths = task.start(here).result(60)
    assert all(path.resolve().is_relative_to(scratch) for path in paths)
    target.unlink()
    target.symlink_to(tmp_path)
    with pytest.raises(NotWritable, match="target leads elsewhere than when the fetch began"):
        task.start(here)


def test_one_that_was_stopped_or_died_can_go_on_and_a_finished_one_cannot(root: Path):
    for event in (STATE, Cancelled(1, 3), Finished(2, 9, 1.0, 1)):
        folder = over(root, event)
        assert only(root).can == ["continue", "delete"]
        assert only(root).again() == TASK
        folder.remove()
    over(root, Finished(3, 9, 1.0))
    assert only(root).can == ["delete"]
    with pytest.raises(Declined, match="it is finished"):
        only(root).again()


def test_one_that_another_goes_on_with_or_finished_cannot_go_on_twice(root: Path):
    over(root, Cancelled(1, 3))
    later = over(root, STATE, now=NOW + 1, dead=False)
    running, stopped = jobs(root)
    assert stopped.can == ["delete"]
    with pytest.raises(Declined, match=f"{running.name} goes on with it"):
        stopped.again()
    journal = Journal(later.path / "more", lambda: NOW)
    journal.append(Finished(3, 9, 1.0))
    journal.close()
    later.journal.write_bytes((later.path / "more").read_bytes())
    assert jobs(root)[1].can == ["delete"]


def test_one_of_an_earlier_version_says_that_it_cannot_go_on(root: Path):
    over(root, Cancelled(1, 3), task=None)
    with pytest.raises(Declined, match="earlier version"):
        only(root).again()


def test_a_running_one_can_be_stopped_and_not_forgotten(root: Path):
    folder = over(root, STATE, dead=False)
    assert only(root).can == ["cancel", "pause"]
    with pytest.raises(Declined, match="runs; stop it first"):
        only(root).forget()
    folder.cancel()
    assert only(root).can == []
    assert not only(root).paused


def test_a_paused_one_says_so_in_every_window_until_somebody_cancels(root: Path):
    asked = threading.Event()

    def work(tell: Listener, stop: threading.Event) -> list[Path]:
        asked.set()
        assert stop.wait(60)
        tell(Cancelled(1, 3))
        return []

    job = StartedJob(work, ABOUT, root, TASK)
    assert asked.wait(60)
    assert not only(root).paused
    assert only(root).cancel(60, pause=True)
    assert job.wait(60)
    paused = only(root)
    assert paused.paused
    assert paused.document()["paused"]
    assert paused.standing().remark == "paused; what arrived is kept"
    assert paused.can == ["continue", "delete"]
    assert all("run the same again to continue" in str(shown) for shown in (paused, jobs(root)))
    paused.forget()
    assert jobs(root) == []


def test_cancelling_what_was_asked_to_pause_forgets_the_pause(root: Path):
    folder = over(root, STATE, dead=False)
    only(root).cancel(0, pause=True)
    assert folder.paused
    only(root).cancel(0)
    assert not folder.paused


def test_who_sees_the_end_sees_the_paths_too(root: Path, tmp_path: Path):
    paths = [tmp_path / "a", tmp_path / "b c"]

    def work(tell: Listener, stop: threading.Event) -> list[Path]:
        tell(Finished(2, 9, 1.0))
        assert folders(root)[0].state == "running"
        return paths

    assert StartedJob(work, ABOUT, root).result(60) == paths
    assert only(root).state == "finished"
    assert only(root).result == Result(tuple(paths))


def test_a_failed_one_tells_what_is_whole_and_who_can_act_on_the_rest(root: Path, tmp_path: Path):
    causes = (("CNAF-STORM (davs)", "HTTP 404"), ("CERN (davs)", "HTTP 503"))
    failed = Failure(Did("s", "b"), causes, corrupt=False)

    def work(tell: Listener, stop: threading.Event) -> list[Path]:
        tell(Finished(1, 9, 1.0, 1))
        raise fetch_error([failed], [tmp_path / "a"], tmp_path)

    with pytest.raises(TransferFailed):
        StartedJob(work, ABOUT, root).result(60)
    result = only(root).result
    assert result.paths == (tmp_path / "a",)
    assert [(row["file"], row["replica"], row["cause"]) for row in result.report] == [
        ("s:b", "CNAF-STORM", "HTTP 404"),
        ("s:b", "CERN", "HTTP 503"),
    ]
    assert all(row["who"] and row["step"] for row in result.report)


@pytest.mark.parametrize("said", ["", "[]", '{"paths": 1}', '{"paths": [1], "report": []}', '{"paths": []}'])
def test_a_garbled_result_is_none(root: Path, said: str):
    folder = over(root, Finished(1, 1, 1.0))
    (folder.path / "result.json").write_text(said)
    assert only(root).result == Result()


def test_the_cause_of_a_retry_shows_until_its_file_is_whole(root: Path):
    file, other = Did("s", "a"), Did("s", "b")
    retrying = Retrying(file, "CERN", "HTTP 503", 4.0)
    folder = made(root, STATE, retrying, Placed(other, Path("/d/b"), "x"), STATE)
    assert only(root).document()["retry"] == "s:a from CERN: HTTP 503; again in 4 s"
    folder.remove()
    folder = made(root, retrying, SourceChanged(file, "CNAF", "HTTP 503"), STATE)
    assert only(root).document()["retry"] == "s:a goes on from CNAF: HTTP 503"
    folder.remove()
    folder = made(root, retrying, Placed(file, Path("/d/a"), "CNAF"), STATE)
    assert only(root).document()["retry"] == ""
    folder.remove()
    made(root, retrying, Cancelled(0, 1))
    assert only(root).document()["retry"] == ""
