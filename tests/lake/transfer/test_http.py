"""One request, of a fetch or an upload: whose credentials, which redirects, what stays in memory."""

from collections.abc import Iterator

import pytest
import trustme

from tests.lake.storing import Storage, Trusting
from tests.security.canaries import told_by
from tests.serving import serving
from vre_dm.lake.transfer.failures import SourceFailed
from vre_dm.lake.transfer.http import Connections
from vre_dm.lake.transfer.policy import Policy

BODY = b"some bytes"
SIZE = {"Content-Length": str(len(BODY))}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def storage(authority: trustme.CA) -> Iterator[Storage]:
    with serving(Storage(authority)) as server:
        server.folders.add("/a/")
        yield server


@pytest.fixture
def access(authority: trustme.CA, storage: Storage) -> Trusting:
    return Trusting(authority, storage.url)


@pytest.fixture
def connections(access: Trusting) -> Iterator[Connections]:
    opened = Connections(access, Policy())
    yield opened
    opened.close()


def body() -> Iterator[memoryview]:
    yield memoryview(BODY)


def put(connections: Connections, url: str) -> int:
    with connections.request("PUT", url, SIZE, body) as response:
        response.read()
        return response.status_code


def test_a_refused_token_is_renewed_and_the_whole_body_goes_again(
    connections: Connections, access: Trusting, storage: Storage
) -> None:
    access.tokens = ["old", "new"]
    storage.play = lambda *_: (401,) if storage.seen[-1][2] == "Bearer old" else None
    assert put(connections, f"{storage.url}/a/x") == 201
    assert [seen[2] for seen in storage.seen] == ["Bearer old", "Bearer new"]
    assert storage.files == {"/a/x": BODY}


@pytest.mark.parametrize(("tokens", "asked"), [(["a"], 1), (["a", "b", "c", "d"], 2)])
def test_a_refusal_is_the_answer_where_no_other_token_helps(
    connections: Connections, access: Trusting, storage: Storage, tokens: list[str], asked: int
) -> None:
    access.tokens = tokens
    storage.play = lambda *_: (401,)
    assert put(connections, f"{storage.url}/a/x") == 401
    assert len(storage.seen) == asked


def test_who_is_asked_without_a_token_is_not_asked_again(
    connections: Connections, access: Trusting, storage: Storage, authority: trustme.CA
) -> None:
    """The other server is the lake's too: still the token is for the host of the address."""
    with serving(Storage(authority)) as other:
        access.known, access.tokens = (storage.url, other.url), ["a", "b"]
        storage.play = lambda *_: (307, {"Location": f"{other.url}/a/x"})
        other.play = lambda *_: (401,)
        assert put(connections, f"{storage.url}/a/x") == 401
        assert [seen[2] for seen in other.seen] == [""]


def test_see_other_is_no_place_for_the_bytes(connections: Connections, storage: Storage) -> None:
    storage.play = lambda *_: (303, {"Location": f"{storage.url}/a/y"})
    assert put(connections, f"{storage.url}/a/x") == 303
    assert len(storage.seen) == 1


def test_a_door_that_sends_everyone_on_is_reached_over_one_connection(
    connections: Connections, storage: Storage
) -> None:
    storage.play = lambda _, path: (
        (302, {"Location": f"{storage.url}/a/{path[1:]}"}) if path.count("/") == 1 else None
    )
    for name in "xyz":
        assert put(connections, f"{storage.url}/{name}") == 201
    assert len(storage.seen) == 6
    assert len(storage.callers) == 1


def test_a_storage_may_send_on_within_itself_wherever_its_files_are(
    connections: Connections, access: Trusting, storage: Storage
) -> None:
    access.known = (f"{storage.url}/door/",)
    storage.play = lambda _, path: (
        (307, {"Location": f"{storage.url}/a/x"}) if path.startswith("/door/") else None
    )
    assert put(connections, f"{storage.url}/door/x") == 201
    assert storage.seen[-1] == ("PUT", "/a/x", "Bearer canary")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_who_was_sent_away_and_back_has_no_token_for_the_path_that_another_host_chose(
    connections: Connections, access: Trusting, storage: Storage, authority: trustme.CA, method: str
) -> None:
    with serving(Storage(authority)) as other:
        access.known = (storage.url, other.url)
        storage.play = lambda _, path: (307, {"Location": f"{other.url}/a/x"}) if path == "/a/x" else (401,)
        other.play = lambda *_: (307, {"Location": f"{storage.url}/a/chosen"})
        with connections.request(method, f"{storage.url}/a/x") as response:
            assert response.status_code == 401
    assert storage.seen == [(method, "/a/x", "Bearer canary"), (method, "/a/chosen", "")]


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize(
    "location", ["https://10.0.0.1/x", "http://127.0.0.1/x", "/a/x", "https://localhost:1/x"]
)
def test_no_variable_of_a_failure_holds_the_token(
    connections: Connections, storage: Storage, method: str, location: str
) -> None:
    storage.play = lambda *_: (307, {"Location": location})
    with pytest.raises(SourceFailed, match="redirect") as caught:
        connections.request(method, f"{storage.url}/a/x", SIZE, body).__enter__()
    assert storage.seen[0][2] == "Bearer canary"
    told = told_by(caught.value)
    assert "canary" not in told


def test_no_variable_holds_the_token_where_the_connection_breaks(
    connections: Connections, storage: Storage
) -> None:
    def hang_up(*_: str) -> None:
        raise ConnectionAbortedError

    storage.play = hang_up
    with pytest.raises(SourceFailed) as caught:
        put(connections, f"{storage.url}/a/x")
    told = told_by(caught.value)
    assert "canary" not in told


def test_an_answer_keeps_no_token(connections: Connections, storage: Storage) -> None:
    with connections.request("PUT", f"{storage.url}/a/x", SIZE, body) as response:
        assert "authorization" not in response.request.headers
    assert storage.seen[0][2] == "Bearer canary"
