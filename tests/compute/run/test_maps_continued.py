"""How a map ends before its end, by whatever, and how it goes on."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

from tests.compute.run.conftest import ENTRIES, TOTAL, Files, gated, reached, told
from tests.compute.run.maps import begun_here, done_here, killed, pid_of, stopped_here, total
from vre_dm.compute.run.folder import RunFolder
from vre_dm.compute.run.running import RunningMap, outcome_of
from vre_dm.compute.run.starting import again, begun_job, start
from vre_dm.errors import JobCancelled, RunFailed
from vre_dm.lake.jobs import stopping
from vre_dm.lake.jobs.folder import folders
from vre_dm.lake.jobs.listing import jobs_in
from vre_dm.lake.transfer.events import Cancelled, Computing


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
    whole = flipped.read_bytes()
    flipped.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
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


def weighted(gate: Path) -> Callable[[Any], float]:
    """Sum of weights that depend on which columns there are; from the fourth chunk on it waits for a file."""
    waiting = gated(gate, 3 * ENTRIES)

    def fill(events: Any) -> float:
        return waiting(events) * (0.5 if "weight" in events.fields else 1.0)

    return fill


def test_columns_that_are_said_take_nothing_of_a_run_that_found_them_out(
    files: Files, root: Path, tmp_path: Path
):
    gate = tmp_path / "gate"
    fill = weighted(gate)
    stopped_here(root, files.order(fill), 3)
    gate.touch()
    outcome = done_here(root, files.order(fill, columns=["x"])).outcome()
    assert (outcome.value, outcome.kept) == (TOTAL, 0)


def test_an_order_that_goes_on_with_other_versions_takes_nothing_of_the_old_ones(
    files: Files, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    gate = tmp_path / "gate"
    order = files.order(gated(gate, 3 * ENTRIES))
    stopped_here(root, order, 3)
    gate.touch()
    version = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "99" if name == "awkward" else version(name))
    assert done_here(root, order).outcome().kept == 0


@pytest.mark.parametrize(("asked", "kept"), [(True, 3), (False, 0)])
def test_one_that_was_asked_to_stop_and_has_not_yet_said_so_leaves_what_it_has_done(
    files: Files, root: Path, tmp_path: Path, asked: bool, kept: int
):
    gate = tmp_path / "gate"
    order = files.order(gated(gate, 3 * ENTRIES))
    stopped_here(root, order, 3)
    (folder,) = folders(root)
    folder.journal.write_bytes(b"".join(folder.journal.read_bytes().splitlines(keepends=True)[:-1]))
    if asked:
        folder.cancel()
    assert folder.state == "running"
    gate.touch()
    assert done_here(root, order).outcome().kept == kept


def test_the_same_that_runs_is_found_and_not_begun_twice(files: Files, root: Path, tmp_path: Path):
    gate = tmp_path / "gate"
    order = files.order(gated(gate, 0))
    first = start(root, order)
    assert start(root, order).name == first.name
    assert start(root, files.order(total)).name != first.name
    gate.touch()
    assert first.result(60) == TOTAL


def test_it_stops_soon_when_it_is_cancelled_and_keeps_what_is_done(
    files: Files, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(stopping, "_PATIENCE", 60.0)  # a busy machine is slow to look, not deaf
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


def test_a_result_that_was_written_is_not_lost_with_its_process(files: Files, root: Path):
    done_here(root, files.order(total)).result(60)
    (folder,) = folders(root)
    folder.journal.write_bytes(b"".join(folder.journal.read_bytes().splitlines(keepends=True)[:-1]))
    folder.give(10**7)  # a process that is not there
    assert folder.state == "died"
    assert outcome_of(folder).value == TOTAL


def test_what_was_removed_says_so(files: Files, root: Path):
    running = done_here(root, files.order(total))
    folders(root)[0].remove()
    with pytest.raises(RunFailed, match=rf"the map {running.name} is not kept any more: forgotten"):
        running.result()


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
