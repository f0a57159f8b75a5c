"""Chunks done in this process: the same result however it is cut, failures by name, an end at once."""

import pickle
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import awkward as ak
import hist
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import uproot
import xarray as xr

from tests.compute.files import EVENTS, muons, write_tree
from tests.lakes import until
from vre_dm.compute import tree as trees
from vre_dm.compute.backend import Call
from vre_dm.compute.columns import Columns
from vre_dm.compute.here import Here
from vre_dm.compute.inputs import inputs_of
from vre_dm.compute.preparing import Prepared, prepare
from vre_dm.compute.reading import shelf
from vre_dm.compute.reduction import Reduction
from vre_dm.compute.tree import Tree
from vre_dm.compute.work import Part, Work, do_chunk
from vre_dm.errors import ChunkFailed

SMALL = 8000
"""Bytes of a chunk: some ten for a file."""
FEW = 400
"""The same of one that reads the number of the run alone."""


def done(prepared: Prepared) -> list[Part | ChunkFailed]:
    came = dict(Here().run(prepared.work, prepared.plan.calls(), threading.Event()))
    return [came[i] for i in range(len(prepared.plan.chunks))]


def mapped(function: Callable[[Any], Any], paths: Any, **options: Any) -> Any:
    prepared = prepare(function, inputs_of(paths), **options)
    reduction = Reduction(len(prepared.plan.chunks), prepared.work.reduce)
    for part in done(prepared):
        assert isinstance(part, Part), part
        reduction.add(part.index, part.value)
    return reduction.value


def spectrum(events: ak.Array) -> dict[str, Any]:
    pt = hist.Hist.new.Reg(20, 0, 100, name="pt").Weight()
    return {
        "pt": pt.fill(ak.flatten(events.Muon_pt)),
        "events": len(events),
        "met": np.array([ak.sum(events.met)]),
    }


def test_a_function_gives_over_all_files_what_it_gives_over_their_entries(ntuples: list[Path]) -> None:
    every = ak.concatenate([uproot.open(path)["Events"].arrays() for path in ntuples])
    found, expected = mapped(spectrum, ntuples, chunk_bytes=SMALL), spectrum(every)
    assert found["pt"].values().tolist() == expected["pt"].values().tolist()
    assert found["events"] == EVENTS + 350
    assert found["met"] == pytest.approx(expected["met"])


def test_what_was_read_ahead_and_what_one_chunk_reads_alone_are_the_same(ntuples: list[Path]) -> None:
    prepared = prepare(spectrum, inputs_of(ntuples), chunk_bytes=SMALL)
    alone = [do_chunk(prepared.work, *call) for call in prepared.plan.calls()]
    for here, other in zip(done(prepared), alone, strict=True):
        assert isinstance(here, Part)
        assert (here.index, here.entries) == (other.index, other.entries)
        assert pickle.dumps(here.value["met"]) == pickle.dumps(other.value["met"])
        assert here.value["pt"] == other.value["pt"]


def test_only_what_is_needed_is_read(ntuple: Path) -> None:
    prepared = prepare(lambda events: float(ak.sum(events.run)), inputs_of(ntuple))
    (part,) = done(prepared)
    tree = uproot.open(ntuple)["Events"]
    assert isinstance(part, Part)
    assert part.bytes_read < tree["run"].compressed_bytes + 20_000 < ntuple.stat().st_size


def test_only_columns_that_are_needed_are_looked_at(ntuple: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree may have thousands of columns, and what kind each of them is takes a while to tell."""
    prepared = prepare(lambda columns: float(columns["run"].sum()), inputs_of(ntuple), kind="numpy")
    looked = []
    readable = trees._readable
    monkeypatch.setattr(trees, "_readable", lambda branch: looked.append(branch.name) or readable(branch))
    shelf.clear()
    (call,) = prepared.plan.calls()
    assert do_chunk(prepared.work, *call).value == EVENTS
    assert set(looked) == {"run"}


def test_columns_that_are_not_touched_are_made_once_a_file(
    ntuples: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = prepare(lambda events: float(ak.sum(events.run)), inputs_of(ntuples), chunk_bytes=FEW)
    made = []
    virtual = Tree.virtual
    monkeypatch.setattr(Tree, "virtual", lambda *given: made.append(given) or virtual(*given))
    assert all(isinstance(part, Part) for part in done(prepared))
    assert len(made) == len({chunk.input for chunk in prepared.plan.chunks}) < len(prepared.plan.chunks)


LATE = {
    "touched": lambda events: float(ak.sum(events.met)),
    "tried": lambda events: _tried(events),
    "cut": lambda events: float(ak.sum(events[events.number % 2 == 0].Muon_pt)),
    "named": lambda events: float(ak.sum(events[["met", "number"]].met[:5])),
    "paired": lambda events: float(ak.sum(ak.zip({"pt": events.Muon_pt, "eta": events.Muon_eta}).eta)),
}


def _tried(events: ak.Array) -> float:
    try:
        return float(ak.sum(events.Muon_pt))
    except Exception:
        return -1.0


@pytest.fixture(params=["tree", "rntuple"])
def late_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Columns of four thousand entries; a cluster has eight hundred."""
    path, columns = tmp_path / "late.root", ak.Array(muons(4000) | {"number": np.arange(4000)})
    if request.param == "tree":
        return write_tree(path, {name: columns[name] for name in columns.fields}, basket=800)
    with uproot.recreate(path) as file:
        made = file.mkrntuple("Events", columns[:800])
        for start in range(800, 4000, 800):
            made.extend(columns[start : start + 800])
    return path


@pytest.mark.parametrize("late", LATE.values(), ids=LATE)
def test_a_column_of_which_nobody_knew_has_the_values_of_its_chunk(
    late: Callable[[ak.Array], float], late_file: Path
) -> None:
    """The function touches it beyond the first thousand entries, which it was tried on, and not always."""

    def function(events: ak.Array) -> np.ndarray[Any, Any]:
        start = int(events.number[0])
        return np.array([late(events)]) if start > 1000 and start % 1600 == 0 else np.zeros(1)

    every = ak.Array(muons(4000) | {"number": np.arange(4000)})
    prepared = prepare(function, inputs_of(late_file), chunk_bytes=SMALL)
    assert prepared.work.ahead == ("number",)
    chunks = [every[chunk.start : chunk.stop] for chunk in prepared.plan.chunks]
    found = [part.value.item() for part in done(prepared) if isinstance(part, Part)]
    assert found == pytest.approx([function(chunk).item() for chunk in chunks])
    assert len({*found}) == 3  # none, and two others


SEEN = {
    "bytes": lambda events: events.run.nbytes + events[events.run > 0].nbytes,
    "contents": lambda events: sum(len(one) for one in events.layout.contents),
    "buffers": lambda events: len(ak.from_buffers(*ak.to_buffers(events))),
    "form": lambda events: hash(events.layout.form.to_json()) + float(ak.sum(events.run)),
    "text": lambda events: len(repr(events[:3].run)) + len(str(events.type)),
}


@pytest.mark.parametrize("seen", SEEN.values(), ids=SEEN)
def test_columns_that_stand_in_are_seen_as_those_of_the_chunk(
    seen: Callable[[ak.Array], float], late_file: Path
) -> None:
    prepared = prepare(lambda events: {len(events): seen(events)}, inputs_of(late_file), reduce=_kept)
    work, calls = replace(prepared.work, ahead=("run",)), _quartered(prepared)
    own = [_alone(work, call) for call in calls]
    shelf.clear()
    assert [str(do_chunk(work, *call).value) for call in calls] == own


def _kept(one: dict[int, float], other: dict[int, float]) -> dict[int, float]:
    return one | other


def _alone(work: Work, call: Call) -> str:
    """Value of a chunk that is the first one of its file, as text."""
    shelf.clear()
    return str(do_chunk(work, *call).value)


def _quartered(prepared: Prepared) -> list[Call]:
    """The only call of a plan in pieces of several lengths."""
    ((source, whole),) = prepared.plan.calls()
    ends = [0, 800, 1600, 2400, 4000]
    return [
        (source, replace(whole, index=i, start=start, stop=stop))
        for i, (start, stop) in enumerate(pairwise(ends))
    ]


def test_what_a_function_raises_is_told_without_what_stood_in_before(late_file: Path) -> None:
    def function(events: ak.Array) -> float:
        if events.number[0] >= 1600 and ak.sum(events.met) > 0:
            raise ValueError(events)
        return 0.0

    prepared = prepare(function, inputs_of(late_file), chunk_bytes=SMALL)
    failed = [one for one in done(prepared) if isinstance(one, ChunkFailed)]
    assert failed
    assert all(one.cause == "ValueError" for one in failed)
    assert all("Refused" not in one.trace and "another exception" not in one.trace for one in failed)


def test_columns_that_are_not_touched_have_their_names_and_types(ntuple: Path) -> None:
    def types(events: ak.Array) -> dict[str, set[str]]:
        assert ak.max(events.run) == 1
        return {name: {str(events[name].type)} for name in events.fields}

    prepared = prepare(types, inputs_of(ntuple), chunk_bytes=FEW, reduce=lambda a, b: a | b)
    assert prepared.work.ahead == ("run",)
    for part in done(prepared):
        assert isinstance(part, Part)
        chunk = prepared.plan.chunks[part.index]
        with uproot.open(ntuple)["Events"] as tree:
            events = tree.arrays(entry_start=chunk.start, entry_stop=chunk.stop)
            assert part.value == {name: {str(events[name].type)} for name in part.value}
            assert set(part.value) >= {"met", "Muon_pt", "Muon_eta", "vertex"}


def test_entries_that_are_given_back_whole_are_those_of_the_chunk(ntuple: Path) -> None:
    def chosen(events: ak.Array) -> ak.Array:
        return events[events.run == 1][["met", "Muon_pt"]]

    prepared = prepare(chosen, inputs_of(ntuple), chunk_bytes=FEW, reduce=lambda a, b: ak.concatenate([a, b]))
    parts = done(prepared)
    with uproot.open(ntuple)["Events"] as tree:
        every = tree.arrays(["met", "Muon_pt"])
    found = ak.concatenate([part.value for part in parts if isinstance(part, Part)])
    assert len(parts) > 1
    assert found.to_list() == every.to_list()


def test_a_column_that_is_touched_late_is_read_then(ntuple: Path) -> None:
    def fill(events: ak.Array) -> float:
        return (
            float(ak.sum(events.met))
            if events.run[0] == 1 and len(events) < EVENTS
            else float(len(events.fields))
        )

    prepared = prepare(fill, inputs_of(ntuple), chunk_bytes=10**9)
    assert prepared.work.ahead == ("run",)
    assert [part.value for part in done(prepared) if isinstance(part, Part)] == [7.0]


@pytest.mark.parametrize(
    ("kind", "function"),
    [
        ("awkward", lambda events: float(ak.sum(events.met))),
        ("numpy", lambda columns: float(columns["met"].sum())),
        ("pandas", lambda frame: float(frame.met.sum())),
        ("xarray", lambda data: float(data.met.sum())),
    ],
)
def test_entries_are_taken_as_asked_for(ntuple: Path, kind: Any, function: Callable[[Any], float]) -> None:
    assert mapped(function, ntuple, kind=kind) == pytest.approx(muons()["met"].sum())


def test_lists_are_values_and_offsets_in_numpy(ntuple: Path) -> None:
    def highest(columns: Columns) -> float:
        pt, offsets = columns["Muon_pt"], columns.offsets("Muon_pt")
        assert len(offsets) == columns.entries + 1
        assert offsets.dtype == np.int64
        assert offsets[-1] == len(pt)
        return float(np.maximum.reduceat(np.append(pt, 0), offsets[:-1])[np.diff(offsets) > 0].sum())

    expected = ak.sum(ak.max(muons()["Muon_pt"], axis=1))
    assert mapped(highest, ntuple, kind="numpy", chunk_bytes=SMALL) == pytest.approx(expected, rel=1e-6)


def test_a_column_of_fixed_length_has_a_dimension_of_its_own(ntuple: Path) -> None:
    def mean(data: xr.Dataset) -> xr.DataArray:
        return data.vertex.sum("entry")

    found = mapped(mean, ntuple, kind="xarray", columns=["vertex"], chunk_bytes=SMALL)
    assert found.values == pytest.approx(muons()["vertex"].sum(axis=0))
    assert found.dims == ("vertex_index",)


def test_rows_of_a_parquet_file_are_taken_in_every_way(tmp_path: Path) -> None:
    frame = pd.DataFrame({"m": np.arange(100.0), "channel": ["ee", "mm"] * 50})
    frame.to_parquet(tmp_path / "t.parquet", row_group_size=30)
    ways: dict[Any, Callable[[Any], float]] = {
        "awkward": lambda rows: float(ak.sum(rows.m[rows.channel == "ee"])),
        "pandas": lambda rows: float(rows.m[rows.channel == "ee"].sum()),
        "numpy": lambda rows: float(rows["m"][rows["channel"] == "ee"].sum()),
        "xarray": lambda rows: float(rows.m.values[rows.channel.values == "ee"].sum()),
    }
    for kind, function in ways.items():
        assert mapped(function, tmp_path / "t.parquet", kind=kind, chunk_bytes=300) == 2450


@pytest.mark.parametrize("kind", ["awkward", "numpy", "pandas", "arrow", "xarray"])
def test_rows_of_a_parquet_file_are_read_once(tmp_path: Path, kind: Any) -> None:
    path = tmp_path / "t.parquet"
    pd.DataFrame({"m": np.arange(100.0), "n": np.arange(100)}).to_parquet(path, row_group_size=30)
    groups = map(pq.read_metadata(path).row_group, range(4))
    held = sum(group.column(i).total_compressed_size for group in groups for i in range(2))
    prepared = prepare(lambda rows: float(np.sum(rows["m"])), inputs_of(path), kind=kind, chunk_bytes=300)
    parts = [part for part in done(prepared) if isinstance(part, Part)]
    assert sum(part.value for part in parts) == 4950
    assert (len(parts), sum(part.bytes_read for part in parts)) == (4, held)


def test_a_column_that_awkward_cannot_hold_is_given_to_who_can_and_named_to_others(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"m": [1.0, 2.0], "price": [Decimal("1.50"), Decimal("2.25")]}), path)
    assert mapped(lambda table: int(table.num_columns), path, kind="arrow") == 2
    assert mapped(lambda frame: float(frame.price.sum()), path, kind="pandas") == 3.75
    assert mapped(lambda columns: float(columns["m"].sum()), path, kind="numpy") == 3
    (failed,) = done(prepare(len, inputs_of(path)))
    assert "cannot be given as awkward: MissingColumn: column 'price' is of the type dec" in str(failed)


def test_an_rntuple_is_read_as_a_tree_is(tmp_path: Path) -> None:
    with uproot.recreate(tmp_path / "new.root") as file:
        file["Events"] = muons()
    assert mapped(spectrum, tmp_path / "new.root")["met"] == pytest.approx(muons()["met"].sum())
    assert mapped(lambda c: float(c["Muon_pt"].sum()), tmp_path / "new.root", kind="numpy") > 0


def test_a_function_of_paths_gets_each_file(ntuples: list[Path]) -> None:
    def entries(path: Path) -> int:
        with uproot.open(path) as file:
            return int(file["Events"].num_entries)

    assert mapped(entries, ntuples, kind="path") == EVENTS + 350


def test_a_function_that_raises_is_named_with_file_entries_and_line_and_ends_nothing(ntuple: Path) -> None:
    def fill(events: ak.Array) -> int:
        if events.met[0] == muons()["met"][200]:
            msg = "no mass\nhere"
            raise ArithmeticError(msg)
        return len(events)

    parts = done(prepare(fill, inputs_of(ntuple), chunk_bytes=10, columns=["met"]))
    (failed,) = (part for part in parts if isinstance(part, ChunkFailed))
    assert len(parts) == 10
    assert (failed.start, failed.stop, failed.chunk, failed.cause) == (200, 300, 2, "ArithmeticError")
    assert f"{ntuple}, entries 200 to 300: ArithmeticError: no mass here (line " in str(failed)
    assert "raise ArithmeticError(msg)" in failed.trace
    assert isinstance(failed.__cause__, ArithmeticError)
    again = pickle.loads(pickle.dumps(failed))
    assert (str(again), again.start, again.trace) == (str(failed), 200, failed.trace)


class Hollow:
    """Pickles, and cannot be made again: what it wraps is asked for before it is there."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def test_a_value_that_cannot_be_made_again_is_named_with_its_chunk(ntuple: Path) -> None:
    def fill(events: ak.Array) -> Any:
        return Hollow(1) if events.met[0] == muons()["met"][200] else len(events)

    prepared = prepare(fill, inputs_of(ntuple), chunk_bytes=10, columns=["met"], reduce=lambda left, _: left)
    parts = done(prepared)
    (failed,) = (part for part in parts if isinstance(part, ChunkFailed))
    assert (len(parts), failed.chunk, failed.cause) == (10, 2, "RecursionError")
    assert "what the function gives cannot be given to another process: RecursionError" in str(failed)
    assert "__getattr__" in failed.trace


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda events: events.Muon_phi, "no field named 'Muon_phi'"),
        (lambda events: exit(3), "SystemExit: 3"),
        (lambda events: [1], "Unmergeable: what the function gives is a list"),
        (lambda events: np.zeros(10**15), "MemoryError"),
    ],
)
def test_whatever_a_function_does_is_one_line(
    ntuple: Path, function: Callable[[Any], Any], said: str
) -> None:
    (failed,) = done(prepare(function, inputs_of(ntuple), columns=["met"]))
    assert isinstance(failed, ChunkFailed)
    assert said in str(failed)
    assert "\n" not in str(failed)


def test_a_file_that_is_cut_after_it_was_planned_is_named(ntuple: Path) -> None:
    prepared = prepare(spectrum, inputs_of(ntuple), chunk_bytes=SMALL)
    ntuple.write_bytes(ntuple.read_bytes()[:3000])
    failed = done(prepared)[-1]
    assert isinstance(failed, ChunkFailed)
    assert "truncated" in str(failed)
    assert not failed.trace


def test_a_damaged_basket_fails_its_chunk_and_no_other(ntuple: Path) -> None:
    prepared = prepare(lambda events: int(ak.sum(events.run)), inputs_of(ntuple), chunk_bytes=1000)
    with uproot.open(ntuple) as file:
        end = file["Events"]["run"].basket_chunk_cursor(4)[0].stop
    data = bytearray(ntuple.read_bytes())
    data[end - 8 : end] = b"\xff" * 8
    ntuple.write_bytes(data)
    parts = done(prepared)
    failed = [part for part in parts if isinstance(part, ChunkFailed)]
    assert len(failed) == 1
    assert failed[0].start <= 400 < failed[0].stop
    assert "cannot be read" in str(failed[0])


def test_a_file_that_was_written_anew_is_not_mistaken_for_the_old_one(tmp_path: Path) -> None:
    path = write_tree(tmp_path / "t.root", {"x": np.ones(10)})
    assert mapped(lambda events: float(ak.sum(events.x)), path) == 10
    write_tree(path, {"x": np.full(20, 2.0)})
    assert mapped(lambda events: float(ak.sum(events.x)), path) == 40


def test_a_run_that_is_stopped_ends_in_the_middle_of_a_chunk(ntuple: Path) -> None:
    stop, began, before = threading.Event(), threading.Event(), set(threading.enumerate())

    def endless(events: ak.Array) -> int:
        began.set()
        while True:
            time.sleep(0.01)

    prepared = prepare(endless, inputs_of(ntuple), columns=["met"])
    parts: list[Any] = []
    run = threading.Thread(
        target=lambda: parts.extend(Here().run(prepared.work, prepared.plan.calls(), stop))
    )
    run.start()
    assert began.wait(30)
    stop.set()
    run.join(30)
    assert not run.is_alive()
    assert parts == []
    until(lambda: not [each for each in set(threading.enumerate()) - before if "_quietly" in each.name])


def test_the_next_chunk_is_read_while_one_is_computed_and_no_more(
    ntuple: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, read = Columns.__init__, threading.Semaphore(0)
    loads: list[int] = []
    seen: list[int] = []

    def counted(self: Columns, *given: Any, **options: Any) -> None:
        original(self, *given, **options)
        loads.append(self.start)
        read.release()

    def fill(events: ak.Array) -> int:
        wanted = 2 if not seen else 1 if len(seen) < 9 else 0  # its own, and each time the next one
        assert all(read.acquire(timeout=30) for _ in range(wanted))
        seen.append(len(loads))
        return 1

    monkeypatch.setattr(Columns, "__init__", counted)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    prepared = prepare(fill, inputs_of(ntuple), chunk_bytes=10, columns=["met"])
    assert [part.value for part in done(prepared) if isinstance(part, Part)] == [1] * 10
    assert seen == [*range(2, 11), 10]


def test_one_core_gives_the_same_and_names_what_fails(ntuple: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(events: ak.Array) -> float:
        if events.met[0] == muons()["met"][200]:
            raise ArithmeticError
        return float(ak.sum(events.met))

    prepared = prepare(fill, inputs_of(ntuple), chunk_bytes=10, columns=["met"])
    several = done(prepared)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0})
    one = done(prepared)
    assert [str(part) for part in one if isinstance(part, ChunkFailed)] == [str(several[2])]
    values = [[part.value for part in parts if isinstance(part, Part)] for parts in (one, several)]
    assert values[0] == values[1]
    assert len(values[0]) == 9


@pytest.mark.parametrize("kind", ["root", "parquet"])
@pytest.mark.parametrize("entries", [50, 5000])
def test_a_file_that_is_shorter_or_longer_than_it_was_planned_fails_its_chunks(
    tmp_path: Path, kind: str, entries: int
) -> None:
    def written(entries: int) -> Path:
        if kind == "root":
            return write_tree(tmp_path / "x.root", {"x": np.arange(float(entries))}, basket=100)
        pd.DataFrame({"x": np.arange(float(entries))}).to_parquet(tmp_path / "x.parquet", row_group_size=100)
        return tmp_path / "x.parquet"

    prepared = prepare(lambda events: float(np.sum(events.x)), inputs_of(written(1000)), chunk_bytes=1600)
    assert not [part for part in done(prepared) if isinstance(part, ChunkFailed)]
    written(entries)
    for part in done(prepared):
        assert isinstance(part, ChunkFailed)
        assert part.cause == "DatasetChanged"
        assert f"has {entries} entries, not 1000 as when it was looked at: run it again" in str(part)
