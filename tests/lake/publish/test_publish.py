"""Files of a plain user become a dataset: checked, placed, verified, and only then registered."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.lake.publish.conftest import METADATA, RSES, Files, Shelf
from vre_dm.did import Did
from vre_dm.errors import Declined, InvalidUpload, LoginRefused, NoSpace, NotInLake
from vre_dm.lake.lake import Lake
from vre_dm.lake.publish.disk import Disk
from vre_dm.lake.publish.store import StoreFailed
from vre_dm.lake.publish.webdav import Dav
from vre_dm.lake.transfer.events import (
    Event,
    Finished,
    Placed,
    Planned,
    Progress,
    Retrying,
    Started,
    Verified,
)


@pytest.mark.parametrize("rse", RSES)
def test_files_become_a_dataset_with_metadata_rule_and_lifetime(
    lake: Lake, files: Files, shelf: Shelf, tag: str, rse: str, tmp_path: Path
) -> None:
    folder, seen = files(3), list[Event]()
    made = lake.publish(
        folder, f"user.dm:{tag}", rse=rse, days=2, metadata=METADATA, comment="try", progress=seen.append
    )
    (rule,) = made.rules()
    assert rule.state.rse == rse
    assert rule.state.comment == "try"
    assert rule.state.expires is not None
    assert abs(rule.state.expires - datetime.now(UTC) - timedelta(days=2)) < timedelta(minutes=5)
    assert {key: made.metadata[key] for key in METADATA} == METADATA
    assert [path.read_bytes() for path in made.fetch(tmp_path / "back")] == [
        path.read_bytes() for path in sorted(folder.iterdir())
    ]
    assert shelf.temporary() == []
    assert list((tmp_path / "uploads").iterdir()) == []
    kinds = [type(event) for event in seen]
    assert kinds[0] is Planned
    assert kinds[-1] is Finished
    assert [kinds.count(kind) for kind in (Started, Verified, Placed)] == [3, 3, 3]
    assert Progress in kinds


def test_a_dry_run_tells_all_and_changes_nothing(lake: Lake, files: Files, shelf: Shelf, tag: str) -> None:
    before = shelf.everything()
    publication = lake.publication(
        files(2),
        f"user.dm:{tag}",
        rse="CNAF-STORM",
        days=7,
        metadata=METADATA | {"embargo_until": "2999-01-01"},
    )
    said = str(publication)
    for word in (
        f"new dataset user.dm:{tag}",
        "2 files",
        "4 kB",
        "CNAF-STORM (https)",
        f"{tag}.0.dat",
        "upload",
    ):
        assert word in said
    for word in (
        "A rule of dm keeps it at CNAF-STORM until",
        "quota left there: ",
        "embargo",
        "1 value unknown",
    ):
        assert word in said
    assert shelf.everything() <= before  # the lake itself may end what others left


def test_a_dry_run_on_a_dataset_that_is_there_changes_nothing(
    lake: Lake, files: Files, shelf: Shelf, tag: str
) -> None:
    made = lake.publish(files(1), f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA, days=3)
    before, ends = shelf.everything(), [str(rule.state.expires) for rule in made.rules()]
    said = str(lake.publication(files(3), f"user.dm:{tag}", days=9))
    assert "keep (in the dataset already)" in said
    assert "4 kB to upload" in said
    assert "its rule keeps its end" in said
    after = shelf.everything()
    assert after <= before
    assert {entry for entry in before if tag in entry} <= after
    assert [str(rule.state.expires) for rule in made.rules()] == ends


def test_running_it_again_keeps_everything_and_moves_nothing(
    lake: Lake, files: Files, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = lake.publish(files(2), f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA)
    monkeypatch.setattr(Dav, "put", lambda *_: pytest.fail("bytes moved"))
    told = list[Event]()
    again = lake.publish(files(2), f"user.dm:{tag}", metadata=METADATA, progress=told.append)
    assert again == first
    assert isinstance(told[0], Planned)
    assert told[0].remarks == ("every file is in the dataset already: nothing is uploaded",)
    assert len(again.files) == 2
    assert len(again.rules()) == 1


def test_files_are_added_to_a_dataset_and_its_rule_keeps_them(lake: Lake, files: Files, tag: str) -> None:
    folder = files(4)
    one, *others = sorted(folder.iterdir())
    lake.publish(one, f"user.dm:{tag}", rse="CERN-EOSPILOT", metadata=METADATA)
    made = lake.dataset(f"user.dm:{tag}").publish(others)
    assert len(made.files) == 4
    assert [rule.state.rse for rule in made.rules()] == ["CERN-EOSPILOT"]
    assert {replica.rse for file in made.files.located() for replica in file.replicas} == {"CERN-EOSPILOT"}


def test_a_file_of_the_lake_joins_a_second_dataset_without_moving(
    lake: Lake, files: Files, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = files(2)
    lake.publish(folder, f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA)
    monkeypatch.setattr(Dav, "put", lambda *_: pytest.fail("bytes moved"))
    made = lake.publish(folder, f"user.dm:{tag}.two", rse="CNAF-STORM", metadata=METADATA)
    assert [file.did.name for file in made.files] == [f"{tag}.0.dat", f"{tag}.1.dat"]


def test_a_name_with_other_content_is_refused_before_any_byte(
    lake: Lake, files: Files, shelf: Shelf, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = files(2)
    lake.publish(sorted(folder.iterdir())[0], f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA)
    first = folder / f"{tag}.0.dat"
    first.write_bytes(first.read_bytes()[::-1])  # the same size
    monkeypatch.setattr(Dav, "put", lambda *_: pytest.fail("bytes moved"))
    with pytest.raises(Declined, match=rf"user\.dm:{tag}\.0\.dat is in the lake already with other content"):
        lake.publish(folder, f"user.dm:{tag}", rse="CNAF-STORM")
    assert shelf.stored("CNAF-STORM") == [f"{tag}.0.dat"]


def test_a_prefix_gives_the_same_files_other_names(lake: Lake, files: Files, tag: str) -> None:
    folder = files(1)
    lake.publish(folder, f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA)
    made = lake.publish(folder, f"user.dm:{tag}.b", rse="CNAF-STORM", metadata=METADATA, prefix="b.")
    assert [file.did for file in made.files] == [Did("user.dm", f"b.{tag}.0.dat")]


def test_unregistered_bytes_of_a_stranger_are_neither_replaced_nor_removed(
    lake: Lake, files: Files, shelf: Shelf, tag: str
) -> None:
    for rse in RSES:
        there = shelf.path(rse, f"{tag}.0.dat")
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(b"a stranger's")
        with pytest.raises(Declined, match=r"holds other bytes for .* which nobody registered"):
            lake.publish(files(2), f"user.dm:{tag}", rse=rse, metadata=METADATA)
        assert there.read_bytes() == b"a stranger's"
        assert shelf.stored(rse) == [f"{tag}.0.dat"]
        assert shelf.registered() == []
        assert shelf.temporary() == []


@pytest.mark.parametrize("rse", RSES)
def test_bytes_that_a_stranger_places_while_a_rename_fails_are_not_replaced(
    lake: Lake, files: Files, shelf: Shelf, tag: str, rse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, failed = shelf.path(rse, f"{tag}.0.dat"), []

    def once_busy(move: Callable[..., bool]) -> Callable[..., bool]:
        def busy(*given: Any, **more: Any) -> bool:
            if failed:
                return move(*given, **more)
            there.parent.mkdir(parents=True, exist_ok=True)
            failed.append(there.write_bytes(b"a stranger's"))
            msg = "the storage is busy"
            raise StoreFailed(msg, passing=True)

        return busy

    for store in (Disk, Dav):
        monkeypatch.setattr(store, "move", once_busy(store.move))
    with pytest.raises(Declined, match=r"holds other bytes for .* which nobody registered"):
        lake.publish(files(1), f"user.dm:{tag}", rse=rse, metadata=METADATA)
    assert failed
    assert there.read_bytes() == b"a stranger's"
    assert shelf.temporary() == []


def test_the_same_unregistered_bytes_are_used_as_they_are(
    lake: Lake, files: Files, shelf: Shelf, tag: str
) -> None:
    folder = files(1)
    there = shelf.path("CNAF-STORM", f"{tag}.0.dat")
    there.parent.mkdir(parents=True, exist_ok=True)
    there.write_bytes((folder / f"{tag}.0.dat").read_bytes())
    made = lake.publish(folder, f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA)
    assert len(made.files) == 1
    assert shelf.temporary() == []


@pytest.mark.parametrize(
    ("did", "change", "error", "why"),
    [
        ("xenon:{tag}", {}, LoginRefused, "can not add data identifier to scope xenon"),
        ("user.nobody:{tag}", {}, LoginRefused, "ask the owner of the scope"),
        ("user.dm:{tag}+", {}, Declined, r"the lake does not take a name .*does not match"),
        (
            "user.dm:{tag}",
            {"rse": "NOWHERE"},
            NotInLake,
            "no storage element NOWHERE; name one of CERN-EOSPILOT",
        ),
        ("user.dm:{tag}", {"rse": "country=IT|country=DE"}, NotInLake, "CNAF-STORM, DESY-DCACHE; an upload"),
        ("user.dm:{tag}", {"rse": None}, InvalidUpload, "name one of CERN-EOSPILOT, CNAF-STORM, "),
        ("user.dm:{tag}", {"days": -3.0}, InvalidUpload, "up to 36500 days, not for -3;"),
        (
            "user.dm:{tag}",
            {"metadata": None},
            InvalidUpload,
            "title, experiment, technique, year, arxiv, lic",
        ),
        ("user.dm:{tag}", {"prefix": "a/"}, Declined, r"does not take a name .*'a/"),
        ("xenon:s2only.2019", {}, Declined, "is a container in the lake already"),
    ],
)
def test_what_the_lake_would_refuse_is_said_before_any_byte_moves(
    lake: Lake,
    files: Files,
    shelf: Shelf,
    tag: str,
    did: str,
    change: dict[str, Any],
    error: type[Exception],
    why: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Dav, "put", lambda *_: pytest.fail("bytes moved"))
    asked: dict[str, Any] = {"rse": "CNAF-STORM", "metadata": METADATA} | change
    with pytest.raises(error, match=why) as caught:
        lake.publish(files(2), did.format(tag=tag), **asked)
    assert "\n" not in str(caught.value)
    assert shelf.is_empty()


def test_a_quota_that_is_too_small_is_said_before_any_byte_moves(
    lake: Lake, files: Files, shelf: Shelf, tag: str
) -> None:
    with pytest.raises(NoSpace, match=r"12 MB do not fit: dm has 10\.5 MB left at PIC-DCACHE"):
        lake.publication(files(1, 12_000_000), f"user.dm:{tag}", rse="PIC-DCACHE", metadata=METADATA)
    assert shelf.is_empty()


def test_a_refused_registration_takes_everything_back(
    lake: Lake, files: Files, shelf: Shelf, tag: str
) -> None:
    """The quota is used up between the plan and its end: the one check that no rehearsal can make."""
    publication = lake.publication(files(2, 4_000_000), f"user.dm:{tag}", rse="PIC-DCACHE", metadata=METADATA)
    other = lake.publish(
        {f"{tag}-x": next(iter(files(1, 6_000_000).iterdir()))},
        f"user.dm:other.{tag}",
        rse="PIC-DCACHE",
        metadata=METADATA,
        days=1,
    )
    with pytest.raises(
        (NoSpace, InvalidUpload), match="nothing is registered, nothing is left on the storage"
    ):
        publication.run()
    assert not [did for did in shelf.registered() if did not in (str(other.did), f"user.dm:{tag}-x")]
    assert shelf.stored("PIC-DCACHE") == [f"{tag}-x"]
    assert shelf.temporary() == []
    other.rules()[0].delete()


@pytest.mark.parametrize("rse", RSES)
def test_a_storage_that_takes_other_bytes_without_a_word_is_noticed_and_asked_again(
    lake: Lake,
    files: Files,
    shelf: Shelf,
    tag: str,
    rse: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, seen, damaged = files(2), list[Event](), list[str]()

    def damaging(put: Callable[..., None]) -> Callable[..., None]:
        def put_damaged(store: Any, address: str, body: Callable[[], Any], size: int) -> None:
            def flipped() -> Iterator[memoryview]:
                for chunk in body():
                    yield memoryview(bytes(chunk)[:-1] + b"!")

            once = address not in damaged
            damaged.append(address)
            put(store, address, flipped if once else body, size)

        return put_damaged

    for store in (Disk, Dav):
        monkeypatch.setattr(store, "put", damaging(store.put))
    made = lake.publish(folder, f"user.dm:{tag}", rse=rse, metadata=METADATA, progress=seen.append)
    retried = [event.cause for event in seen if isinstance(event, Retrying)]
    assert len(retried) == 2
    assert all(cause.startswith("other bytes arrived: adler32 ") for cause in retried)
    assert [path.read_bytes() for path in made.fetch(tmp_path / "back")] == [
        path.read_bytes() for path in sorted(folder.iterdir())
    ]
    assert shelf.temporary() == []


def test_a_file_that_changes_on_its_way_is_not_published(
    lake: Lake, files: Files, shelf: Shelf, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, put = files(2), Dav.put

    def change(self: Dav, address: str, body: Any, size: int) -> None:
        put(self, address, body, size)
        with (folder / f"{tag}.1.dat").open("ab") as stream:
            stream.write(b"more")

    monkeypatch.setattr(Dav, "put", change)
    with pytest.raises(InvalidUpload, match=rf"{tag}\.1\.dat changed while it was uploaded"):
        lake.publish(folder, f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA)
    assert shelf.is_empty()


def test_an_empty_file_and_a_large_dataset_in_pages(
    lake: Lake, tag: str, tmp_path: Path, files: Files
) -> None:
    folder = files(7, 20)
    (folder / f"{tag}.empty").touch()
    from vre_dm.lake.publish.plan import Wish
    from vre_dm.lake.publish.publication import prepare
    from vre_dm.lake.publish.uploading import Shipping

    wish = Wish(did=Did("user.dm", tag), rse="CNAF-STORM", metadata=METADATA)
    prepare(Shipping(lake._connection, lake.access, page=3), folder, wish).run()
    made = lake.dataset(f"user.dm:{tag}")
    assert len(made.files) == 8
    assert {path.stat().st_size for path in made.fetch(tmp_path / "back")} == {0, 20}


def test_other_metadata_than_registered_are_refused_and_the_same_accepted(
    lake: Lake, files: Files, tag: str
) -> None:
    lake.publish(files(1), f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA)
    with pytest.raises(InvalidUpload, match=r"other metadata \(year is 2024, not 2025\)"):
        lake.publication(files(2), f"user.dm:{tag}", metadata=METADATA | {"year": 2025})
    for same in (METADATA, {"year": METADATA["year"]}):
        assert lake.publication(files(2), f"user.dm:{tag}", metadata=same).plan.is_new is False
    with pytest.raises(InvalidUpload, match=r"other metadata \(year is 2024, not 2025\)"):
        lake.publication(files(2), f"user.dm:{tag}", metadata={"year": 2025})


def test_a_closed_dataset_takes_no_more_files_and_an_extended_one_lives_longer(
    lake: Lake, files: Files, tag: str
) -> None:
    made = lake.publish(files(1), f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA, days=1)
    made.extend(30)
    expires = made.rules()[0].state.expires
    assert expires is not None
    assert expires - datetime.now(UTC) > timedelta(days=29)
    made.close()
    made.close()  # once more is no error
    with pytest.raises(Declined, match="is closed"):
        made.publish(files(2))
    with pytest.raises(NotInLake, match="no rule of yours"):
        lake.dataset("xenon:s2only.limits").extend(3)


def test_no_rule_at_the_element_is_said_with_the_next_step(lake: Lake, files: Files, tag: str) -> None:
    made = lake.publish(files(1), f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA)
    with pytest.raises(
        Declined, match=r'kept at: CNAF-STORM\); upload there, or .*replicate\("DESY-DCACHE"\)'
    ):
        made.publish(files(2), rse="DESY-DCACHE")


def test_a_full_storage_is_said_and_leaves_nothing(
    lake: Lake, files: Files, shelf: Shelf, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, data: Any) -> int:
        if len(data) == 2000 and "mine" not in str(Path(f"/proc/self/fd/{descriptor}").readlink()):
            raise OSError(28, "No space left on device")
        return write(descriptor, data)

    write = os.write
    monkeypatch.setattr("vre_dm.lake.publish.disk.os.write", full)
    with pytest.raises(NoSpace, match="No space left on device"):
        lake.publish(files(2), f"user.dm:{tag}", rse="CERN-EOSPILOT", metadata=METADATA)
    monkeypatch.undo()
    assert shelf.is_empty()


def test_two_runs_at_once_do_not_mix(
    lake: Lake, files: Files, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, second, folder = Disk.put, [], files(1)

    def meanwhile(self: Disk, address: str, body: Any, size: int) -> None:
        if not second:
            second.append(1)
            with pytest.raises(InvalidUpload, match="another process of yours uploads to this dataset now"):
                lake.publish(folder, f"user.dm:{tag}", rse="CERN-EOSPILOT", metadata=METADATA)
        put(self, address, body, size)

    monkeypatch.setattr(Disk, "put", meanwhile)
    made = lake.publish(folder, f"user.dm:{tag}", rse="CERN-EOSPILOT", metadata=METADATA)
    assert second
    assert len(made.files) == 1
