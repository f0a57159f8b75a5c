"""Publishing by HTTP: rehearsed, then done as a job; nothing outside of what the file browser shows."""

import json
import os
import signal
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.server import half_way
from tests.server.conftest import Asked, said
from tests.server.fetches import LONG, over
from vre_dm.errors import InvalidRequest, InvalidUpload, NotInLake
from vre_dm.lake.jobs.task import Task
from vre_dm.lake.lake import Lake
from vre_dm.sandbox import LakeStatus
from vre_dm.server import launching
from vre_dm.server.below import Shown
from vre_dm.server.publishing import _task

pytestmark = pytest.mark.usefixtures("no_job_is_left")

METADATA = {
    "title": "a <b>title</b>",
    "experiment": "X",
    "technique": "direct detection",
    "year": 2024,
    "arxiv": "unknown",
    "licence": "CC0",
}


@pytest.fixture
def name(jp_root_dir: Path) -> str:
    """Name of a dataset to be, and of a file in the folder "to go"."""
    tag = f"w{uuid.uuid4().hex[:10]}"
    (jp_root_dir / "to go").mkdir()
    (jp_root_dir / "to go" / f"{tag}.csv").write_text("1,2\n")
    return tag


def order(name: str, **changes: object) -> dict[str, object]:
    return {
        "files": [f"to go/{name}.csv"],
        "did": f"user.dm:{name}",
        "rse": "CNAF-STORM",
        "days": 1,
        "metadata": METADATA,
        "prefix": None,
        "comment": None,
        "dry_run": True,
    } | changes


async def killed_half_way(api: Asked, wish: dict[str, object]) -> Any:
    """An upload whose process was killed before all its bytes had left."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launching, "_COMMAND", half_way.COMMAND)
        job = said(await api("publish", method="POST", body=wish, **LONG))
    os.kill(job["pid"], signal.SIGKILL)
    return job


async def test_the_form_gets_the_schema_and_the_scopes_that_may_be_written(api: Asked) -> None:
    answer = said(await api("publish", "schema"))
    assert "user.dm" in answer["scopes"]
    assert "xenon" not in answer["scopes"]
    assert set(METADATA) <= set(answer["schema"]["properties"])
    assert answer["rse"] is None  # as none is mounted here


async def test_the_form_proposes_the_storage_element_that_is_mounted_here(
    api: Asked, on_lake: LakeStatus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount = {"BASE_URL": on_lake.url, "OIDC_AUTH": "1", "RSE_MOUNT_PATH": str(tmp_path)}
    for name, value in (mount | {"DESTINATION_RSE": "CERN-EOSPILOT"}).items():
        monkeypatch.setenv(f"RUCIO_{name}", value)
    assert said(await api("publish", "schema"))["rse"] == "CERN-EOSPILOT"


async def test_a_file_is_rehearsed_uploaded_and_can_be_fetched(
    api: Asked, name: str, lake: Lake, tmp_path: Path
) -> None:
    plan = await api("publish", method="POST", body=order(name), **LONG)
    assert plan.code == 200, plan.body
    step = {"name": f"{name}.csv", "size": 4, "what": "upload", "path": f"to go/{name}.csv"}
    assert said(plan)["steps"] == [step]
    assert (said(plan)["new"], said(plan)["rse"]) == (True, "CNAF-STORM")
    assert any("quota left there" in note for note in said(plan)["notes"])
    with pytest.raises(NotInLake):
        lake.dataset(f"user.dm:{name}")
    response = await api("publish", method="POST", body=order(name, dry_run=False), **LONG)
    assert response.code == 201, response.body
    job = await over(api, said(response)["job"])
    assert (job["kind"], job["what"], job["state"]) == ("upload", f"user.dm:{name}", "finished")
    dataset = lake.dataset(f"user.dm:{name}")
    assert dataset.metadata["title"] == METADATA["title"]
    (path,) = dataset.fetch(tmp_path / "back")
    assert path.read_text() == "1,2\n"
    for dry_run in (True, False):
        taken = await api("publish", method="POST", body=order(name, new=True, dry_run=dry_run), **LONG)
        assert (taken.code, said(taken)["field"]) == (409, "did"), taken.body
    assert len(said(await api("jobs"))["jobs"]) == 1
    again = said(await api("publish", method="POST", body=order(name, metadata=None, new=False), **LONG))
    assert (again["new"], again["steps"][0]["what"].split()[0]) == (False, "keep")


async def test_a_killed_upload_is_continued_with_all_that_was_said(
    api: Asked, name: str, lake: Lake, jp_root_dir: Path
) -> None:
    size = 20_000_000  # more than one piece; of zeros, it takes no room here
    with (jp_root_dir / "to go" / f"{name}.csv").open("wb") as file:
        file.truncate(size)
    wish = order(name, dry_run=False, prefix="run1.", comment="why")
    job = await killed_half_way(api, wish)
    died = await over(api, job["job"])
    assert (died["state"], died["can"]) == ("died", ["continue", "delete"])
    again = await api("jobs", job["job"], "continue", method="POST", **LONG)
    assert again.code == 201, again.body
    assert (await over(api, said(again)["job"]))["state"] == "finished"
    dataset = lake.dataset(f"user.dm:{name}")
    assert [(file.did.name, file.size) for file in dataset.files] == [(f"run1.{name}.csv", size)]
    assert dataset.metadata["title"] == METADATA["title"]
    assert [rule.state.comment for rule in dataset.rules()] == ["why"]


async def test_a_killed_upload_does_not_go_on_with_a_link_that_took_the_place_of_its_file(
    api: Asked, name: str, lake: Lake, jp_root_dir: Path, tmp_path: Path
) -> None:
    file, secret = jp_root_dir / "to go" / f"{name}.csv", tmp_path / "secret"
    with file.open("wb") as stream:
        stream.truncate(20_000_000)
    secret.write_text("s")
    job = await killed_half_way(api, order(name, dry_run=False))
    assert "continue" in (await over(api, job["job"]))["can"]
    file.unlink()
    file.symlink_to(secret)
    again = await api("jobs", job["job"], "continue", method="POST", **LONG)
    assert (again.code, said(again)["field"]) == (400, "files"), again.body
    assert f"{name}.csv leads elsewhere than when it was chosen" in said(again)["message"]
    with pytest.raises(NotInLake):
        lake.dataset(f"user.dm:{name}")


def test_a_file_that_is_exchanged_while_the_upload_starts_is_refused(
    name: str, lake: Lake, jp_root_dir: Path, tmp_path: Path
) -> None:
    file, secret, shown = (
        jp_root_dir / "to go" / f"{name}.csv",
        tmp_path / "secret",
        Shown(jp_root_dir, False),
    )
    secret.write_text("s")
    files = shown.files(["to go"], "files")
    task = _task(shown, files, order(name), lake)
    file.unlink()
    file.symlink_to(secret)
    with pytest.raises(InvalidUpload, match=rf"{name}\.csv leads elsewhere than when it was chosen"):
        Task.read(json.loads(json.dumps(task.document()))).start(lake)  # as its process does
    with pytest.raises(InvalidRequest, match="secret' leads out of the folder that JupyterLab shows"):
        _task(shown, files, order(name), lake)
    with pytest.raises(NotInLake):
        lake.dataset(f"user.dm:{name}")


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"files": ["../secret"]}, 400, "files"),
        ({"files": ["/etc/passwd"]}, 400, "files"),
        ({"files": ["out/secret"]}, 400, "files"),
        ({"files": ["a/../../secret"]}, 400, "files"),
        ({"files": [".hidden"]}, 400, "files"),
        ({"files": ["to go/.hidden"]}, 400, "files"),
        ({"files": ["to hidden"]}, 400, "files"),
        ({"files": ["is not there"]}, 400, "files"),
        ({"files": []}, 400, "files"),
        ({"files": "x"}, 400, "files"),
        ({"did": "user.dm:<img onerror=alert(1)>"}, 400, "did"),
        ({"did": "xenon:s2only.limits", "metadata": None}, None, None),
        ({"metadata": {"title": "t"}}, 400, "metadata.experiment"),
        ({"metadata": METADATA | {"year": "2024"}}, 400, "metadata.year"),
        ({"metadata": METADATA | {"created_at": "x"}}, 400, "metadata.created_at"),
        (
            {"metadata": METADATA | {"columns": [{"name": "m", "unit": ""}, {"name": 1}]}},
            400,
            "metadata.columns.1.unit",
        ),
        ({"metadata": METADATA | {f"k{n}": 1 for n in range(100)}}, 400, "metadata"),
        ({"rse": "NO-SUCH-RSE"}, 404, "rse"),
        ({"days": 0}, 400, "days"),
        ({"days": 1e308}, 400, "days"),
        ({"files": ["x"] * 1001}, 400, "files"),
        ({"files": ["x" * 300]}, 400, "files"),
        ({"files": ["round/x"]}, 400, "files"),
        ({"metadata": METADATA | {"year": float("inf")}}, 400, None),
        ({"more": 1}, 400, None),
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
async def test_what_cannot_be_published_is_said_at_its_field_and_registers_nothing(
    api: Asked,
    name: str,
    lake: Lake,
    jp_root_dir: Path,
    tmp_path: Path,
    changes: dict[str, object],
    status: int | None,
    field: str | None,
    dry_run: bool,
) -> None:
    (tmp_path / "secret").write_text("s")
    (jp_root_dir / "out").symlink_to(tmp_path)
    (jp_root_dir / "round").symlink_to("round")
    (jp_root_dir / "to hidden").symlink_to(".hidden")
    for hidden in (jp_root_dir / ".hidden", jp_root_dir / "to go/.hidden"):
        hidden.write_text("s")
    response = await api("publish", method="POST", body=order(name, dry_run=dry_run) | changes, **LONG)
    if status is None:
        assert response.code in {409, 424}, response.body
    else:
        assert (response.code, said(response)["field"]) == (status, field), response.body
    assert "\n" not in said(response)["message"]
    assert said(await api("jobs"))["jobs"] == []
    with pytest.raises(NotInLake):
        lake.dataset(f"user.dm:{name}")


async def test_a_link_inside_the_root_is_what_it_leads_to(api: Asked, name: str, jp_root_dir: Path) -> None:
    (jp_root_dir / "link").symlink_to("to go")
    answer = await api("publish", method="POST", body=order(name, files=["link"]), **LONG)
    assert answer.code == 200, answer.body
    assert [step["name"] for step in said(answer)["steps"]] == [f"{name}.csv"]
