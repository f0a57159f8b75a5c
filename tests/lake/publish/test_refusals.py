"""What the lake would not take is said before any byte moves, or everything is taken back."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.lake.publish.conftest import METADATA, Files, Shelf
from tests.lakes import until
from vre_dm.errors import Declined, InvalidUpload, LoginRefused, NoSpace, NotInLake
from vre_dm.lake.instance import Mount
from vre_dm.lake.lake import Lake
from vre_dm.lake.publish.disk import Disk
from vre_dm.lake.publish.webdav import Dav
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout


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
            "title, experiment, technique, arxiv, lic",
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


def used(lake: Lake, rse: str) -> int:
    """Bytes that the lake has counted for the user."""
    return next(allowance.used for allowance in lake.quota().allowances if allowance.rse == rse)


def test_a_refused_registration_takes_everything_back(
    lake: Lake, files: Files, shelf: Shelf, tag: str, tmp_path: Path
) -> None:
    """The quota is used up between the plan and its end: the one check that no rehearsal can make."""
    large = tmp_path / "large"
    large.write_bytes(tag.encode().ljust(6_000_000))
    publication = lake.publication(files(2, 4_000_000), f"user.dm:{tag}", rse="PIC-DCACHE", metadata=METADATA)
    other = lake.publish(
        {f"{tag}-x": large},
        f"user.dm:other.{tag}",
        rse="PIC-DCACHE",
        metadata=METADATA,
        days=1,
    )
    until(lambda: used(lake, "PIC-DCACHE") >= 6_000_000)  # the lake counts later
    with pytest.raises(NoSpace, match="nothing is registered, nothing is left on the storage"):
        publication.run()
    assert not [did for did in shelf.registered() if did not in (str(other.did), f"user.dm:{tag}-x")]
    assert shelf.stored("PIC-DCACHE") == [f"{tag}-x"]
    assert shelf.temporary() == []
    other.rules()[0].delete()


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


def test_a_file_with_the_name_of_its_dataset_is_refused_in_our_words(
    lake: Lake, files: Files, tag: str
) -> None:
    file = {tag: next(iter(files(1).iterdir()))}
    with pytest.raises(Declined, match="name of the dataset and of a file in it") as caught:
        lake.publication(file, f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA)
    assert caught.value.field == "did"


def test_no_rule_at_the_element_is_said_with_the_next_step(lake: Lake, files: Files, tag: str) -> None:
    made = lake.publish(files(1), f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA)
    with pytest.raises(
        Declined, match=r'kept at: CNAF-STORM\); upload there, or .*replicate\("DESY-DCACHE"\)'
    ):
        made.publish(files(2), rse="DESY-DCACHE")


def mounted(lake: Lake, embedded_lake: LakeStatus, folder: Path) -> Lake:
    """The lake as a machine sees it that has mounted one of its elements, where other users read too."""
    storage = Layout(embedded_lake.root).storage("CERN-EOSPILOT")
    mount = Mount("CERN-EOSPILOT", storage, begins_at=len(storage.parts) - 1)
    return Lake(replace(lake.instance, mount=mount), folder / "fetched", uploads=folder / "uploads")


@pytest.mark.parametrize("rse", [None, "CERN-EOSPILOT"])
def test_what_is_under_embargo_is_not_published_where_others_of_this_machine_read(
    lake: Lake,
    embedded_lake: LakeStatus,
    files: Files,
    shelf: Shelf,
    tag: str,
    tmp_path: Path,
    rse: str | None,
) -> None:
    here, hidden = mounted(lake, embedded_lake, tmp_path), METADATA | {"embargo_until": "2999-01-01"}
    why = rf"^user\.dm:{tag} is under embargo until 2999-.*CERN-EOSPILOT is mounted .*; name another RSE$"
    with pytest.raises(Declined, match=why) as caught:
        here.publication(files(1), f"user.dm:{tag}", rse=rse, metadata=hidden)
    assert caught.value.field == "rse"
    assert shelf.is_empty()
    there = here.publication(files(1), f"user.dm:{tag}", rse="CNAF-STORM", metadata=hidden)
    assert "the storage does not enforce it" in str(there.notes)
    over = METADATA | {"embargo_until": "2001-01-01"}
    assert "mbargo" not in str(here.publication(files(1), f"user.dm:{tag}", rse=rse, metadata=over).notes)


def test_files_that_join_what_is_under_embargo_stay_off_the_mount_and_the_plan_says_it(
    lake: Lake, embedded_lake: LakeStatus, files: Files, shelf: Shelf, tag: str, tmp_path: Path
) -> None:
    hidden = METADATA | {"embargo_until": "2999-01-01"}
    lake.publish(files(1), f"user.dm:{tag}", rse="CERN-EOSPILOT", metadata=hidden, days=1)
    assert "the storage does not enforce it" in str(lake.publication(files(2), f"user.dm:{tag}"))
    here = mounted(lake, embedded_lake, tmp_path)
    with pytest.raises(Declined, match=rf"user\.dm:{tag} is under embargo .*CERN-EOSPILOT is mounted where"):
        here.publication(files(2), f"user.dm:{tag}")
    assert shelf.stored("CERN-EOSPILOT") == [f"{tag}.0.dat"]
    (tmp_path / "mine" / f"{tag}.1.dat").unlink()
    assert here.publication(files(1), f"user.dm:{tag}").plan.is_done  # brings nothing there


def test_a_file_under_embargo_joins_no_new_dataset_on_the_mount(
    lake: Lake, embedded_lake: LakeStatus, files: Files, tag: str, tmp_path: Path
) -> None:
    made = lake.publish(files(1), f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA, days=1)
    dated = made.files[0].did
    lake._connection.ask(
        "x", lambda rucio: rucio.set_metadata(dated.scope, dated.name, "embargo_until", "2999-01-01")
    )
    here = mounted(lake, embedded_lake, tmp_path)
    with pytest.raises(Declined, match=rf"^{dated} is under embargo .*CERN-EOSPILOT is mounted where"):
        here.publication(files(1), f"user.dm:other.{tag}", metadata=METADATA)


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
