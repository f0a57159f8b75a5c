"""A file that was verified is known again; one that changed in any way is not."""

import hashlib
import os
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lakes import tick
from vre_dm.lake.transfer.verified import GRAIN, Ledger, is_settled, settle
from vre_dm.lake.transfer.verify import Expected

BODY = b"the registered bytes"
quick = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def expected(body: bytes) -> Expected:
    return Expected(len(body), f"{zlib.adler32(body):08x}", hashlib.md5(body).hexdigest())


def written(path: Path, body: bytes) -> os.stat_result:
    """A file as a fetch leaves it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.write(body)
        stream.flush()
        settle(stream.fileno())
    return path.stat()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "memory"


def remembered(memory: Path, target: Path, name: str = "a/b", body: bytes = BODY) -> Path:
    """A verified file, recorded by a run that has ended."""
    ledger = Ledger.open(memory, target)
    facts = written(target / name, body)
    ledger.record(target / name, expected(body), facts)
    ledger.save()
    return target / name


def test_a_verified_file_is_known_in_the_next_run(memory: Path, target: Path):
    path = remembered(memory, target)
    assert Ledger.open(memory, target).holds(path, expected(BODY))


def test_a_file_is_known_as_what_it_was_verified_to_be_only(memory: Path, target: Path):
    path = remembered(memory, target)
    ledger, known = Ledger.open(memory, target), expected(BODY)
    assert ledger.holds(path, replace(known, md5=None))
    assert not ledger.holds(path, replace(known, md5="0" * 32))
    assert not ledger.holds(path, replace(known, adler32="0" * 8))
    assert not ledger.holds(path, replace(known, size=7))
    assert not ledger.holds(path, replace(known, adler32=None, md5=None))


def test_what_was_not_compared_is_not_known(memory: Path, target: Path):
    ledger, known = Ledger.open(memory, target), expected(BODY)
    ledger.record(target / "a", replace(known, md5=None), written(target / "a", BODY))
    assert not ledger.holds(target / "a", known)


def exchange(path: Path) -> None:
    other = path.with_name("other")
    written(other, BODY)
    other.replace(path)


def link(path: Path) -> None:
    path.rename(path.with_name("away"))
    path.symlink_to(path.with_name("away"))


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(b"THE REGISTERED BYTES"),
        lambda path: path.write_bytes(BODY),
        lambda path: path.write_bytes(BODY + b"!"),
        lambda path: os.truncate(path, 3),
        lambda path: os.utime(path),
        lambda path: os.utime(path, ns=(0, path.stat().st_mtime_ns)),
        lambda path: path.chmod(0o640),
        lambda path: path.unlink(),
        exchange,
        link,
    ],
)
def test_any_change_makes_a_file_unknown(memory: Path, target: Path, change: Callable[[Path], object]):
    path = remembered(memory, target)
    tick(target.parent)
    change(path)
    assert not Ledger.open(memory, target).holds(path, expected(BODY))


@quick
@given(body=st.binary(min_size=1, max_size=50), at=st.integers(0, 49), to=st.binary(min_size=1, max_size=9))
def test_no_write_in_place_goes_unseen(memory: Path, target: Path, body: bytes, at: int, to: bytes):
    """Neither one that keeps the size nor one that sets the old date again."""
    path = remembered(memory, target, body=body)
    before = path.stat()
    with path.open("r+b") as stream:
        stream.seek(min(at, len(body) - 1))
        stream.write(to)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not Ledger.open(memory, target).holds(path, expected(body))


@quick
@given(at=st.integers(0, 10_000), to=st.binary(max_size=30), cut=st.integers(0, 40))
def test_a_garbled_record_never_makes_another_file_known(
    memory: Path, target: Path, at: int, to: bytes, cut: int
):
    """Whatever stands in the file, a content is known only where the untouched record says so."""
    for file in memory.glob("*"):
        file.unlink()
    path = remembered(memory, target)
    (file,) = memory.iterdir()
    text = file.read_bytes()
    at %= len(text)
    garbled = text[:at] + to + text[at + cut :]
    file.write_bytes(garbled)
    ledger = Ledger.open(memory, target)
    assert not ledger.holds(path, expected(BODY[::-1]))
    assert ledger.holds(path, expected(BODY)) == (text.strip() in garbled.splitlines())


def test_a_record_cut_by_a_kill_spoils_no_later_one(memory: Path, target: Path):
    first = remembered(memory, target, "a")
    (file,) = memory.iterdir()
    file.write_bytes(file.read_bytes() + b"12345678\t1\t2")
    second = remembered(memory, target, "b")
    ledger = Ledger.open(memory, target)
    assert ledger.holds(first, expected(BODY))
    assert ledger.holds(second, expected(BODY))


def test_two_runs_at_once_keep_each_others_records(memory: Path, target: Path):
    one, other = remembered(memory, target, "a"), Ledger.open(memory, target)
    facts = written(target / "b", BODY)
    two = remembered(memory, target, "c")
    other.record(target / "b", expected(BODY), facts)
    other.save()
    ledger = Ledger.open(memory, target)
    assert [ledger.holds(path, expected(BODY)) for path in (one, target / "b", two)] == [True] * 3


def test_folders_have_records_of_their_own(memory: Path, target: Path, tmp_path: Path):
    path = remembered(memory, target)
    assert not Ledger.open(memory, tmp_path / "elsewhere").holds(path, expected(BODY))
    assert len(list(memory.iterdir())) == 1


def test_a_file_of_ten_thousand_rewrites_stays_small(memory: Path, target: Path):
    ledger = Ledger.open(memory, target)
    for _ in range(40):
        facts = written(target / "a", BODY)
        for _ in range(250):
            ledger.record(target / "a", expected(BODY), facts)
    ledger.save()
    (file,) = memory.iterdir()
    assert len(file.read_bytes().splitlines()) < 2500
    assert Ledger.open(memory, target).holds(target / "a", expected(BODY))


def test_a_file_whose_next_change_could_go_unseen_is_not_remembered(memory: Path, target: Path):
    target.mkdir()
    (target / "new").write_bytes(BODY)
    facts = (target / "new").stat()
    for now, known in ((facts.st_mtime_ns, False), (facts.st_mtime_ns + GRAIN, True)):
        ledger = Ledger(None, target, lambda now=now: now)
        ledger.record(target / "new", expected(BODY), facts)
        assert ledger.holds(target / "new", expected(BODY)) is known


def test_a_file_that_was_just_fetched_is_settled(target: Path):
    facts = written(target / "a", BODY)
    assert is_settled(facts, now=0)


def test_records_of_another_user_are_not_believed(memory: Path, target: Path):
    path = remembered(memory, target)
    (file,) = memory.iterdir()
    file.chmod(0o666)
    assert not Ledger.open(memory, target).holds(path, expected(BODY))
    path = remembered(memory, target)
    assert Ledger.open(memory, target).holds(path, expected(BODY))
    (file,) = memory.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_link_in_place_of_the_records_is_neither_read_nor_written(memory: Path, target: Path):
    path = remembered(memory, target)
    (file,) = memory.iterdir()
    file.rename(target / "stolen")
    before = (target / "stolen").read_bytes()
    file.symlink_to(target / "stolen")
    assert not Ledger.open(memory, target).holds(path, expected(BODY))
    remembered(memory, target, "b")
    assert (target / "stolen").read_bytes() == before


def test_without_a_safe_place_nothing_is_remembered_and_nothing_fails(tmp_path: Path, target: Path):
    (tmp_path / "taken").write_text("a file")
    path = remembered(tmp_path / "taken" / "memory", target)
    assert not Ledger.open(tmp_path / "taken" / "memory", target).holds(path, expected(BODY))


def test_a_file_outside_the_folder_or_with_a_broken_name_is_unknown(memory: Path, target: Path):
    ledger = Ledger.open(memory, target)
    for path in (target.with_name("outside"), target / "a\nb", target / "a\tb", target / "é"):
        ledger.record(path, expected(BODY), written(path, BODY))
        assert not ledger.holds(path, expected(BODY))
