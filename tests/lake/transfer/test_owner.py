"""Whose temporary file it is, and whether that process can still be writing."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.faults.world import registered
from vre_dm.lake.transfer.names import leftovers, part_path, waiting_for
from vre_dm.lake.transfer.owner import FOREIGN_AGE, Owner, myself, nobody
from vre_dm.lake.transfer.verify import Expected

EXPECTED = Expected.of(registered(b"body"))


def test_a_process_knows_itself_alive_and_the_dead_dead():
    assert not myself().gone(time.time())
    assert nobody().gone(time.time())
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
        assert Owner(myself().machine, child.pid, 1).gone(time.time())


def test_a_process_id_that_was_given_to_another_process_is_not_the_owner():
    me = myself()
    assert Owner(me.machine, me.pid, me.start + 1).gone(time.time())


def test_an_owner_is_read_back_from_its_text_and_nothing_else_is():
    assert Owner.parse(str(myself()).encode()) == myself()
    assert myself().here
    assert not myself().ended
    for text in (b"", b"\xff", b"0-0-0", str(myself()).encode() + b"x", b"g" * 8 + b"-1-1"):
        assert Owner.parse(text) is None


def test_a_process_id_that_no_system_can_have_is_of_nobody():
    for pid in (2**31 - 1, 2**31, 2**63, 10**20 - 1):
        assert Owner(myself().machine, pid, 1).ended


def test_of_another_machines_process_nobody_knows_that_it_ended():
    other = Owner("0" * 8, 1, 1)
    assert not other.here
    assert not other.ended


def test_a_zombie_writes_no_more():
    child = subprocess.Popen([sys.executable, "-c", ""])
    start = int(Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[19])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert Owner(myself().machine, child.pid, start).gone(time.time())
    child.wait()


def test_another_machine_is_given_an_hour():
    other = Owner("0" * 8, os.getpid(), 1)
    assert not other.gone(time.time())
    assert other.gone(time.time() - FOREIGN_AGE - 60)


@given(st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.+=@#-]{0,249}", fullmatch=True))
def test_a_temporary_name_fits_every_file_system_and_is_found_again(name: str):
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / name
        part = part_path(target, EXPECTED, nobody())
        assert part.parent == target.parent
        assert part.name.startswith(".")
        part.touch()
        assert waiting_for(target, EXPECTED, list(leftovers(target.parent))) == [(part, nobody())]
        other = Expected.of(registered(b"other"))
        assert waiting_for(target, other, list(leftovers(target.parent))) == []


def test_a_planted_name_of_no_process_is_a_leftover_and_no_error(tmp_path: Path):
    planted = part_path(tmp_path / "zz", EXPECTED, Owner(myself().machine, 10**19, 1))
    planted.touch()
    assert [found[0] for found in leftovers(tmp_path)] == [planted]


def test_files_of_other_programs_are_not_taken_for_leftovers(tmp_path: Path):
    for name in (".x.part", "x.part", ".x.12345678-12345678-1-1-12345678.part.bak", "movie.part"):
        (tmp_path / name).touch()
    part_path(tmp_path / "mine", EXPECTED, myself()).touch()
    assert list(leftovers(tmp_path)) == []
    assert list(leftovers(tmp_path / "absent")) == []
