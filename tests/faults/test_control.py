"""Positive control: a client that believes what it gets fails every family of faults."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.faults.disks import files_no_longer_than
from tests.faults.frames import Frames
from tests.faults.hostile import hostile_names, leaves
from tests.faults.lies import LIES, Lie
from tests.faults.lies import named as said
from tests.faults.matrix import BODY, FAULTS, HALF, SIZE, Fault, named
from tests.faults.naive import PATIENCE, naive_fetch, naive_path, naive_root_fetch
from tests.faults.server import TLS, Breaking, Handler, breaking, good, stall, status
from tests.faults.storages import BODY as ROOT_BODY
from tests.lakes import until

ENDLESS = {13, 42}
"""Faults that never end by themselves: each byte comes in time."""
BELIEVED = [lie for lie in LIES if "size" not in lie.name]
"""It asks for no size."""


def kept_promise(fault: Fault, target: Path, said: list[str], *, lasting: bool) -> bool:
    """Whether two runs did what a user may expect: the right bytes and no error, or no file and an error."""
    if lasting and fault.cause:
        return not target.exists() and all(said)
    return target.exists() and target.read_bytes() == BODY and not any(said)


def run_twice(fault: Fault, server: Breaking, target: Path, *, lasting: bool) -> list[str]:
    acts = [*fault.before, fault.act, *([] if lasting else [good(BODY)])]
    url, said, patience = server.play("/x", *acts), [], 1.0 if fault.silent else PATIENCE

    def run() -> None:
        said.extend(naive_fetch(url, target, patience=patience) for _ in range(2))

    thread = threading.Thread(target=run)
    thread.start()
    if fault.number in ENDLESS:
        until(lambda: server.sent > 20)
        server.over.set()
    thread.join()
    return said


def test_the_control_gets_a_file_from_a_server_without_fault(tmp_path: Path):
    with breaking() as server:
        fault, target = Fault(0, "none", good(BODY)), tmp_path / "x"
        assert kept_promise(fault, target, run_twice(fault, server, target, lasting=True), lasting=True)


@pytest.mark.parametrize("fault", FAULTS, ids=named)
def test_a_client_that_believes_what_it_gets_fails(fault: Fault, tmp_path: Path):
    kept = []
    for lasting in (False, True):
        with breaking() as server:
            target = tmp_path / f"{lasting}"
            said = run_twice(fault, server, target, lasting=lasting)
            kept.append(kept_promise(fault, target, said, lasting=lasting))
    assert not all(kept)


def test_it_gets_a_file_from_an_xrootd_server_without_fault(liar: Frames, tmp_path: Path):
    naive_root_fetch(liar.url, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == ROOT_BODY


@pytest.mark.parametrize("lie", BELIEVED, ids=said)
def test_it_leaves_a_wrong_file_from_an_xrootd_server_that_lies(lie: Lie, liar: Frames, tmp_path: Path):
    liar.play(lie.kind, lie.change)
    naive_root_fetch(liar.url, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() != ROOT_BODY


@pytest.mark.parametrize("certificate", ["expired.pem", "stranger.pem"])
def test_it_reads_from_whoever_answers(certificate: str, tmp_path: Path):
    with breaking(TLS / certificate) as server:
        assert naive_fetch(server.play("/x", good(BODY)), tmp_path / "x") == ""
        assert server.sent == SIZE


def test_it_hands_its_token_to_strangers_and_in_clear(tmp_path: Path):
    with breaking() as home, breaking(certificate=None) as stranger:
        url = home.play("/x", status(302, Location=stranger.play("/x", good(BODY))))
        naive_fetch(url, tmp_path / "x", {"X-Rucio-Auth-Token": "canary-token"})
        assert stranger.asked[0][1]["x-rucio-auth-token"] == "canary-token"


def test_it_leaves_half_a_file_on_a_full_disk(server: Breaking, tmp_path: Path):
    with files_no_longer_than(HALF):
        assert "too large" in naive_fetch(server.play("/x", good(BODY)), tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == BODY[:HALF]


def test_it_leaves_half_a_file_when_killed(tmp_path: Path):
    with breaking() as server:
        target, half = tmp_path / "x", stall(BODY, HALF)
        code = "import sys, pathlib; from tests.faults.naive import naive_fetch;"
        code += "naive_fetch(sys.argv[1], pathlib.Path(sys.argv[2]))"
        command = [sys.executable, "-c", code, server.play("/x", half), str(target)]
        with subprocess.Popen(command, cwd=Path(__file__).parents[2]) as child:
            until(lambda: target.exists() and target.stat().st_size > 1 << 20)
            child.kill()
        assert 0 < target.stat().st_size < SIZE


def test_two_of_it_mix_their_bytes(server: Breaking, tmp_path: Path):
    both = threading.Barrier(2)

    def together(handler: Handler) -> None:
        both.wait(30)
        good(BODY)(handler)

    url = server.play("/x", together)
    threads = [threading.Thread(target=naive_fetch, args=(url, tmp_path / "x")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "x").stat().st_size == 2 * SIZE


def test_it_writes_where_a_name_says(tmp_path: Path):
    folder = tmp_path / "data"
    outside = [
        name for scope, name in hostile_names(36, 2000) if leaves(folder, naive_path(folder, scope, name))
    ]
    assert len(outside) > 200
