"""What is in a dataset is told at once the second time, anew when that is wanted, and never after its end."""

from pathlib import Path
from typing import Any

import pytest

from tests.lake.conftest import Make
from tests.lakes import erase
from tests.server.conftest import Asked, lines, said
from tests.server.fetches import LONG
from tests.server.listening import Listen
from tests.server.test_catalogue import rows
from vre_dm.did import Did
from vre_dm.sandbox import LakeStatus

pytestmark = pytest.mark.usefixtures("no_job_is_left")


@pytest.fixture
def dataset(make: Make) -> Did:
    return make("opened.twice", files=3)


def add_file(rucio: Any, did: Did, name: str) -> None:
    file = {"scope": did.scope, "name": name, "bytes": 1, "adler32": "00000001"}
    rucio.add_replicas("CNAF-STORM", [file])
    rucio.attach_dids(did.scope, did.name, [file])


async def test_what_was_opened_lately_is_told_as_it_was_until_it_is_asked_for_anew(
    api: Asked, dataset: Did, rucio: Any
) -> None:
    async def names(**more: str) -> set[str]:
        return {row["name"] for row in rows(await api("children", params={"did": str(dataset)} | more))}

    before = await names()
    assert len(before) == 3
    added = f"{dataset.name}.added"
    add_file(rucio, dataset, added)
    assert await names() == before
    assert await names(kind="dataset") == set()
    assert await names(refresh="1") == before | {added}
    assert await names() == before | {added}


async def test_a_dataset_that_is_gone_is_said_to_be_gone_even_if_its_files_are_known(
    api: Asked, dataset: Did, on_lake: LakeStatus
) -> None:
    params = {"did": str(dataset)}
    assert len(rows(await api("children", params=params))) == 3
    assert said(await api("files", params=params))["total"] == 3
    erase(on_lake, dataset)
    *known, last = lines(await api("children", params=params))
    assert sum(len(line["rows"]) for line in known) == 3
    gone = f"{dataset} is no longer in the lake: it was deleted, or its time was over"
    assert (last["error"], last["field"], last["message"]) == ("NotInLake", "did", gone)
    for path in ("children", "dataset", "files", "replicas", "forecast", "rules"):
        anew = await api(path, params=params)
        assert (anew.code, said(anew)["error"], said(anew)["message"]) == (404, "NotInLake", gone), path


async def test_one_that_was_only_listed_is_said_to_be_gone_too(
    api: Asked, dataset: Did, on_lake: LakeStatus
) -> None:
    listed = rows(await api("search", params={"pattern": str(dataset)}))
    assert [row["did"] for row in listed] == [str(dataset)]
    erase(on_lake, dataset)
    response = await api("dataset", params={"did": str(dataset)})
    assert "no longer in the lake" in said(response)["message"]


async def test_what_a_page_heard_to_be_published_is_there_when_it_asks(
    api: Asked, listen: Listen, dataset: Did, rucio: Any, jp_root_dir: Path
) -> None:
    rucio.add_replication_rule([{"scope": dataset.scope, "name": dataset.name}], 1, "CNAF-STORM")
    (jp_root_dir / f"{dataset.name}.csv").write_text("1,2\n")
    params = {"did": str(dataset)}
    publish = {
        "files": [f"{dataset.name}.csv"],
        "did": str(dataset),
        "rse": "CNAF-STORM",
        "days": 1,
        "metadata": None,
        "prefix": None,
        "comment": None,
        "dry_run": False,
    }
    async with listen("events") as page:
        assert len(rows(await api("children", params=params))) == 3
        response = await api("publish", method="POST", body=publish, **LONG)
        assert response.code == 201, response.body
        job = await page.until("job", lambda job: job["state"] != "running")
        assert (job["state"], job["what"]) == ("finished", str(dataset))
        assert len(rows(await api("children", params=params))) == 4


async def test_refresh_is_yes_or_no(api: Asked, dataset: Did) -> None:
    answer = await api("children", params={"did": str(dataset), "refresh": "perhaps"})
    assert (answer.code, said(answer)["field"]) == (400, "refresh")
