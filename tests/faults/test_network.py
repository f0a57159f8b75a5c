"""Names, certificates, connections, clocks and crowds of replicas that play false."""

import socket
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.conftest import Fetch
from tests.faults.matrix import BODY, HALF, SIZE
from tests.faults.raw import followed_by
from tests.faults.server import Breaking, Handler, breaking, good
from tests.faults.world import CALM, OpenAccess, Waits, finals, registered
from tests.lakes import until
from vre_dm.errors import JobCancelled, VreDmError
from vre_dm.lake.files import Replica
from vre_dm.lake.transfer import fetch_files

SMALL = b"a small file of the lake"


@pytest.mark.parametrize("times", [1, 3])
def test_a_name_that_does_not_resolve_for_a_while_is_asked_again(
    times: int, server: Breaking, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
):
    true, left = socket.getaddrinfo, [times]

    def flaky(*words: Any, **more: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return true(*words, **more)

    monkeypatch.setattr(socket, "getaddrinfo", flaky)
    assert fetch(registered(BODY, server.play("/x", good(BODY)))) == ""
    assert left == [0]


def test_a_certificate_for_another_name_is_never_accepted(fetch: Fetch):
    with breaking(host="127.0.0.2") as server:
        server.play("/x", good(BODY))
        for _ in range(2):
            assert "is not trusted" in fetch(registered(BODY, server.url("/x", "127.0.0.2")))
        assert server.asked == []


def test_https_never_becomes_http(fetch: Fetch):
    """Who answers in clear on the https port gets no request."""
    with breaking(certificate=None) as server:
        url = server.play("/x", good(BODY)).replace("http:", "https:")
        for _ in range(2):
            assert "no connection" in fetch(registered(BODY, url))
        assert server.asked == []


def test_bytes_behind_an_answer_are_no_answer_to_the_next_request(server: Breaking, tmp_path: Path):
    forged = bytes(len(SMALL))
    tail = f"HTTP/1.1 200 OK\r\nContent-Length: {len(SMALL)}\r\n\r\n".encode() + forged
    names = [f"f{number}" for number in range(6)]
    files = [
        registered(SMALL, server.play(f"/{name}", followed_by(SMALL, tail)), name=name) for name in names
    ]
    alone = replace(CALM, threads=1, streams=1)  # so that connections are used again
    for folder in (tmp_path / "first", tmp_path / "again"):
        paths = fetch_files(files, folder, access=OpenAccess(), policy=alone, pace=Waits().pace())
        assert {path.read_bytes() for path in paths} == {SMALL}


def test_a_forged_answer_without_checksum_in_the_catalogue_is_not_taken_either(
    server: Breaking, tmp_path: Path
):
    """Size alone would be deceived: the bytes behind an answer must never be read as one."""
    tail = f"HTTP/1.1 200 OK\r\nContent-Length: {len(SMALL)}\r\n\r\n".encode() + bytes(len(SMALL))
    silent = {"adler32": None, "md5": None}
    files = [
        registered(SMALL, server.play(f"/{name}", followed_by(SMALL, tail)), name=name, **silent)
        for name in ("f1", "f2", "f3")
    ]
    alone = replace(CALM, threads=1, streams=1)
    paths = fetch_files(files, tmp_path, access=OpenAccess(), policy=alone, pace=Waits().pace())
    assert {path.read_bytes() for path in paths} == {SMALL}


@pytest.mark.parametrize("where", ["first", "last"])
def test_among_a_thousand_dead_replicas_the_living_one_is_found(
    where: str, server: Breaking, fetch: Fetch, tmp_path: Path
):
    dead = [Replica(f"DEAD-{number}", f"https://localhost:1/{number}") for number in range(1000)]
    alive = Replica("ALIVE", server.play("/x", good(SMALL)))
    replicas = [alive, *dead] if where == "first" else [*dead, alive]
    assert fetch(replace(registered(SMALL), replicas=tuple(replicas))) == ""
    assert len(server.asked) == 1


def test_a_thousand_dead_replicas_are_a_cause_of_readable_length(fetch: Fetch):
    dead = tuple(Replica(f"DEAD-{number}", f"https://localhost:1/{number}") for number in range(1000))
    assert len(fetch(replace(registered(SMALL), replicas=dead))) < 2000


def test_after_a_cancel_no_thread_and_no_socket_is_left(tmp_path: Path):
    stop = threading.Event()

    def cancel(handler: Handler) -> None:
        handler.answer(200, Content_Length=SIZE)
        handler.send(BODY[:HALF])
        stop.set()
        handler.play.over.wait(30)

    before = set(threading.enumerate())
    with breaking() as server:
        files = [registered(BODY, server.play(f"/{name}", cancel), name=name) for name in ("a", "b", "c")]
        with pytest.raises(JobCancelled):
            fetch_files(files, tmp_path, access=OpenAccess(), stop=stop)
        until(lambda: open_to(server.port) == [])
    until(lambda: {thread for thread in set(threading.enumerate()) - before if thread.is_alive()} == set())
    assert finals(tmp_path) == []


def open_to(port: int) -> list[Any]:
    """Connections of this process to a port."""
    return [
        each
        for each in psutil.Process().net_connections("tcp")
        if each.raddr and each.raddr.port == port and each.status != psutil.CONN_TIME_WAIT
    ]


FACTS = st.fixed_dictionaries(
    {
        "size": st.none() | st.integers(-5, 2**70) | st.just(len(SMALL)),
        "adler32": st.none() | st.text(max_size=12) | st.just(registered(SMALL).adler32),
        "md5": st.none() | st.text(max_size=40) | st.just(registered(SMALL).md5),
    }
)


@settings(max_examples=200)
@given(FACTS)
def test_whatever_a_catalogue_says_the_bytes_are_those_it_says_or_none(
    tmp_path_factory: pytest.TempPathFactory, facts: dict[str, Any]
):
    folder = tmp_path_factory.mktemp("facts")
    (folder / "source").write_bytes(SMALL)
    file, truth = registered(SMALL, f"file://localhost{folder}/source", **facts), registered(SMALL)
    try:
        fetch_files([file], folder / "data", access=OpenAccess(), policy=CALM, pace=Waits().pace())
    except VreDmError as error:
        said = str(error)
    else:
        said = None
    if said is not None:
        assert said.isprintable()
        assert finals(folder) == [folder / "source"]
        return
    assert file.size in (None, truth.size)
    assert not file.md5 or file.md5.strip().lower() == truth.md5
    assert not file.adler32 or file.adler32.strip().lower().zfill(8) == truth.adler32
