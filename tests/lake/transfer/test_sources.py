"""Which replica is read first."""

import importlib.util
from pathlib import Path

import pytest

from tests.faults.world import OpenAccess
from vre_dm.did import Did
from vre_dm.lake.files import File, Replica
from vre_dm.lake.transfer.sources import shown, sources


def ranked(*replicas: Replica) -> list[str]:
    found, _ = sources(File(Did("s", "n"), 1, replicas=replicas), OpenAccess())
    return [source.rse for source in found]


def test_a_local_path_comes_first_and_what_is_down_last():
    assert ranked(
        Replica("down", "file://localhost/a", available=False),
        Replica("plain", "http://h/a"),
        Replica("web", "https://h/a"),
        Replica("dav", "davs://h/a"),
        Replica("here", "file://localhost/a"),
    ) == ["here", "web", "dav", "plain", "down"]


def test_a_path_comes_before_https_that_before_root_and_copies_of_a_kind_keep_their_order(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    assert ranked(
        Replica("open", "http://h/a"),
        Replica("root 1", "root://h//a"),
        Replica("web 1", "https://h/a"),
        Replica("root 2", "root://i//a"),
        Replica("web 2", "davs://h/a"),
        Replica("here", "file://localhost/a"),
    ) == ["here", "web 1", "web 2", "root 1", "root 2", "open"]


@pytest.mark.parametrize("pfn", ["gsiftp://h//a", "srm://h/a", "s3://h/a"])
def test_a_protocol_that_cannot_be_read_is_named(pfn: str):
    found, useless = sources(File(Did("s", "n"), 1, replicas=(Replica("X", pfn),)), OpenAccess())
    assert found == []
    assert useless == [("X", f"{pfn.partition(':')[0]}:// cannot be read from here")]


def test_without_a_client_root_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    found, useless = sources(File(Did("s", "n"), 1, replicas=(Replica("X", "root://h//a"),)), OpenAccess())
    assert found == []
    assert useless == [("X", "root:// needs: pip install vre-dm[stream]")]


def test_a_root_address_of_no_storage_element_is_not_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    access = OpenAccess(elements="https://")
    found, useless = sources(File(Did("s", "n"), 1, replicas=(Replica("X", "root://h//a"),)), access)
    assert found == []
    assert useless == [("X", "root://h//a is on no storage element of the lake")]


def test_webdav_addresses_are_asked_over_https():
    found, _ = sources(File(Did("s", "n"), 1, replicas=(Replica("X", "DAVS://h:443/a?b"),)), OpenAccess())
    assert found[0].url == "https://h:443/a?b"


def test_a_local_copy_is_a_path():
    found, _ = sources(File(Did("s", "n"), 1, replicas=(Replica("X", "file://localhost/a/b"),)), OpenAccess())
    assert found[0].path == Path("/a/b")


@pytest.mark.parametrize("pfn", ["https://[bad/x", "https://u:hunter2@h:99999/x", "https://h/\ud800\x1b[31m"])
def test_whatever_the_address_it_can_be_shown(pfn: str):
    assert shown(pfn).isprintable()
    assert "hunter2" not in shown(pfn)


def test_an_address_is_shown_without_its_secrets():
    assert shown("https://u:p@h:1/a/b?token=t#f") == "https://h:1/a/b"


def test_a_name_with_a_hash_sign_is_asked_for_whole():
    found, _ = sources(File(Did("s", "a#b"), 1, replicas=(Replica("X", "https://h/s/a#b"),)), OpenAccess())
    assert found[0].url == "https://h/s/a%23b"
