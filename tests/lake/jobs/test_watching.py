"""What changes among all jobs is told once, whatever changed it, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.lake.jobs.test_folder import ABOUT, DEAD, NOW, STATE, made
from tests.lake.jobs.test_listing import Shown, _append
from vre_dm.lake.jobs.folder import begin
from vre_dm.lake.jobs.job import name_of
from vre_dm.lake.jobs.watching import Watch
from vre_dm.lake.transfer.events import Finished, Progress


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "state" / "jobs"


def test_each_change_of_a_job_is_told_once(root: Path):
    watch = Watch(root, Shown())
    assert watch.look() == {}
    folder = made(root)
    name = name_of(folder)
    assert watch.look()[name]["state"] == "running"  # type: ignore[index]
    assert watch.look() == {}
    _append(folder, Progress(1, 2, 0, 1, 0.0, None))
    assert watch.look()[name]["bytes_done"] == 1  # type: ignore[index]
    folder.cancel(pause=True)
    assert watch.look()[name]["remark"] == "was asked to stop"  # type: ignore[index]
    _append(folder, Finished(1, 2, 1.0))
    assert watch.look()[name]["state"] == "finished"  # type: ignore[index]
    assert watch.known[name]["state"] == "finished"
    assert watch.look() == {}
    folder.remove()
    assert watch.look() == {name: None}
    assert watch.known == {}
    assert watch.look() == {}


def test_the_death_of_a_process_is_told_though_it_wrote_nothing(root: Path):
    watch = Watch(root, Shown())
    folder = made(root, STATE)
    watch.look()
    about = folder.path / "job.json"
    facts, said = folder.path.stat(), about.read_text()
    about.write_text(said.replace(str(folder.begun.owner), str(DEAD)))  # type: ignore[union-attr]
    assert folder.path.stat().st_mtime_ns == facts.st_mtime_ns
    assert watch.look()[name_of(folder)]["state"] == "died"  # type: ignore[index]


def test_a_stopped_one_says_at_once_that_another_goes_on_with_it(root: Path):
    watch = Watch(root, Shown())
    stopped = made(root, STATE, owner=DEAD)
    begin(root, replace(ABOUT, what="s:other"), NOW + 1)
    watch.look()
    later = made(root, STATE, now=NOW + 2)
    news = watch.look()
    assert news.keys() == {name_of(stopped), name_of(later)}
    assert f"{name_of(later)} goes on with it" in news[name_of(stopped)]["remark"]  # type: ignore[index]


def test_what_was_written_but_changes_nothing_is_not_told(root: Path):
    folder = made(root, STATE)
    watch = Watch(root, Shown())
    watch.look()
    _append(folder, STATE)
    assert watch.look() == {}
