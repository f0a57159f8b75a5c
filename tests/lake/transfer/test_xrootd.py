"""Over ``root://`` from a real XRootD server: whole, continued, refused in words."""

import importlib
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.server import breaking, good
from tests.faults.world import CALM, OpenAccess, fetch, partials, registered
from tests.xrootd import XRootD, xrootd
from vre_dm.errors import ChecksumMismatch, JobCancelled, TransferFailed
from vre_dm.lake.opening import open_file
from vre_dm.lake.transfer import Policy
from vre_dm.lake.transfer.events import Event, Progress

pytest.importorskip("XRootD")
if shutil.which("xrootd") is None:
    pytest.skip("no XRootD server on this machine", allow_module_level=True)

BODY = os.urandom(20_000_001)


@pytest.fixture(scope="module")
def server() -> Iterator[XRootD]:
    with xrootd() as running:
        yield running


@pytest.mark.parametrize("size", [0, 1, 1 << 20, len(BODY)])
def test_a_file_comes_whole(size: int, server: XRootD, tmp_path: Path):
    body = BODY[:size]
    file = registered(body, server.store(f"f{size}", body))
    (path,) = fetch([file], tmp_path, policy=Policy())
    assert path.read_bytes() == body
    assert partials(tmp_path) == []


def test_what_is_here_is_not_asked_for_again(server: XRootD, tmp_path: Path):
    cut = 12_345_678
    url = server.store("rest", BODY)
    with breaking() as https:
        half = registered(BODY, https.play("/x", good(BODY, stop_after=cut), lambda h: h.hang_up()))
        with pytest.raises(TransferFailed):
            fetch([half], tmp_path)
        assert https.sent == cut
    # Had the server been asked for the begin, it would have given other bytes.
    server.store("rest", bytes(cut) + BODY[cut:])
    (path,) = fetch([registered(BODY, url)], tmp_path, policy=Policy())
    assert path.read_bytes() == BODY


def test_a_damaged_copy_is_not_placed(server: XRootD, tmp_path: Path):
    file = registered(BODY, server.store("bad", BODY[:-1] + bytes([BODY[-1] ^ 1])))
    with pytest.raises(ChecksumMismatch, match="instead of"):
        fetch([file], tmp_path, policy=Policy(rounds=1))
    assert partials(tmp_path) == []


def test_another_size_is_refused_before_a_byte_moves(server: XRootD, tmp_path: Path):
    file = registered(BODY, server.store("short", BODY[:100]))
    with pytest.raises(TransferFailed, match="100 bytes are offered where 20000001 are registered"):
        fetch([file], tmp_path)


def test_a_missing_file_is_said_in_one_line_and_the_next_copy_taken(server: XRootD, tmp_path: Path):
    missing = f"root://127.0.0.1:{server.port}//lake/missing"
    with pytest.raises(TransferFailed, match=r"the XRootD server said: .*\[3011\]") as caught:
        fetch([registered(BODY, missing)], tmp_path)
    assert "\n" not in str(caught.value)
    (path,) = fetch([registered(BODY, missing, server.store("there", BODY))], tmp_path)
    assert path.read_bytes() == BODY


def test_a_server_that_does_not_answer_is_given_up(tmp_path: Path):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"root://127.0.0.1:{silent.getsockname()[1]}//x"
        with pytest.raises(TransferFailed, match=r"the XRootD server (said|stopped)"):
            fetch(
                [registered(BODY, url)], tmp_path, policy=Policy(rounds=1, connect_timeout=1, stall_timeout=2)
            )


@pytest.fixture
def trap() -> Iterator[socket.socket]:
    """A server that a list of servers names; whoever comes there may be asked for a token."""
    # As a fresh process has it: the client's settings are the whole process's.
    importlib.import_module("XRootD.client.env").EnvPutInt("MetalinkProcessing", 1)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        yield listener
        with pytest.raises(BlockingIOError):
            listener.accept()


def naming(trap: socket.socket) -> bytes:
    """A list of servers, of which the trap is the only one."""
    url = f"root://127.0.0.1:{trap.getsockname()[1]}//x"
    file = f'<file name="x"><size>1</size><url priority="1">{url}</url></file>'
    return f'<metalink xmlns="urn:ietf:params:xml:ns:metalink">{file}</metalink>'.encode()


@pytest.mark.parametrize("name", ["list.meta4", "list.metalink"])
def test_a_list_of_servers_is_fetched_and_not_followed(
    name: str, server: XRootD, trap: socket.socket, tmp_path: Path
):
    body = naming(trap)
    (path,) = fetch([registered(body, server.store(name, body))], tmp_path)
    assert path.read_bytes() == body


@pytest.mark.parametrize("name", ["opened.meta4", "opened.metalink"])
def test_a_list_of_servers_is_opened_and_not_followed(name: str, server: XRootD, trap: socket.socket):
    body = naming(trap)
    with open_file(registered(body, server.store(name, body)), OpenAccess(), policy=CALM) as stream:
        assert stream.read() == body


def test_it_can_be_stopped_in_the_middle(server: XRootD, tmp_path: Path):
    stop = threading.Event()

    def halt(event: Event) -> None:
        if isinstance(event, Progress):
            stop.set()

    body = BODY * 10
    with pytest.raises(JobCancelled):
        fetch([registered(body, server.store("long", body))], tmp_path, progress=halt, stop=stop)
    assert list((tmp_path / "test").glob("data.bin")) == []
