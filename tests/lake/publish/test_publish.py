"""Files of a plain user become a dataset: checked, placed, verified, and only then registered."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.lake.publish.conftest import METADATA, RSES, Files, Shelf
from vre_dm.did import Did
from vre_dm.errors import Declined, NotInLake
from vre_dm.lake.lake import Lake
from vre_dm.lake.publish.webdav import Dav
from vre_dm.lake.transfer.events import (
    Event,
    Finished,
    Placed,
    Planned,
    Progress,
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


def test_a_prefix_gives_the_same_files_other_names(lake: Lake, files: Files, tag: str) -> None:
    folder = files(1)
    lake.publish(folder, f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA)
    made = lake.publish(folder, f"user.dm:{tag}.b", rse="CNAF-STORM", metadata=METADATA, prefix="b.")
    assert [file.did for file in made.files] == [Did("user.dm", f"b.{tag}.0.dat")]


def test_an_empty_file_and_a_large_dataset_in_pages(
    lake: Lake, tag: str, tmp_path: Path, files: Files
) -> None:
    folder = files(7, 20)
    (folder / f"{tag}.empty").touch()
    from vre_dm.lake.publish.plan import Wish
    from vre_dm.lake.publish.publication import prepare
    from vre_dm.lake.publish.uploading import Shipping

    wish = Wish(did=Did("user.dm", tag), rse="CNAF-STORM", metadata=METADATA)
    prepare(Shipping(lake._site, page=3), folder, wish).run()
    made = lake.dataset(f"user.dm:{tag}")
    assert len(made.files) == 8
    assert {path.stat().st_size for path in made.fetch(tmp_path / "back")} == {0, 20}


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
        lake.dataset("madhat:set1").extend(3)
