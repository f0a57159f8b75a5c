"""More files than one request may name: refused at any point, they leave no bytes and no half dataset."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.lake.publish.conftest import METADATA, Files, Shelf
from tests.lakes import until
from vre_dm.errors import Declined, NotInLake
from vre_dm.lake.lake import Lake
from vre_dm.lake.publish.plan import Wish
from vre_dm.lake.publish.publication import prepare
from vre_dm.lake.publish.registering import PAGE
from vre_dm.lake.publish.uploading import Shipping
from vre_dm.lake.transport import RucioClient

RSE = "CERN-EOSPILOT"
MANY = PAGE + 3


def test_a_refused_upload_of_more_files_than_a_page_leaves_nothing(
    lake: Lake, files: Files, shelf: Shelf, tag: str, tmp_path: Path
) -> None:
    """Somebody takes the name of the dataset while the bytes are on their way."""
    publication = lake.publication(files(MANY, 10), f"user.dm:{tag}", rse=RSE, metadata=METADATA)
    lake._connection.ask("the name", lambda rucio: rucio.add_dataset("user.dm", tag))
    with pytest.raises(Declined, match=r"meanwhile.*nothing is registered, nothing is left"):
        publication.run()
    assert shelf.registered() == [f"user.dm:{tag}"]
    assert shelf.stored(RSE) == []
    assert shelf.temporary() == []
    assert list((tmp_path / "uploads").iterdir()) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)  # also on a machine that does much else
def test_a_dataset_whose_second_page_is_refused_is_removed_by_the_lake_and_its_names_are_free(
    lake: Lake, files: Files, shelf: Shelf, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = RucioClient.add_dataset

    def add_and_close(self: RucioClient, scope: str, name: str, *given: Any, **more: Any) -> Any:
        made = add(self, scope, name, *given, **more)
        self.close(scope, name)  # somebody closes it between the requests
        return made

    monkeypatch.setattr(RucioClient, "add_dataset", add_and_close)
    folder = files(MANY, 10)
    with pytest.raises(Declined, match=f"{PAGE} files were registered before; the lake removes them"):
        lake.publish(folder, f"user.dm:{tag}", rse=RSE, metadata=METADATA)
    monkeypatch.undo()
    assert len(shelf.stored(RSE)) <= PAGE
    until(lambda: not _known(shelf) and shelf.stored(RSE) == [], 120)
    assert len(lake.publish(folder, f"user.dm:{tag}", rse=RSE, metadata=METADATA).files) == MANY


def _known(shelf: Shelf) -> bool:
    try:
        return bool(shelf.registered())
    except NotInLake:
        return False


def test_files_that_were_added_before_a_refusal_stay_and_are_counted(
    lake: Lake, files: Files, shelf: Shelf, tag: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, attach = files(9, 10), RucioClient.attach_dids_to_dids
    one = min(folder.iterdir())
    made = lake.publish(one, f"user.dm:{tag}", rse=RSE, metadata=METADATA)

    def attach_and_close(self: RucioClient, *given: Any, **more: Any) -> Any:
        done = attach(self, *given, **more)
        self.close("user.dm", tag)
        return done

    monkeypatch.setattr(RucioClient, "attach_dids_to_dids", attach_and_close)
    way = Shipping(replace(lake._site, uploads=tmp_path / "uploads"), page=3)
    publication = prepare(way, folder, Wish(did=made.did, rse=RSE))
    with pytest.raises(Declined, match=r"\(3 files were added before and stay; run again to add"):
        publication.run()
    assert len(lake.dataset(made.did).files) == len(shelf.stored(RSE)) == 4
    assert shelf.temporary() == []
    assert list((tmp_path / "uploads").iterdir()) == []
