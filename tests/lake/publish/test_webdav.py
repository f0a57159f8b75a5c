"""What a storage that misbehaves answers becomes a cause, and credentials stay with the lake."""

import zlib
from collections.abc import Iterator

import pytest
import trustme

from tests.lake.storing import Storage, Trusting
from tests.serving import serving
from vre_dm.errors import LoginRefused, NoSpace
from vre_dm.lake.publish.store import Seen, StoreFailed
from vre_dm.lake.publish.webdav import Dav
from vre_dm.lake.transfer import addresses
from vre_dm.lake.transfer.policy import Policy

BODY = b"some bytes"
SUM = f"{zlib.adler32(BODY):08x}"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def storage(authority: trustme.CA) -> Iterator[Storage]:
    with serving(Storage(authority)) as server:
        yield server


@pytest.fixture
def dav(authority: trustme.CA, storage: Storage) -> Iterator[Dav]:
    opened = Dav(Trusting(authority, storage.url), Policy())
    yield opened
    opened.close()


def body() -> Iterator[memoryview]:
    yield memoryview(BODY)


def test_folders_are_made_where_the_storage_makes_none(dav: Dav, storage: Storage) -> None:
    dav.put(f"{storage.url}/a/b/c", body, len(BODY))
    assert storage.files["/a/b/c"] == BODY
    assert {"/a/", "/a/b/"} <= storage.folders
    dav.put(f"{storage.url}/d/e", body, len(BODY))
    assert [seen[0] for seen in storage.seen].count("PUT") == 3  # the second file needed no failure


def test_bytes_are_read_back_where_the_storage_tells_no_checksum(dav: Dav, storage: Storage) -> None:
    storage.files["/x"] = BODY
    assert dav.seen(f"{storage.url}/x") == Seen(len(BODY), SUM)
    assert [seen[0] for seen in storage.seen] == ["HEAD", "GET"]
    assert dav.seen(f"{storage.url}/none") is None


@pytest.mark.parametrize(
    "digest", [f"adler32={SUM}", f"ADLER32={SUM.upper()}", f"md5=x, adler32={SUM.lstrip('0')}"]
)
def test_a_checksum_of_the_storage_is_read_as_it_is_spelt(dav: Dav, storage: Storage, digest: str) -> None:
    storage.play = lambda *_: (200, {"Content-Length": "10", "Digest": digest})
    assert dav.seen(f"{storage.url}/x") == Seen(10, SUM)


@pytest.mark.parametrize(
    ("status", "error", "why"),
    [
        (507, NoSpace, "the storage is full"),
        (413, NoSpace, "too large"),
        (401, StoreFailed, "does not accept your login; log in again"),
        (403, LoginRefused, "you may not write there"),
        (503, StoreFailed, "answered PUT with 503"),
        (418, StoreFailed, "answered PUT with 418"),
    ],
)
def test_a_refusal_of_the_storage_becomes_its_cause(
    dav: Dav, storage: Storage, status: int, error: type[Exception], why: str
) -> None:
    storage.play = lambda method, _: (status, {"Retry-After": "7"}) if method == "PUT" else None
    with pytest.raises(error, match=why) as caught:
        dav.put(f"{storage.url}/x", body, len(BODY))
    if isinstance(caught.value, StoreFailed):
        assert caught.value.passing is (status != 418)
        assert caught.value.wait == (None if status == 401 else 7.0)


def test_a_storage_that_refuses_before_it_has_read_the_bytes_is_understood(
    dav: Dav, storage: Storage
) -> None:
    storage.hasty = True
    mebibyte = memoryview(bytes(1 << 20))
    with pytest.raises(NoSpace, match="the storage is full"):
        dav.put(f"{storage.url}/x", lambda: iter([mebibyte] * 20), 20 << 20)


def test_a_multi_status_is_no_rename(dav: Dav, storage: Storage) -> None:
    storage.play = lambda *_: (207, {})
    with pytest.raises(StoreFailed, match="answered MOVE with 207"):
        dav.move(f"{storage.url}/x", f"{storage.url}/y", over=False)
    storage.play = lambda *_: (412, {})
    assert dav.move(f"{storage.url}/x", f"{storage.url}/y", over=False) is False
    with pytest.raises(StoreFailed):
        dav.move(f"{storage.url}/x", f"{storage.url}/y", over=True)


def test_a_redirect_inside_the_storage_takes_the_bytes_along(dav: Dav, storage: Storage) -> None:
    storage.play = lambda _, path: (307, {"Location": f"{storage.url}/there"}) if path == "/x" else None
    dav.put(f"{storage.url}/x", body, len(BODY))
    assert storage.files["/there"] == BODY


@pytest.mark.parametrize(
    "there", ["http://127.0.0.1/x", "https://10.0.0.1/x", "https://localhost:{other}/x", "/x"]
)
def test_a_redirect_elsewhere_is_refused_and_no_credential_leaves(
    dav: Dav, storage: Storage, authority: trustme.CA, there: str
) -> None:
    with serving(Storage(authority)) as other:
        location = there.format(other=other.server_port)
        storage.play = lambda *_: (307, {"Location": location})
        with pytest.raises(StoreFailed, match="redirect"):
            dav.put(f"{storage.url}/x", body, len(BODY))
        assert other.seen == []
    assert storage.files == {}


def test_a_storage_with_another_certificate_gets_neither_bytes_nor_token(storage: Storage) -> None:
    with pytest.raises(StoreFailed, match=r"certificate of .* is not trusted") as caught:
        Dav(Trusting(trustme.CA(), storage.url), Policy()).put(f"{storage.url}/x", body, len(BODY))
    assert not caught.value.passing
    assert storage.seen == []


def test_a_plain_http_address_is_refused(dav: Dav) -> None:
    with pytest.raises(StoreFailed, match="no https address"):
        dav.put("http://127.0.0.1/x", body, len(BODY))


def test_a_name_with_a_hash_is_never_cut_at_it(dav: Dav, storage: Storage) -> None:
    dav.put(f"{storage.url}/run#1/a#b", body, len(BODY))
    assert storage.files == {"/run%231/a%23b": BODY}
    assert dav.seen(f"{storage.url}/run#1/a#b") == Seen(len(BODY), SUM)
    dav.remove(f"{storage.url}/run#1/a")
    assert ("DELETE", "/run%231/a", "Bearer canary") in storage.seen


def test_an_address_on_no_storage_of_the_lake_gets_nothing(dav: Dav, authority: trustme.CA) -> None:
    with serving(Storage(authority)) as other:
        for ask in (dav.seen, dav.exists, dav.remove, lambda url: dav.put(url, body, len(BODY))):
            with pytest.raises(StoreFailed, match="on no storage element of the lake"):
                ask(f"{other.url}/x")
        assert other.seen == []


@pytest.mark.parametrize("there", ["https://[::1/x", "https://a:port/x", "https://" + "a" * 70_000])
def test_a_redirect_to_no_address_is_a_cause(dav: Dav, storage: Storage, there: str) -> None:
    storage.play = lambda *_: (307, {"Location": there})
    with pytest.raises(StoreFailed):
        dav.put(f"{storage.url}/x", body, len(BODY))


def test_a_redirect_to_a_name_whose_address_changes_meanwhile_gets_nothing(
    dav: Dav, storage: Storage, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "refuse_private", lambda host, port: None)  # it was public when asked for
    with serving(Storage(authority)) as other:
        storage.play = lambda *_: (307, {"Location": f"{other.url}/x"})
        with pytest.raises(StoreFailed, match=r"private address 127\.0\.0\.1"):
            dav.put(f"{storage.url}/x", body, len(BODY))
        assert other.seen == []
