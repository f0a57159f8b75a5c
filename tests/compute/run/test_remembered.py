"""Who maps the same files again, with whatever function, waits for no second look at them."""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.compute.files import write_tree
from tests.compute.run.conftest import told
from tests.compute.run.maps import done_here, total
from vre_dm.compute.facts import Facts, facts_of
from vre_dm.compute.inputs import Away, Input, inputs_of
from vre_dm.compute.preparing import Draft, draft
from vre_dm.compute.run import looking
from vre_dm.compute.run.folder import RunFolder, read, write
from vre_dm.compute.run.looking import facts_for
from vre_dm.compute.run.order import order_of
from vre_dm.compute.run.remembered import Remembered
from vre_dm.compute.run.sending import dumps
from vre_dm.errors import DatasetChanged, UnreadableInput
from vre_dm.lake.jobs.folder import JobFolder, folders
from vre_dm.lake.transfer.events import Listener, Planning


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Files of different lengths."""
    return [counting(tmp_path / f"{i}.root", 100 * i + 100) for i in range(4)]


@pytest.fixture(autouse=True)
def _one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told how far it is after each file."""
    monkeypatch.setattr(looking, "HERE", 0.0)


def counting(path: Path, entries: int) -> Path:
    return write_tree(path, {"x": np.arange(float(entries)), "y": np.ones(entries)})


class Earlier:
    """Maps one after the other, and which files each of them looks at."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self.runs, self.looked = folder, list[RunFolder](), list[str]()

        def look(source: Input, *given: Any, **how: Any) -> Facts:
            self.looked.append(Path(source.name).name)
            return facts_of(source, *given, **how)

        monkeypatch.setattr(looking, "facts_of", look)

    def seen(self, drafted: Draft, tell: Listener = lambda _: None) -> list[Facts]:
        """Facts that a map comes to know of its files."""
        run = RunFolder(JobFolder(self._folder / str(len(self.runs))))
        run.path.mkdir(parents=True)
        before = self.runs[::-1]
        known = Remembered(run, lambda: before, drafted)
        self.runs.append(run)
        self.looked.clear()
        return facts_for(drafted, known, at_once, None, tell, threading.Event())

    @property
    def files(self) -> list[Path]:
        """Where the newest one keeps them; empty where it does not yet."""
        return list(self.runs[-1].path.glob("*.facts"))

    @property
    def file(self) -> Path:
        return facts_in(self.runs[-1])


def facts_in(run: RunFolder) -> Path:
    (path,) = run.path.glob("*.facts")
    return path


def at_once(call: Callable[[], Any]) -> Any:
    return call()


@pytest.fixture
def earlier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Earlier:
    return Earlier(tmp_path / "maps", monkeypatch)


def drafted(paths: list[Path], *columns: str) -> Draft:
    return draft(total, inputs_of(paths), columns=columns or None)


def test_a_second_map_looks_at_no_file_again(paths: list[Path], earlier: Earlier) -> None:
    first = earlier.seen(drafted(paths))
    assert earlier.looked == ["0.root", "1.root", "2.root", "3.root"]
    assert first == [facts_of(source, "Events", ("x",)) for source in inputs_of(paths)]
    assert (earlier.seen(drafted(paths)), earlier.looked) == (first, [])
    assert (earlier.seen(drafted(paths[::-1])), earlier.looked) == (first[::-1], [])


def test_files_that_are_new_or_were_written_or_replaced_are_looked_at(
    paths: list[Path], earlier: Earlier, tmp_path: Path
) -> None:
    earlier.seen(drafted(paths))
    new = counting(tmp_path / "new.root", 7)
    assert [facts.entries for facts in earlier.seen(drafted([*paths, new]))] == [100, 200, 300, 400, 7]
    assert earlier.looked == ["new.root"]
    before = paths[1].stat()
    counting(paths[1], 200)  # of the same length, and with the old time
    os.utime(paths[1], ns=(before.st_atime_ns, before.st_mtime_ns))
    counting(tmp_path / "other", 50).replace(paths[0])
    assert [facts.entries for facts in earlier.seen(drafted([*paths, new]))] == [50, 200, 300, 400, 7]
    assert earlier.looked == ["0.root", "1.root"]


def test_what_was_seen_of_some_columns_says_nothing_of_others(paths: list[Path], earlier: Earlier) -> None:
    earlier.seen(drafted(paths))
    seen = earlier.seen(drafted(paths, "x", "y"))
    assert earlier.looked == ["0.root", "1.root", "2.root", "3.root"]
    assert seen[0].types == {"x": "double", "y": "double"}


def test_what_is_on_a_server_is_not_known_by_what_is_under_a_path(
    paths: list[Path], earlier: Earlier
) -> None:
    drawn = drafted(paths)
    earlier.seen(drawn)
    there = [replace(i, path=None, away=Away("run", (("RSE", "https://h/x"),))) for i in drawn.inputs[1:]]
    mixed = replace(drawn, inputs=(drawn.inputs[0], *there))
    assert list(Remembered(earlier.runs[0], list, mixed).found()) == [0]


def test_a_file_without_entries_is_looked_at_each_time(
    paths: list[Path], earlier: Earlier, tmp_path: Path
) -> None:
    empty = counting(tmp_path / "empty.root", 0)
    for _ in range(2):
        earlier.seen(drafted([*paths, empty]))
    assert earlier.looked == ["empty.root"]


def test_a_map_that_another_one_continues_leaves_it_what_it_saw(paths: list[Path], earlier: Earlier) -> None:
    drawn = drafted(paths)
    first = earlier.seen(drawn)
    new = RunFolder(JobFolder(earlier.runs[0].path.parent.with_name("new")))
    new.path.mkdir(parents=True)
    new.take_over(earlier.runs[0])
    earlier.file.unlink()
    assert list(Remembered(new, list, drawn).found().values()) == first


def test_a_first_file_that_is_another_now_is_held_against_what_is_remembered(
    paths: list[Path], earlier: Earlier
) -> None:
    earlier.seen(drafted(paths))
    write_tree(paths[0], {"x": np.arange(100)})
    with pytest.raises(UnreadableInput, match=r"'x' is int64_t in .*0\.root and double in .*1\.root"):
        earlier.seen(drafted(paths))
    assert earlier.looked == ["0.root"]


def test_a_file_that_is_replaced_while_it_is_looked_at_is_not_remembered(
    paths: list[Path], earlier: Earlier, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = looking.facts_of
    with monkeypatch.context() as meanwhile:

        def replaced(*given: Any, **how: Any) -> Facts:
            seen = look(*given, **how)
            counting(paths[2], 33)
            return seen

        meanwhile.setattr(looking, "facts_of", replaced)
        earlier.seen(drafted(paths))
    assert earlier.seen(drafted(paths))[2].entries == 33
    assert earlier.looked == ["2.root"]


def test_what_was_seen_before_it_ended_is_remembered(paths: list[Path], earlier: Earlier) -> None:
    os.truncate(paths[3], 200)
    with pytest.raises(UnreadableInput, match=r"3\.root"):
        earlier.seen(drafted(paths))
    counting(paths[3], 5)
    assert earlier.seen(drafted(paths))[3].entries == 5
    assert earlier.looked == ["3.root"]


def test_what_was_seen_is_written_down_while_it_goes_on(
    paths: list[Path], earlier: Earlier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_KEEP", 0.0)
    monkeypatch.setattr(looking, "_SHARE", 0.0)
    kept = []
    earlier.seen(drafted(paths), tell=lambda _: kept.append([len(read(path)) for path in earlier.files]))
    assert kept == [[], [1], [2]]  # as it was when one, two, three had been seen
    assert len(read(earlier.file)) == 4


def test_a_disk_that_hangs_does_not_hold_it_up(
    paths: list[Path], earlier: Earlier, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, asked = threading.Event(), list[object]()
    monkeypatch.setattr(looking, "_PATIENCE", 0.05)
    monkeypatch.setattr(Remembered, "keep", lambda *given: asked.append(given) or answers.wait())
    try:
        assert len(earlier.seen(drafted(paths))) == 4
        assert asked
    finally:
        answers.set()


def test_what_is_damaged_or_no_facts_is_as_if_it_were_not_there(paths: list[Path], earlier: Earlier) -> None:
    first = earlier.seen(drafted(paths))
    for wrong in (b"", b"\0" * 100, None):
        if wrong is None:
            write(earlier.file, dumps(["no facts"]))
        else:
            earlier.file.write_bytes(wrong)
        assert earlier.seen(drafted(paths)) == first


def mean(events: Any) -> dict[str, float]:
    return {"sum": float(np.sum(events.x)), "entries": len(events.x)}


def test_a_map_with_another_function_begins_at_once_and_counts_what_is_there(
    paths: list[Path], root: Path
) -> None:
    def done(function: Callable[[Any], Any]) -> tuple[Any, bool]:
        """Give its value, and whether files were looked at."""
        outcome = done_here(root, order_of(function, inputs=inputs_of(paths))).outcome()
        return outcome.value, any(isinstance(event, Planning) for event in told(root))

    every = sum(n * (n - 1) / 2 for n in (100, 200, 300, 400))
    assert done(total) == (every, True)
    assert done(mean) == ({"sum": every, "entries": 1000}, False)
    counting(paths[0], 1000)
    assert done(total)[0] == every + sum(range(100, 1000))


def test_a_file_that_is_longer_than_it_was_seen_though_it_stands_as_before_ends_the_map(
    paths: list[Path], root: Path
) -> None:
    """As where a network file system tells for a while how a file stood."""
    done_here(root, order_of(total, inputs=inputs_of(paths)))
    before = facts_in(RunFolder(folders(root)[0]))
    old = {
        key: replace(seen, entries=seen.entries - 1, ends=(seen.entries - 1,))
        for key, seen in read(before).items()
    }
    write(before, dumps(old))
    with pytest.raises(DatasetChanged, match=r"0\.root has 100 entries, not 99 .*run it again"):
        done_here(root, order_of(mean, inputs=inputs_of(paths))).outcome()
    assert done_here(root, order_of(mean, inputs=inputs_of(paths))).outcome().value["entries"] == 1000
