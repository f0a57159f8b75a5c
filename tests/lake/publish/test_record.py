"""The notes of an upload survive a kill at any byte, and belong to one run at a time."""

import resource
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.did import Did
from vre_dm.errors import InvalidUpload, NotWritable, UploadInterrupted
from vre_dm.lake.publish.record import FOREIGN, MOVING, PLACED, PUT, Record, path_of
from vre_dm.lake.publish.sums import Sums

ONE, TWO, SET = Did("s", "one"), Did("s", "two"), Did("s", "set")


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


def test_what_comes_after_a_cut_line_is_not_lost_with_it(tmp_path: Path) -> None:
    path = tmp_path / "u" / "x"
    with Record(path) as record:
        record.put(ONE, "t1", "f1")
    path.write_bytes(path.read_bytes() + b'{"did": "s:th')  # killed while it wrote
    with Record(path) as record:
        record.put(TWO, "t2", "f2")
    with Record(path) as record:
        assert list(record.traces) == [ONE, TWO]


def test_a_disk_that_is_full_stops_the_upload_and_loses_no_note(tmp_path: Path) -> None:
    path, before = tmp_path / "u" / "x", resource.getrlimit(resource.RLIMIT_FSIZE)
    with Record(path) as record:
        record.put(ONE, "t1", "f1")
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20, before[1]))
        try:
            for _ in range(2):  # half a line fits, then none
                with pytest.raises(UploadInterrupted, match=r"File too large|No space left.*run again"):
                    record.put(TWO, "t2", "f2")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        record.step(ONE, PLACED)
    with Record(path) as record:
        assert [(did, trace.step) for did, trace in record.traces.items()] == [(ONE, PLACED)]


def test_a_folder_that_takes_no_notes_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "u").mkdir(mode=0o700)
    (tmp_path / "u" / "x").mkdir()
    with pytest.raises(NotWritable, match="Is a directory; name another folder with XDG_STATE_HOME"):
        Record(tmp_path / "u" / "x")


def test_files_at_another_storage_element_bind_the_next_run_until_they_are_gone(tmp_path: Path) -> None:
    path = tmp_path / "u" / "x"
    with Record(path) as record:
        record.go_to(SET, "A")
        record.put(ONE, "t1", "f1")
    told = r"left 1 file of s:set at A; go on there \(--rse A\), or first vre-dm upload s:set --discard"
    with Record(path) as record:
        with pytest.raises(InvalidUpload, match=told):
            record.go_to(SET, "B")
        record.go_to(SET, "A")
        record.forget(ONE)
        record.go_to(SET, "B")
    assert not path.exists()


def test_a_look_at_the_notes_disturbs_no_run_and_makes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "u" / "x"
    Record.look(path).allow(SET, "B")
    assert not path.parent.exists()
    with Record(path) as record:
        record.go_to(SET, "A")
        record.put(ONE, "t1", "f1")
        noted = path.read_bytes()
        with pytest.raises(InvalidUpload, match="left 1 file of s:set at A"):
            Record.look(path).allow(SET, "B")
        Record.look(path).allow(SET, "A")
        assert path.read_bytes() == noted
        record.put(TWO, "t2", "f2")


def test_records_of_two_datasets_and_of_two_lakes_are_apart(tmp_path: Path) -> None:
    paths = {path_of(tmp_path, lake, did) for lake in ("https://a", "https://b") for did in (ONE, TWO)}
    assert len(paths) == 4
