"""What only an XRootD server can say wrongly: errors, waits, redirects and lies in its own protocol."""

import re
from pathlib import Path

import pytest

from tests.faults.frames import OPEN, Frames, faithful, redirect, wait
from tests.faults.lies import LIES, Lie, named
from tests.faults.storages import BODY, PATIENT, WAITING, Server, is_here
from tests.faults.world import OpenAccess, finals, registered
from tests.lakes import until
from vre_dm.errors import VreDmError
from vre_dm.lake.transfer import fetch_files


def fetch(liar: Frames, folder: Path, *others: str) -> str:
    """Fetch the file; '' when it is in place, else the cause."""
    file = registered(BODY, liar.url, *others)
    try:
        fetch_files([file], folder, access=OpenAccess(), policy=PATIENT, pace=WAITING)
    except VreDmError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("lie", [lie for lie in LIES if not lie.final], ids=named)
def test_the_right_bytes_arrive_when_it_is_said_once(lie: Lie, liar: Frames, tmp_path: Path):
    liar.play(lie.kind, lie.change, faithful)
    for _ in range(2):
        assert fetch(liar, tmp_path) == ""
        assert is_here(tmp_path)


@pytest.mark.parametrize("lie", LIES, ids=named)
def test_no_file_and_a_cause_while_it_is_said_and_the_file_after(lie: Lie, liar: Frames, tmp_path: Path):
    liar.play(lie.kind, lie.change)
    for _ in range(2):
        assert re.search(lie.cause, fetch(liar, tmp_path))
        assert finals(tmp_path) == []
    liar.play(lie.kind, faithful)
    until(lambda: fetch(liar, tmp_path) == "")  # XRootD's client wants a second after an error
    assert is_here(tmp_path)


@pytest.mark.parametrize("lie", LIES, ids=named)
def test_the_next_copy_is_taken_after(lie: Lie, liar: Frames, root_server: Server, tmp_path: Path):
    liar.play(lie.kind, lie.change)
    assert fetch(liar, tmp_path, root_server.pfn) == ""
    assert is_here(tmp_path)


def test_a_wait_that_the_server_asks_for_is_kept(liar: Frames, tmp_path: Path):
    liar.play(OPEN, wait(1), faithful)
    assert fetch(liar, tmp_path) == ""
    assert liar.asked.count(OPEN) == 2


def test_a_circle_of_redirects_is_cut(liar: Frames, tmp_path: Path):
    liar.play(OPEN, redirect("127.0.0.1", liar.port))
    assert "the XRootD server" in fetch(liar, tmp_path)
    assert finals(tmp_path) == []
    assert liar.asked.count(OPEN) < 1000


def test_a_redirect_leads_to_the_file(liar: Frames, root_server: Server, tmp_path: Path):
    liar.play(OPEN, redirect("127.0.0.1", root_server.port))
    assert fetch(liar, tmp_path) == ""
    assert is_here(tmp_path)
