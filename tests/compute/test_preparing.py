"""What is planned depends on the files, and what is wrong with them is said before the first chunk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pandas as pd
import pytest
import uproot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.compute.files import BASKET, EVENTS, append_tree, muons, write_tree
from vre_dm.compute.facts import facts_of
from vre_dm.compute.inputs import inputs_of
from vre_dm.compute.plan import Plan, make_plan
from vre_dm.compute.preparing import Prepared, prepare
from vre_dm.errors import MissingColumn, Unmergeable, UnreadableInput, VreDmError


def planned(paths: Any, columns: tuple[str, ...] | None = None, **options: Any) -> Plan:
    inputs = inputs_of(paths)
    return make_plan(inputs, [facts_of(source, "", columns) for source in inputs], columns=columns, **options)


@given(st.integers(1, 20_000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
def test_chunks_of_any_size_hold_each_entry_once_and_end_where_baskets_do(
    ntuples: list[Path], size: int
) -> None:
    plan = planned(ntuples, columns=("met", "Muon_pt"), chunk_bytes=size)
    for number, source in enumerate(plan.inputs):
        chunks = [chunk for chunk in plan.chunks if chunk.input == number]
        entries = uproot.open(source.path)["Events"].num_entries
        assert [0, *(c.stop for c in chunks)] == [*(c.start for c in chunks), entries]
        assert all(chunk.stop % BASKET == 0 or chunk.stop == entries for chunk in chunks)
    assert [chunk.index for chunk in plan.chunks] == list(range(len(plan.chunks)))
    assert plan.entries == EVENTS + 350
    assert plan == planned(ntuples, columns=("met", "Muon_pt"), chunk_bytes=size)


def test_a_chunk_has_about_the_bytes_that_were_asked_for(ntuple: Path) -> None:
    whole = planned(ntuple).bytes
    plan = planned(ntuple, chunk_bytes=whole // 5 + 1)
    assert len(plan.chunks) == 5
    assert {chunk.entries for chunk in plan.chunks} == {200}


def test_fewer_columns_make_larger_chunks(ntuple: Path) -> None:
    assert len(planned(ntuple, columns=("run",), chunk_bytes=9000).chunks) == 1
    assert len(planned(ntuple, chunk_bytes=9000).chunks) > 3


def test_columns_whose_baskets_do_not_end_together_are_cut_where_the_largest_does(tmp_path: Path) -> None:
    path = tmp_path / "split.root"
    with uproot.recreate(path) as file:
        tree = file.mktree("Events", {"x": "f8", "y": "f4"})
        tree.extend({"x": np.arange(300.0), "y": np.arange(300, dtype=np.float32)})
    plan = planned(path, chunk_bytes=100)
    assert [(chunk.start, chunk.stop) for chunk in plan.chunks] == [(0, 300)]


def test_an_rntuple_is_cut_at_its_clusters(tmp_path: Path) -> None:
    path = tmp_path / "new.root"
    with uproot.recreate(path) as file:
        written = file.mkrntuple("Events", {"x": np.arange(50.0), "j": ak.Array([[1, 2]] * 50)})
        for _ in range(3):
            written.extend({"x": np.arange(50.0), "j": ak.Array([[1, 2]] * 50)})
    plan = planned(path, chunk_bytes=1500)
    assert plan.entries == 200
    assert {chunk.stop % 50 for chunk in plan.chunks} == {0}
    assert len(plan.chunks) > 2


def test_a_parquet_file_is_cut_at_its_row_groups(tmp_path: Path) -> None:
    pd.DataFrame({"m": np.arange(100.0)}).to_parquet(tmp_path / "t.parquet", row_group_size=30)
    plan = planned(tmp_path / "t.parquet", chunk_bytes=300)
    assert [chunk.stop for chunk in plan.chunks] == [30, 60, 90, 100]
    assert plan.unit == "rows"


def test_files_are_given_whole_to_a_function_of_paths(ntuples: list[Path]) -> None:
    prepared = prepare(lambda path: path.stat().st_size, inputs_of(ntuples), kind="path")
    assert [(c.input, c.start, c.stop) for c in prepared.plan.chunks] == [(0, 0, 1), (1, 0, 1), (2, 0, 1)]
    assert prepared.plan.unit == "files"


def traced(path: Path, function: Callable[[Any], Any], **options: Any) -> Prepared:
    return prepare(function, inputs_of(path), **options)


def test_columns_are_those_that_the_function_touches(ntuple: Path) -> None:
    def fill(events: ak.Array) -> int:
        leading = events[ak.num(events.Muon_pt) > 1]
        return int(ak.sum(leading.met > 30))

    assert traced(ntuple, fill).work.ahead == ("met", "Muon_pt")
    assert traced(ntuple, lambda c: c["vertex"].sum(), kind="numpy").work.ahead == ("vertex",)
    assert traced(ntuple, len).work.ahead == ()


def test_columns_of_lists_in_an_rntuple_are_traced(tmp_path: Path) -> None:
    with uproot.recreate(tmp_path / "new.root") as file:
        file["Events"] = {"x": np.arange(5.0), "j": ak.Array([[1.0], [], [2.0], [], []]), "k": np.arange(5)}
    work = traced(tmp_path / "new.root", lambda events: float(ak.sum(events.j))).work
    assert work.ahead == ("j",)


def test_a_function_that_raises_on_the_first_entries_is_left_to_the_run(ntuple: Path) -> None:
    def fill(events: ak.Array) -> int:
        return int(events.met[0]) // 0

    assert traced(ntuple, fill).work.ahead == ("met",)


def test_tables_take_the_columns_that_fit_and_say_so(ntuple: Path) -> None:
    prepared = traced(ntuple, lambda frame: float(frame.met.sum()), kind="pandas")
    assert prepared.work.columns == ("met", "run", "nMuon_pt", "nMuon_eta")
    assert "all 4 columns are read" in prepared.notes[0]
    assert not traced(ntuple, lambda frame: 0, kind="pandas", columns=["met"]).notes


def test_what_cannot_be_merged_is_said_before_the_run(ntuple: Path) -> None:
    with pytest.raises(Unmergeable, match="lack a return"):
        traced(ntuple, lambda events: None)
    assert traced(ntuple, lambda events: [1], reduce=lambda a, b: a + b).work.reduce is not None


def truncated(path: Path) -> None:
    path.write_bytes(write_tree(path, muons()).read_bytes()[:-4000])


def several(path: Path) -> None:
    with uproot.recreate(path) as file:
        append_tree(file, muons(10), "Events")
        append_tree(file, muons(10), "Runs")


def histogram(path: Path) -> None:
    with uproot.recreate(path) as file:
        file["h"] = np.histogram([1.0])


@pytest.mark.parametrize(
    ("make", "options", "said"),
    [
        (truncated, {}, r"a\.root is truncated: it says that it has \d+ bytes.*fetch it again"),
        (lambda path: path.write_bytes(b""), {}, r"a\.root is empty \(0 bytes\)"),
        (lambda path: path.write_bytes(b"\x89HDF\r\n"), {}, "which no ROOT or Parquet file does"),
        (lambda path: path.write_bytes(b"root" + b"\xff" * 500), {}, "cannot be read as a ROOT file"),
        (lambda path: path.write_bytes(b"PAR1" + b"\0" * 500), {}, "cannot be read as a Parquet file"),
        (several, {}, r"several trees: Events, Runs; say which with tree="),
        (histogram, {}, "has no tree, but h"),
        (several, {"tree": "Event"}, "has no tree 'Event'; it has Events, Runs"),
        (several, {"tree": "Runs", "columns": ["metr"]}, r"tree Runs has no column 'metr'; it has met,"),
    ],
)
def test_files_that_cannot_be_read_are_named_with_what_they_have(
    tmp_path: Path, make: Callable[[Path], Any], options: dict[str, Any], said: str
) -> None:
    make(tmp_path / "a.root")
    with pytest.raises((UnreadableInput, MissingColumn), match=said):
        prepare(len, inputs_of(tmp_path / "a.root"), **options)


def test_a_file_that_lacks_a_column_is_named(ntuple: Path, tmp_path: Path) -> None:
    other = write_tree(tmp_path / "other.root", {"met_pt": np.arange(5.0)})
    with pytest.raises(MissingColumn, match=r"other\.root, tree Events has no column 'met'; it has met_pt"):
        prepare(lambda events: float(ak.sum(events.met)), inputs_of([ntuple, other]))


def test_a_column_of_another_type_is_another_schema(ntuple: Path, tmp_path: Path) -> None:
    other = write_tree(
        tmp_path / "other.root", {"met": np.arange(5, dtype=np.int32), "run": np.arange(5, dtype=np.int32)}
    )
    both = inputs_of([ntuple, other])
    with pytest.raises(
        UnreadableInput, match=r"'met' is double in .*muons\.root and int32_t in .*other\.root"
    ):
        prepare(lambda events: float(ak.sum(events.met)), both)
    assert prepare(lambda events: int(ak.sum(events.run)), both).plan.entries == EVENTS + 5


def test_paths_are_files_or_patterns_and_each_is_given_once(ntuples: list[Path], tmp_path: Path) -> None:
    assert [source.path for source in inputs_of(f"{tmp_path}/*.root")] == [path.resolve() for path in ntuples]
    for wrong, said in (
        (tmp_path / "none.root", "there is no file"),
        (tmp_path, r"is a folder; say which of its files"),
        ([ntuples[0], ntuples[0]], "given twice"),
        ([], "no file"),
    ):
        with pytest.raises(VreDmError, match=said):
            prepare(len, inputs_of(wrong))


def test_a_link_whose_file_is_not_there_is_no_file_that_is_left_out(
    ntuples: list[Path], tmp_path: Path
) -> None:
    link = tmp_path / "unmounted.root"
    link.symlink_to(tmp_path / "storage" / "0.root")
    for named in (f"{tmp_path}/*.root", link, [ntuples[0], link]):
        with pytest.raises(
            UnreadableInput, match=r"unmounted.root leads to .*storage/0.root, which cannot be"
        ):
            inputs_of(named)
    link.unlink()
    link.symlink_to(ntuples[0])
    with pytest.raises(UnreadableInput, match="given twice"):
        inputs_of(f"{tmp_path}/*.root")


def test_folders_that_fit_a_pattern_are_no_files(ntuples: list[Path], tmp_path: Path) -> None:
    (tmp_path / "old.root").mkdir()
    assert len(inputs_of(f"{tmp_path}/*.root")) == len(ntuples)
    with pytest.raises(UnreadableInput, match="there is no file"):
        inputs_of(f"{tmp_path}/o*")


def test_a_plan_of_trees_and_tables_keeps_the_name_of_the_tree(tmp_path: Path) -> None:
    with uproot.recreate(tmp_path / "a.root") as file:
        for tree in ("T1", "T2"):
            append_tree(file, {"x": np.arange(10.0)}, tree, 10)
    pd.DataFrame({"x": np.arange(10.0)}).to_parquet(tmp_path / "b.parquet")
    inputs = inputs_of([tmp_path / "a.root", tmp_path / "b.parquet"])
    for tree in ("T1", "T2"):  # by which chunks of the one are not taken for those of the other
        facts = [facts_of(source, tree, ("x",)) for source in inputs]
        assert make_plan(inputs, facts, columns=("x",)).tree == tree
