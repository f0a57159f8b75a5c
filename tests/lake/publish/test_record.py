"""The notes of an upload survive a kill at any byte, and belong to one run at a time."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.did import Did
from vre_dm.errors import InvalidUpload
from vre_dm.lake.publish.record import FOREIGN, MOVING, PLACED, PUT, Record, path_of
from vre_dm.lake.publish.sums import Sums

ONE, TWO = Did("s", "one"), Did("s", "two")


def test_what_was_noted_is_there_in_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "uploads" / "x.jsonl"
    with Record(path) as record:
        record.note_sums((1, 2, 3, 4, 5), Sums(3, "0" * 8, "1" * 32))
        record.put(ONE, "temporary", "final")
        record.put(TWO, "t", "f")
        record.step(ONE, MOVING)
        record.forget(TWO)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with Record(path) as record:
        assert record.sums == {(1, 2, 3, 4, 5): Sums(3, "0" * 8, "1" * 32)}
        assert record.traces[ONE].is_ours
        assert list(record.traces) == [ONE]
        record.put(ONE, "temporary", "final")  # sent again: the final name is still ours
        assert record.traces[ONE].step == MOVING
        record.step(ONE, FOREIGN)
        assert not record.traces[ONE].is_ours
        record.forget(ONE)
    assert not path.exists()


def test_a_second_run_at_the_same_time_is_refused(tmp_path: Path) -> None:
    with Record(tmp_path / "u" / "x"), pytest.raises(InvalidUpload, match="another process of yours"):
        Record(tmp_path / "u" / "x")
    Record(tmp_path / "u" / "x").close(finished=True)


@given(cut=st.integers(0, 400), junk=st.binary(max_size=30))
def test_a_line_cut_short_or_garbled_costs_that_line_only(cut: int, junk: bytes, tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("record") / "u" / "x"
    with Record(path) as record:
        record.put(ONE, "t1", "f1")
        record.step(ONE, PLACED)
        record.put(TWO, "t2", "f2")
    whole = path.read_bytes()
    path.write_bytes(whole[:cut] + b"\n" + junk)
    lines = whole[:cut].count(b"\n") + (cut < len(whole) and whole[cut : cut + 1] == b"\n")
    with Record(path) as record:
        steps = [trace.step for did, trace in record.traces.items() if did in (ONE, TWO)]
        assert steps == [[], [PUT], [PLACED], [PLACED, PUT]][min(lines, 3)]


def test_records_of_two_datasets_and_of_two_lakes_are_apart(tmp_path: Path) -> None:
    paths = {path_of(tmp_path, lake, did) for lake in ("https://a", "https://b") for did in (ONE, TWO)}
    assert len(paths) == 4
