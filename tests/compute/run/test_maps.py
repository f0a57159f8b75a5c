"""A map in a process of its own: its value, and what it counts."""

from pathlib import Path
from typing import Any

import hist
import numpy as np
import pytest
import uproot

from tests.compute.run.conftest import CHUNKS, ENTRIES, TOTAL, Files, gated
from tests.compute.run.maps import begun_here, done_here, total
from vre_dm.compute.run.folder import RunFolder, read
from vre_dm.compute.run.running import RunningMap, outcome_of
from vre_dm.compute.run.starting import about_of, start
from vre_dm.errors import ChunkFailed, Declined, NothingProcessed
from vre_dm.lake.jobs.folder import folders
from vre_dm.lake.jobs.journal import Journal
from vre_dm.lake.jobs.listing import jobs_in
from vre_dm.lake.transfer.events import Computing, Finished


def test_the_value_comes_with_where_it_is_from(files: Files, root: Path):
    running = start(root, files.order(total))
    assert running.result(60) == TOTAL
    outcome = running.outcome()
    assert (outcome.entries, outcome.chunks, outcome.kept, outcome.skipped) == (6000, CHUNKS, 0, ())
    said = outcome.provenance()
    assert said["backend"] == "here"
    assert [source["name"] for source in said["inputs"]] == [str(path) for path in files.paths]
    assert said["environment"]["numpy"] == np.__version__
    assert "np.sum(events.x)" in outcome.source
    assert outcome.busy > 0
    events = list(running.events())
    assert isinstance(events[-1], Finished)
    last = [event for event in events if isinstance(event, Computing)][-1]
    assert (last.chunks_done, last.entries_done, last.files_done) == (CHUNKS, 6000, 2)
    assert last.bytes_done == last.bytes_total


def test_others_see_it_as_a_job_and_read_its_value(files: Files, root: Path):
    done_here(root, files.order(total)).result(60)
    (job,) = jobs_in(root, given=lambda folder: RunningMap(folder).outcome())
    assert (job.kind, job.to, job.state) == ("map", "total", "finished")
    assert job.outcome().value == TOTAL
    assert job.can == ["delete"]
    assert list(RunFolder(folders(root)[0]).chunks()) == []
    job.forget()
    assert list(root.iterdir()) == []


def test_nobody_else_can_read_what_it_keeps(files: Files, root: Path):
    done_here(root, files.order(total)).result(60)
    (folder,) = folders(root)
    kept = [folder.path, RunFolder(folder).path, *RunFolder(folder).path.iterdir()]
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept)


def test_a_map_that_reads_elsewhere_is_no_other_one(files: Files):
    ways = {about_of(files.order(total, fetch=fetch)) for fetch in (None, True, False)}
    assert len(ways) == 3


def test_values_are_merged_as_one_says(files: Files, root: Path):
    largest = done_here(root, files.order(lambda events: float(np.max(events.x)), reduce=max))
    assert largest.result(60) == 5999.0


def test_a_map_of_nothing_says_so_loudly(root: Path, tmp_path: Path):
    path = tmp_path / "empty.root"
    with uproot.recreate(path) as file:
        file.mktree("events", {"x": "f8"})
    running = done_here(root, Files((path,)).order(total, columns=["x"]))
    with pytest.warns(NothingProcessed, match="total saw no entry of empty.root"):
        running.result(60)


def test_what_the_function_prints_is_kept(files: Files, root: Path):
    def talking(events: Any) -> int:
        print("saw", len(events))
        return 1

    running = start(root, files.order(talking))
    running.result(60)
    assert "saw 1000" in running.log


def test_a_result_is_not_there_before_the_end(files: Files, root: Path, tmp_path: Path):
    gate = tmp_path / "gate"
    begun = begun_here(root, files.order(gated(gate, 0)))
    running = RunningMap(folders(root)[0])
    with pytest.raises(TimeoutError, match="it goes on"):
        running.outcome(0.1)
    (job,) = jobs_in(root, given=outcome_of)
    with pytest.raises(Declined, match="not over yet"):
        job.outcome()
    gate.touch()
    assert begun.wait(60)


class Analysis:
    """Counts in itself, as an analysis class does."""

    def __init__(self) -> None:
        self.seen, self.h = 0, hist.Hist.new.Reg(6, 0, 6000).Int64()

    def count(self, events: Any) -> int:
        self.seen += len(events)
        return self.seen

    def fill(self, events: Any) -> hist.Hist:
        return self.h.fill(np.asarray(events.x))

    def copied(self, events: Any) -> hist.Hist:
        return self.fill(events).copy()


def test_what_a_chunk_leaves_in_an_object_is_not_counted_with_the_next(files: Files, root: Path):
    assert done_here(root, files.order(Analysis().count)).result(60) == CHUNKS * ENTRIES
    assert done_here(root, files.order(Analysis().copied)).result(60).values().tolist() == [ENTRIES] * CHUNKS


def test_a_histogram_of_an_object_is_refused_by_name(files: Files, root: Path):
    with pytest.raises(
        ChunkFailed, match=r"Unmergeable: the function gives 'self\.h', which it did not make"
    ):
        done_here(root, files.order(Analysis().fill)).result(60)


def test_counts_in_small_integers_do_not_go_round(files: Files, root: Path):
    found = done_here(root, files.order(lambda events: {"n": np.array([100], "i1")})).result(60)
    assert found["n"].tolist() == [100 * CHUNKS]


def test_a_disk_that_is_full_at_the_end_takes_no_result_along(
    files: Files, root: Path, monkeypatch: pytest.MonkeyPatch
):
    close = Journal.close
    monkeypatch.setattr(Journal, "close", lambda journal: close(journal) and False)
    begun_here(root, files.order(total)).result(60)
    assert read(RunFolder(folders(root)[0]).outcome).value == TOTAL
