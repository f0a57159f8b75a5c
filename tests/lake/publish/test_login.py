"""A login that ends in the middle of an upload: renewed once, and where it cannot be, nothing is lost."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from ssl import SSLContext

import pytest

from tests.lake.publish.conftest import METADATA, Files, Shelf
from vre_dm.did import Did
from vre_dm.errors import UploadInterrupted
from vre_dm.lake.access import Access
from vre_dm.lake.lake import Lake
from vre_dm.lake.publish import uploading
from vre_dm.lake.publish.plan import Wish
from vre_dm.lake.publish.publication import Publication, prepare
from vre_dm.lake.publish.uploading import Shipping
from vre_dm.lake.publish.webdav import Dav
from vre_dm.lake.transfer.policy import Policy

RSE = "CNAF-STORM"
WRONG = {"Authorization": "Bearer ended"}


class Ending:
    """The lake's own access, whose token is worth nothing after so many requests, until it is renewed."""

    def __init__(self, access: Access, requests: int, *, renews: bool) -> None:
        self._access, self._left, self._renews = access, requests, renews
        self.renewals = 0

    def headers(self, url: str) -> dict[str, str]:
        self._left -= 1
        return self._access.headers(url) if self._left >= 0 else WRONG

    def renew(self, url: str, refused: Mapping[str, str]) -> bool:
        self.renewals += 1
        if self._renews:
            self._left = 1_000_000
        return self._renews

    def knows(self, url: str) -> bool:
        return self._access.knows(url)

    def verify(self, url: str | None) -> SSLContext:
        return self._access.verify(url)

    def local_path(self, pfn: str) -> Path | None:
        return self._access.local_path(pfn)

    def mount_fault(self, rse: str | None = None) -> str | None:
        return self._access.mount_fault(rse)


def publication(lake: Lake, access: Access, folder: Path, tag: str, tmp_path: Path) -> Publication:
    site = replace(lake._site, access=access, uploads=tmp_path / "uploads")
    wish = Wish(did=Did("user.dm", tag), rse=RSE, metadata=METADATA)
    return prepare(Shipping(site, Policy(rounds=2, first_wait=0.01)), folder, wish)


@pytest.mark.parametrize("requests", [1, 5, 14])
def test_a_token_that_ends_in_the_middle_is_renewed_and_nobody_notices(
    lake: Lake, files: Files, shelf: Shelf, tag: str, tmp_path: Path, requests: int
) -> None:
    access = Ending(lake.access, requests, renews=True)
    publication(lake, access, files(6), tag, tmp_path).run()
    assert 1 <= access.renewals <= 4  # one for each thread that was refused
    assert len(lake.dataset(f"user.dm:{tag}").files) == 6
    assert shelf.temporary() == []


def test_a_login_that_has_ended_keeps_what_was_placed_and_the_next_one_sends_the_rest(
    lake: Lake,
    files: Files,
    shelf: Shelf,
    tag: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, put, sent = files(9), Dav.put, list[str]()
    monkeypatch.setattr(uploading, "_THREADS", 1)  # so that nothing is under way when one is refused
    with pytest.raises(UploadInterrupted, match=r"with 401.*; log in again .*what arrived is kept"):
        publication(lake, Ending(lake.access, 14, renews=False), folder, tag, tmp_path).run()
    placed = set(shelf.stored(RSE))
    assert placed
    assert shelf.registered() == []

    def noted(self: Dav, address: str, body: Iterator[memoryview], size: int) -> None:
        sent.append(address)
        put(self, address, body, size)

    monkeypatch.setattr(Dav, "put", noted)
    publication(lake, lake.access, folder, tag, tmp_path).run()
    assert len(sent) == 9 - len(placed)
    assert len(shelf.stored(RSE)) == len(lake.dataset(f"user.dm:{tag}").files) == 9
    assert shelf.temporary() == []
