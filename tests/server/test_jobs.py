"""A fetch by HTTP: a process of its own that is seen, stopped, killed and continued, with the right bytes."""

import asyncio
import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.lake.jobs.terminal import DID, held
from tests.server.conftest import Asked, said
from tests.server.fetches import LONG, ORDER, continued, over, started, whole
from tests.server.listening import Listen
from vre_dm import session
from vre_dm.lake.lake import Lake

pytestmark = pytest.mark.usefixtures("no_job_is_left")


@pytest.fixture
def my_data(jp_root_dir: Path) -> Path:
    """Folder that `ORDER` names."""
    return jp_root_dir / "my data"


async def test_a_fetch_brings_the_right_bytes_and_tells_its_paths(
    api: Asked, lake: Lake, my_data: Path
) -> None:
    job = await over(api, (await started(api))["job"])
    assert (job["state"], job["remark"], job["can"]) == ("finished", "", ["delete"])
    assert whole(lake, my_data)
    assert sorted(job["paths"]) == sorted(str(path) for path in my_data.rglob("*") if path.is_file())
    assert job["report"] == []
    listed = said(await api("jobs"))["jobs"]
    assert [(one["job"], one["what"], one["pid"] != os.getpid()) for one in listed] == [
        (job["job"], DID, True)
    ]
    assert (await api("jobs", job["job"], method="DELETE")).code == 204
    assert said(await api("jobs"))["jobs"] == []
    assert whole(lake, my_data)


async def test_two_fetches_of_the_same_share_one_transfer(api: Asked, lake: Lake, my_data: Path) -> None:
    names = [job["job"] for job in await asyncio.gather(started(api), started(api))]
    assert len(set(names)) == 2
    assert [(await over(api, name))["state"] for name in names] == ["finished", "finished"]
    assert whole(lake, my_data)


async def test_a_killed_fetch_is_continued_and_takes_the_place_of_the_old_one(
    api: Asked, lake: Lake, my_data: Path
) -> None:
    with held(lake, DID, my_data):
        job = await started(api)
        assert (job["state"], job["can"]) == ("running", ["cancel", "pause"])
        assert (await api("jobs", job["job"], "continue", method="POST")).code == 409
        assert (await api("jobs", job["job"], method="DELETE")).code == 409
        os.kill(job["pid"], signal.SIGKILL)
        died = await over(api, job["job"])
        assert (died["state"], died["can"]) == ("died", ["continue", "delete"])
        assert died["paths"] == []
    again = await continued(api, job["job"])
    assert again["job"] != job["job"]
    assert (await over(api, again["job"]))["state"] == "finished"
    assert [one["job"] for one in said(await api("jobs"))["jobs"]] == [again["job"]]
    assert whole(lake, my_data)


async def test_a_killed_fetch_does_not_go_on_where_a_link_took_the_place_of_its_folder(
    api: Asked, lake: Lake, my_data: Path, tmp_path: Path
) -> None:
    with held(lake, DID, my_data):
        job = await started(api)
        os.kill(job["pid"], signal.SIGKILL)
        await over(api, job["job"])
    private = tmp_path / "private"
    private.mkdir()
    shutil.rmtree(my_data, ignore_errors=True)  # it may not have got so far
    my_data.symlink_to(private)
    again = await api("jobs", job["job"], "continue", method="POST", **LONG)
    assert (again.code, said(again)["field"]) == (422, "target"), again.body
    assert "my data leads elsewhere than when the fetch began" in said(again)["message"]
    assert list(private.iterdir()) == []


async def test_a_paused_fetch_says_so_and_goes_on(api: Asked, lake: Lake, my_data: Path) -> None:
    with held(lake, DID, my_data):
        job = await started(api)
        assert (await api("jobs", job["job"], "pause", method="POST")).code == 200
        paused = await over(api, job["job"])
        assert (paused["state"], paused["paused"]) == ("cancelled", True)
        assert paused["remark"].startswith("paused")
        other = await started(api, target="elsewhere")
        assert (await api("jobs", other["job"], "cancel", method="POST")).code == 200
        assert not (await over(api, other["job"]))["paused"]
    again = await continued(api, job["job"])
    assert (await over(api, again["job"]))["state"] == "finished"
    assert whole(lake, my_data)


async def test_a_stream_that_was_cut_misses_nothing_and_doubles_nothing(api: Asked, listen: Listen) -> None:
    name = (await started(api))["job"]
    async with listen(f"jobs/{name}/events") as page:
        every = await page.rest()
    assert page.status == 200
    assert (every[0].name, every[-1].name) == ("planned", "finished")
    for at, event in enumerate(every):
        async with listen(f"jobs/{name}/events", event.id) as page:
            assert await page.rest() == every[at + 1 :]
    for nonsense in ("<script>", "-1", "9" * 5000):
        async with listen(f"jobs/{name}/events", nonsense) as page:
            assert await page.rest() == every


async def test_only_some_files_and_other_places(api: Asked, lake: Lake, jp_root_dir: Path) -> None:
    name = lake.dataset(DID).files[0].did.name
    inside = await over(api, (await started(api, files=name, target=str(jp_root_dir / "a")))["job"])
    assert inside["paths"] == [str(jp_root_dir / "a" / lake.dataset(DID).files[0].did.path())]
    cached = await over(api, (await started(api, files=name, target=None, mode="cache"))["job"])
    usual = await over(api, (await started(api, files=name, target=None, mode=None))["job"])
    assert cached["paths"] == usual["paths"]
    assert not Path(cached["paths"][0]).is_relative_to(jp_root_dir)


async def test_the_users_own_cache_is_used_and_kept_when_it_goes_on(
    api: Asked, lake: Lake, tmp_path: Path
) -> None:
    named = str(tmp_path / "my cache")
    folder = session.cache_of(lake.instance, {"VRE_DM_CACHE": named}).shows
    assert folder.is_relative_to(named)
    with held(lake, DID, folder):
        job = await started(api, target=None, mode="cache", cache=named, concurrency=2)
        os.kill(job["pid"], signal.SIGKILL)
        await over(api, job["job"])
    again = await continued(api, job["job"])
    (path,) = (await over(api, again["job"]))["paths"]
    assert Path(path).is_relative_to(folder)
    assert whole(lake, folder)


@pytest.mark.parametrize(
    ("changes", "status", "error", "field"),
    [
        ({"did": "no-such-scope:x"}, 404, "NotInLake", "did"),
        ({"did": "--help"}, 400, "InvalidDid", "did"),
        ({"did": "a:../../etc/passwd"}, 400, "InvalidDid", "did"),
        ({"did": "xenon:<img src=x onerror=alert(1)>"}, 400, "InvalidDid", "did"),
        ({"did": "a:b\x00"}, 400, "InvalidDid", "did"),
        ({"did": 7}, 400, "InvalidRequest", "did"),
        ({"did": "x" * 1000}, 400, "InvalidRequest", "did"),
        ({"target": "../outside"}, 400, "InvalidRequest", "target"),
        ({"target": "/etc"}, 400, "InvalidRequest", "target"),
        ({"target": "a/../../b"}, 400, "InvalidRequest", "target"),
        ({"target": "out/data"}, 400, "InvalidRequest", "target"),
        ({"target": "a\x00b"}, 400, "InvalidRequest", "target"),
        ({"target": ".ssh"}, 400, "InvalidRequest", "target"),
        ({"target": "~"}, 400, "InvalidRequest", "target"),
        ({"target": "~/data"}, 400, "InvalidRequest", "target"),
        ({"target": None}, 400, "InvalidRequest", "target"),
        ({"target": "a file"}, 422, "NotWritable", "target"),
        ({"files": "*.nothing"}, 404, "NotInLake", "files"),
        ({"rse": "NO-SUCH-RSE"}, 404, "NotInLake", "rse"),
        ({"mode": "elsewhere"}, 400, "InvalidRequest", "mode"),
        ({"kind": "upload"}, 400, "InvalidRequest", "kind"),
        ({"cache": "not/absolute"}, 400, "InvalidConfiguration", "cache"),
        ({"cache": "/a/../b"}, 400, "InvalidConfiguration", "cache"),
        ({"cache": "/a\u202eb"}, 400, "InvalidConfiguration", "cache"),
        ({"cache": "~no-such-user/x"}, 400, "InvalidConfiguration", "cache"),
        ({"cache": "/a\x00b"}, 400, "InvalidRequest", "cache"),
        ({"cache": "/proc/x", "target": None, "mode": "cache"}, 422, "NotWritable", "cache"),
        ({"cache": "/proc/x", "mode": "cache"}, 422, "NotWritable", "cache"),
        ({"concurrency": 0}, 400, "InvalidRequest", "concurrency"),
        ({"concurrency": True}, 400, "InvalidRequest", "concurrency"),
        ({"more": 1}, 400, "InvalidRequest", None),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field_and_leaves_nothing(
    api: Asked,
    jp_root_dir: Path,
    tmp_path: Path,
    changes: dict[str, object],
    status: int,
    error: str,
    field: str | None,
) -> None:
    (jp_root_dir / "out").symlink_to(tmp_path)
    (jp_root_dir / "a file").touch()
    before = sorted(jp_root_dir.rglob("*"))
    response = await api("jobs", method="POST", body=ORDER | changes, **LONG)
    answer = said(response)
    assert (response.code, answer["error"], answer["field"]) == (status, error, field), answer
    assert "\n" not in answer["message"]
    assert sorted(jp_root_dir.rglob("*")) == before
    assert said(await api("jobs"))["jobs"] == []


async def test_where_no_job_can_tell_of_itself_none_begins_and_the_folder_is_named(
    api: Asked, jp_root_dir: Path, tmp_path: Path
) -> None:
    state = tmp_path / "xdg_state_home" / "vre-dm"
    state.mkdir(mode=0o700, parents=True)
    (state / "jobs").write_text("a file")
    response = await api("jobs", method="POST", body=ORDER, **LONG)
    assert (response.code, said(response)["error"]) == (422, "NotWritable")
    assert said(response)["field"] not in ORDER
    assert str(state / "jobs") in said(response)["message"]
    assert list(jp_root_dir.iterdir()) == []
    assert (state / "jobs").read_text() == "a file"


@pytest.mark.parametrize("way", ["", "cancel", "pause", "continue", "events"])
async def test_a_job_that_is_not_there_is_said(api: Asked, way: str) -> None:
    path = [part for part in ("jobs", "00000000", way) if part]
    method, wants = ("GET" if way in {"", "events"} else "POST"), {"Accept": "text/event-stream"}
    response = await api(*path, method=method, headers=wants if way == "events" else {})
    assert (response.code, said(response)["error"]) == (404, "NoSuchJob")
    assert (await api("jobs", "0000", "cancel", method="POST")).code == 404
