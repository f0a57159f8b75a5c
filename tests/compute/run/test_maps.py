"""A map in a process of its own: its value, its end whatever ends it, and how it goes on."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hist
import numpy as np
import pytest
import uproot

from tests.compute.run.conftest import CHUNKS, ENTRIES, TOTAL, Files, gated, reached, told
from tests.lakes import until
from vre_dm.compute.run.driving import started as driven
from vre_dm.compute.run.folder import RunFolder, read
from vre_dm.compute.run.order import Order
from vre_dm.compute.run.running import RunningMap, outcome_of
from vre_dm.compute.run.starting import about_of, again, begun_job, start
from vre_dm.errors import (
    ChunkFailed,
    DatasetChanged,
    Declined,
    JobCancelled,
    LoginRefused,
    NothingProcessed,
    RunFailed,
    Unmergeable,
    VreDmError,
)
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.jobs.folder import folders
from vre_dm.lake.jobs.journal import Journal
from vre_dm.lake.jobs.listing import jobs_in
from vre_dm.lake.jobs.started import StartedJob
from vre_dm.lake.transfer.events import Cancelled, Computing, Finished


def total(events: Any) -> float:
    return float(np.sum(events.x))


def no_lake(lake: str, did: str) -> Dataset:
    raise AssertionError


def begun_here(root: Path, order: Order) -> StartedJob:
    """Begin a map in this process, as its own process does it."""
    return driven(begun_job(root, order), no_lake)


def done_here(root: Path, order: Order) -> RunningMap:
    """Do a map in this process, to its end."""
    with contextlib.suppress(VreDmError):  # it can be read afterwards
        begun_here(root, order).result(60)
    return RunningMap(folders(root)[0])


def stopped_here(root: Path, order: Order, chunks: int) -> None:
    """Stop a map after so many chunks."""
    running = begun_here(root, order)
    reached(root, chunks)
    running.cancel()
    assert running.wait(60)


def pid_of(root: Path) -> int:
    """Process of the newest job."""
    begun = folders(root)[0].begun
    assert begun is not None
    return begun.owner.pid


def killed(root: Path) -> None:
    """Kill the process of the newest job, and wait until it is seen."""
    os.kill(pid_of(root), signal.SIGKILL)
    until(lambda: folders(root)[0].gone)


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


def test_the_same_goes_on_after_its_process_was_killed(files: Files, root: Path, tmp_path: Path):
    gate = tmp_path / "gate"
    order = files.order(gated(gate, 3 * ENTRIES))
    running = start(root, order)
    reached(root, 3)
    killed(root)
    assert running.state == "died"
    with pytest.raises(
        RunFailed, match=r"total over events.0.root and 1 more is gone.*run it again to continue"
    ):
        running.result()
    gate.touch()
    outcome = start(root, order).outcome(60)
    assert (outcome.value, outcome.kept) == (TOTAL, 3)
    assert [part for folder in folders(root) for part in RunFolder(folder).chunks()] == []
    first, second = sorted(jobs_in(root), key=lambda job: job.since)
    assert f"finished by {second.name}" in first.sentence


def test_a_damaged_chunk_is_done_again(files: Files, root: Path, tmp_path: Path):
    gate = tmp_path / "gate"
    order = files.order(gated(gate, 3 * ENTRIES))
    stopped_here(root, order, 3)
    empty, flipped, _ = RunFolder(folders(root)[0]).chunks()
    empty.write_bytes(b"")
    flipped.write_bytes(flipped.read_bytes()[:-1] + b"?")
    gate.touch()
    outcome = done_here(root, order).outcome()
    assert (outcome.value, outcome.kept) == (TOTAL, 1)


def changed_function(files: Files, gate: Path) -> Any:
    def total(events: Any) -> float:
        return 2 * float(np.sum(events.x))

    return files.order(total)


def changed_file(files: Files, gate: Path) -> Any:
    with uproot.recreate(files.paths[0]) as file:
        tree = file.mktree("events", {"x": "f8", "weight": "f8"})
        for start in range(0, 3 * ENTRIES, ENTRIES):
            tree.extend({"x": np.full(ENTRIES, start), "weight": np.ones(ENTRIES)})
    return files.order(gated(gate, 3 * ENTRIES))


@pytest.mark.parametrize("change", [changed_function, changed_file])
def test_another_function_or_file_takes_nothing_of_an_earlier_run(
    files: Files, root: Path, tmp_path: Path, change: Callable[[Files, Path], Any]
):
    gate = tmp_path / "gate"
    stopped_here(root, files.order(gated(gate, 3 * ENTRIES)), 3)
    gate.touch()
    assert done_here(root, change(files, gate)).outcome().kept == 0


def test_the_same_that_runs_is_found_and_not_begun_twice(files: Files, root: Path, tmp_path: Path):
    gate = tmp_path / "gate"
    order = files.order(gated(gate, 0))
    first = start(root, order)
    assert start(root, order).name == first.name
    assert start(root, files.order(total)).name != first.name
    gate.touch()
    assert first.result(60) == TOTAL


def test_it_stops_soon_when_it_is_cancelled_and_keeps_what_is_done(files: Files, root: Path, tmp_path: Path):
    gate = tmp_path / "gate"
    order = files.order(gated(gate, 2 * ENTRIES))
    running = start(root, order)
    reached(root, 2)
    (job,) = jobs_in(root)
    assert job.cancel(30)
    with pytest.raises(JobCancelled, match=r"2 of 6 chunks done and kept; run it again to continue"):
        running.result()
    assert isinstance(told(root)[-1], Cancelled)
    assert "finished chunks are kept" in job.sentence
    gate.touch()
    assert start(root, order).outcome(60).kept == 2


def test_it_stops_also_while_the_function_is_tried_on_the_first_entries(
    files: Files, root: Path, tmp_path: Path
):
    gate = tmp_path / "gate"
    begun = begun_here(root, files.order(gated(gate, 0)))
    assert not begun.wait(1)
    begun.cancel()
    assert begun.wait(10)
    assert begun.state == "cancelled"
    gate.touch()


def test_a_polite_end_of_its_process_cancels_it(files: Files, root: Path, tmp_path: Path):
    running = start(root, files.order(gated(tmp_path / "gate", ENTRIES)))
    reached(root, 1)
    os.kill(pid_of(root), signal.SIGTERM)
    assert running.wait(30)
    assert running.state == "cancelled"


def test_an_interrupt_of_who_follows_cancels_it(files: Files, root: Path, tmp_path: Path):
    running = start(root, files.order(gated(tmp_path / "gate", ENTRIES)))

    def interrupted(event: object) -> None:
        if isinstance(event, Computing) and event.chunks_done == 1:
            raise KeyboardInterrupt

    with pytest.raises(JobCancelled, match="continue"):
        running.follow(interrupted)
    assert running.wait(30)
    assert running.state == "cancelled"


def test_a_stopped_map_is_continued_by_any_process(files: Files, root: Path, tmp_path: Path):
    gate = tmp_path / "gate"
    stopped_here(root, files.order(gated(gate, 3 * ENTRIES)), 3)
    (job,) = jobs_in(root)
    gate.touch()
    code = "import sys; from pathlib import Path; from vre_dm.compute.run.starting import again\n"
    words = (sys.executable, "-c", f"{code}again(Path(sys.argv[1]), sys.argv[2])")
    done = subprocess.run([*words, root, job.again().wishes["job"]], timeout=120)
    assert done.returncode == 0
    outcome = RunningMap(folders(root)[0]).outcome()
    assert (outcome.value, outcome.kept) == (TOTAL, 3)


def broken(events: Any) -> float:
    if events.x[0] == 4000:
        msg = "no such detector"
        raise ValueError(msg)
    return float(len(events))


def test_a_chunk_that_fails_ends_it_with_file_and_entries(files: Files, root: Path):
    running = done_here(root, files.order(broken))
    with pytest.raises(
        ChunkFailed, match=r"events\.1\.root, entries 1000 to 2000: ValueError: no such det"
    ) as error:
        running.result(60)
    assert (error.value.start, error.value.stop) == (1000, 2000)
    assert "raise ValueError(msg)" in error.value.trace
    (job,) = jobs_in(root)
    assert job.state == "failed"
    assert "no such detector" in job.sentence


def test_chunks_that_fail_can_be_left_out_and_are_named(files: Files, root: Path):
    outcome = done_here(root, files.order(broken, on_error="skip")).outcome(60)
    assert (outcome.value, outcome.entries) == (5000.0, 5000)
    (skipped,) = outcome.skipped
    assert (skipped.name, skipped.start, skipped.stop) == (str(files.paths[1]), 1000, 2000)
    assert "1 chunk left out" in str(outcome)


@pytest.mark.parametrize("on_error", ["skip", "retry"])
def test_a_file_that_was_replaced_is_never_left_out(files: Files, root: Path, on_error: str):
    def replaced(events: Any) -> float:
        if events.x[0] == 4000:
            msg = "events.1.root was replaced"
            raise DatasetChanged(msg)
        return float(len(events))

    with pytest.raises(DatasetChanged, match="was replaced"):
        done_here(root, files.order(replaced, columns=["x"], on_error=on_error)).result(60)


def test_chunks_that_a_refused_login_keeps_away_are_not_left_out(files: Files, root: Path):
    def refused(events: Any) -> float:
        msg = "the login was refused"
        raise LoginRefused(msg)

    with pytest.raises(ChunkFailed, match="LoginRefused: the login was refused"):
        done_here(root, files.order(refused, columns=["x"], on_error="skip")).result(60)


def test_a_map_that_reads_elsewhere_is_no_other_one(files: Files):
    ways = {about_of(files.order(total, fetch=fetch)) for fetch in (None, True, False)}
    assert len(ways) == 3


def test_chunks_that_fail_can_be_tried_again(files: Files, root: Path, tmp_path: Path):
    marks = tmp_path / "marks"
    marks.mkdir()

    def flaky(events: Any) -> float:
        mark = marks / str(int(events.x[0]))
        if not mark.exists() and len(events) == ENTRIES:
            mark.touch()
            msg = "the storage hiccuped"
            raise OSError(msg)
        return float(len(events))

    assert done_here(root, files.order(flaky, columns=["x"], on_error="retry")).result(60) == 6000.0


def test_one_that_always_fails_is_not_tried_for_ever(files: Files, root: Path):
    with pytest.raises(ChunkFailed, match="no such detector"):
        done_here(root, files.order(broken, on_error="retry")).result(60)


def test_what_cannot_be_merged_is_named(files: Files, root: Path):
    with pytest.raises(Unmergeable):
        done_here(root, files.order(lambda events: object)).result(60)


def test_values_are_merged_as_one_says(files: Files, root: Path):
    largest = done_here(root, files.order(lambda events: float(np.max(events.x)), reduce=max))
    assert largest.result(60) == 5999.0


def test_a_file_that_is_replaced_meanwhile_spoils_the_result(files: Files, root: Path, tmp_path: Path):
    gate = tmp_path / "gate"
    running = begun_here(root, files.order(gated(gate, 5 * ENTRIES)))
    reached(root, 5)
    other = tmp_path / "other.root"
    other.write_bytes(files.paths[0].read_bytes())
    other.replace(files.paths[0])
    gate.touch()
    with pytest.raises(DatasetChanged, match=r"events\.0\.root was replaced"):
        running.result(60)


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


def test_it_outlives_the_process_that_began_it(files: Files, root: Path, tmp_path: Path):
    gate = tmp_path / "gate"
    code = (
        "import sys; from pathlib import Path\n"
        "from vre_dm.compute.inputs import inputs_of\n"
        "from vre_dm.compute.run.order import order_of\n"
        "from vre_dm.compute.run.starting import start\n"
        "def total(events):\n"
        "    import time\n"
        "    while not Path(sys.argv[2]).exists(): time.sleep(0.02)\n"
        "    return float(sum(events.x))\n"
        "start(Path(sys.argv[1]), order_of(total, inputs=inputs_of(sys.argv[3:])))\n"
    ).replace("sys.argv[2]", repr(str(gate)))
    subprocess.run([sys.executable, "-c", code, root, gate, *files.paths], check=True, timeout=60)
    running = RunningMap(folders(root)[0])
    assert running.state == "running"
    gate.touch()
    assert running.result(60) == TOTAL


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


def test_what_a_function_changed_is_not_kept_by_an_earlier_run(files: Files, root: Path, tmp_path: Path):
    gate, rng = tmp_path / "gate", np.random.default_rng(3)

    def smeared(events: Any) -> float:
        import time

        while events.x[0] >= 3 * ENTRIES and not gate.exists():
            time.sleep(0.02)
        return float(np.sum(events.x + rng.normal(size=len(events))))

    order = files.order(smeared)
    stopped_here(root, order, 3)
    gate.touch()
    went_on = done_here(root, order).outcome()
    at_once = done_here(root, order).outcome()
    assert (went_on.kept, at_once.kept) == (3, 0)
    assert went_on.value == at_once.value != TOTAL


def test_counts_in_small_integers_do_not_go_round(files: Files, root: Path):
    found = done_here(root, files.order(lambda events: {"n": np.array([100], "i1")})).result(60)
    assert found["n"].tolist() == [100 * CHUNKS]


def test_a_reduce_that_raises_is_named_with_file_and_entries_and_chunks_are_kept(files: Files, root: Path):
    def reduce(left: float, right: float) -> float:
        msg = "no such sum"
        raise KeyError(msg)

    with pytest.raises(Unmergeable, match=r"events\.0\.root, entries 1000 to 2000 .*reduce= raised KeyError"):
        done_here(root, files.order(total, reduce=reduce)).result(60)
    assert done_here(root, files.order(total, reduce=max)).outcome().kept == 2
    assert done_here(root, files.order(total)).outcome().kept == 0  # what is to be added is kept otherwise


def test_values_that_do_not_fit_are_named_with_file_and_entries(files: Files, root: Path):
    def odd(events: Any) -> Any:
        return np.zeros(3 if events.x[0] < 2 * ENTRIES else 4)

    with pytest.raises(Unmergeable, match=r"events\.\d\.root, entries .*shapes differ, \(3,\) and \(4,\)"):
        done_here(root, files.order(odd, columns=["x"])).result(60)


class Picky(Exception):
    """Pickles, and cannot be made again from what was pickled."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(one + other)


def test_an_error_that_cannot_be_made_again_is_told_all_the_same(root: Path, files: Files):
    run = RunFolder(begun_job(root, files.order(total)))
    run.keep_error(Picky("no ", "detector"))
    error = read(run.error)
    assert isinstance(error, RunFailed)
    assert "Picky: no detector" in str(error)


def end(events: Any) -> int:
    raise KeyboardInterrupt


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError


def mute(events: Any) -> int:
    raise Mute


@pytest.mark.parametrize(("function", "said"), [(end, "KeyboardInterrupt"), (mute, "Mute")])
def test_whatever_a_function_raises_fails_its_chunk(
    files: Files, root: Path, function: Callable[[Any], Any], said: str
):
    with pytest.raises(ChunkFailed, match=f"events.0.root, entries 0 to 1000: {said}"):
        done_here(root, files.order(function, columns=["x"])).result(60)


def test_a_result_that_was_written_is_not_lost_with_its_process(files: Files, root: Path):
    done_here(root, files.order(total)).result(60)
    (folder,) = folders(root)
    folder.journal.write_bytes(b"".join(folder.journal.read_bytes().splitlines(keepends=True)[:-1]))
    folder.give(10**7)  # a process that is not there
    assert folder.state == "died"
    assert outcome_of(folder).value == TOTAL


def test_a_disk_that_is_full_at_the_end_takes_no_result_along(
    files: Files, root: Path, monkeypatch: pytest.MonkeyPatch
):
    close = Journal.close
    monkeypatch.setattr(Journal, "close", lambda journal: close(journal) and False)
    begun_here(root, files.order(total)).result(60)
    assert read(RunFolder(folders(root)[0]).outcome).value == TOTAL


def test_a_name_that_is_no_job_of_the_folder_is_not_repeated(root: Path, tmp_path: Path, files: Files):
    elsewhere = begun_job(tmp_path / "elsewhere", files.order(total))
    with pytest.raises(RunFailed, match="not there any more"):
        again(root, f"../../elsewhere/{elsewhere.path.name}")


def test_anything_but_an_interrupt_of_who_follows_leaves_it_alone(files: Files, root: Path, tmp_path: Path):
    gate = tmp_path / "gate"
    running = start(root, files.order(gated(gate, ENTRIES)))

    def ended(error: BaseException) -> Callable[[object], None]:
        def listener(event: object) -> None:
            raise error

        return listener

    for error in (SystemExit(), OSError("no screen"), GeneratorExit()):
        with pytest.raises(type(error)):
            running.follow(ended(error))
    with pytest.raises(KeyboardInterrupt):
        running.follow(ended(KeyboardInterrupt()), lambda: True)
    gate.touch()
    assert running.result(60) == TOTAL


def test_an_edited_file_of_a_module_that_is_imported_by_its_process_is_seen(
    files: Files, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    module = tmp_path / "locked_of_mine.py"
    text = "import threading\nlock = threading.Lock()\nSCALE = 1\n"
    module.write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setitem(sys.modules, "locked_of_mine", sys)  # goes with the test
    del sys.modules["locked_of_mine"]
    import locked_of_mine

    gate = tmp_path / "gate"

    def scaled(events: Any) -> float:
        import time

        while events.x[0] >= 3 * ENTRIES and not gate.exists():
            time.sleep(0.02)
        with locked_of_mine.lock:
            return float(locked_of_mine.SCALE * np.sum(events.x))

    order = files.order(scaled)
    stopped_here(root, order, 3)
    module.write_text(text.replace("SCALE = 1", "SCALE = 2"))
    gate.touch()
    outcome = start(root, order).outcome(60)
    assert (outcome.value, outcome.kept) == (2 * TOTAL, 0)
