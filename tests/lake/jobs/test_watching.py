"""What changes among all jobs is told once, whatever changed it, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.lake.jobs.test_folder import ABOUT, DEAD, NOW, STATE, made
from tests.lake.jobs.test_listing import _append
from tests.lakes import tick
from vre_dm.lake.jobs.folder import begin
from vre_dm.lake.jobs.job import name_of
from vre_dm.lake.jobs.watching import News, Watch
from vre_dm.lake.transfer.events import Finished, Progress
from vre_dm.lake.transfer.owner import myself


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "state" / "jobs"


def test_each_change_of_a_job_is_told_once(root: Path):
    watch = Watch(root)
    assert watch.look() == News()
    folder = made(root)
    name = name_of(folder)
    assert watch.look().jobs[name]["state"] == "running"
    assert watch.look() == News()
    _append(folder, Progress(1, 2, 0, 1, 0.0, None))
    assert watch.look().jobs[name]["bytes_done"] == 1
    tick(root.parent)
    folder.cancel(pause=True)
    assert watch.look().jobs[name]["remark"] == "was asked to stop"
    _append(folder, Finished(1, 2, 1.0))
    assert watch.look().jobs[name]["state"] == "finished"
    assert watch.known[name]["state"] == "finished"
    assert watch.look() == News()
    folder.remove()
    assert watch.look() == News(gone=frozenset({name}))
    assert watch.known == {}
    assert watch.look() == News()


def test_the_death_of_a_process_is_told_though_it_wrote_nothing(root: Path):
    watch = Watch(root)
    folder = made(root, STATE)
    watch.look()
    about = folder.path / "job.json"
    facts, said = folder.path.stat(), about.read_text()
    about.write_text(said.replace(str(myself()), str(DEAD)))
    assert folder.path.stat().st_mtime_ns == facts.st_mtime_ns
    assert watch.look().jobs[name_of(folder)]["state"] == "died"


def test_a_stopped_one_says_at_once_that_another_goes_on_with_it(root: Path):
    watch = Watch(root)
    stopped = made(root, STATE, owner=DEAD)
    begin(root, replace(ABOUT, what="s:other"), NOW + 1)
    watch.look()
    later = made(root, STATE, now=NOW + 2)
    news = watch.look().jobs
    assert news.keys() == {name_of(stopped), name_of(later)}
    assert f"{name_of(later)} goes on with it" in news[name_of(stopped)]["remark"]


def test_what_was_written_but_changes_nothing_is_not_told(root: Path):
    folder = made(root, STATE)
    watch = Watch(root)
    watch.look()
    _append(folder, STATE)
    assert watch.look() == News()
