"""What a fetch would do, said before anything moves."""

from pathlib import Path

import pytest

from tests.lake.conftest import SCOPE, Make
from tests.lake.jobs.terminal import DID
from tests.server.conftest import Asked, said
from vre_dm.lake.lake import Lake
from vre_dm.sandbox import LakeStatus


async def test_a_fetch_without_a_choice_says_size_place_and_what_is_here(
    on_lake: LakeStatus, api: Asked, lake: Lake, tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    answer = said(await api("forecast", params={"did": DID}))
    files = lake.dataset(DID).files
    assert (answer["files"], answer["bytes"], answer["present"]) == (len(files), files.size, 0)
    assert (answer["choice"], [place["mode"] for place in answer["places"]]) == (False, ["cache"])
    assert answer["embargo"] is None
    assert answer["free"] > files.size
    assert sorted(tmp_path.rglob("*")) == before


async def test_a_folder_of_the_users_own_is_a_choice_and_what_is_in_it_counts(
    on_lake: LakeStatus, api: Asked, lake: Lake, jp_root_dir: Path
) -> None:
    lake.dataset(DID).fetch(jp_root_dir / "d")
    answer = said(await api("forecast", params={"did": DID, "target": "d"}))
    assert answer["choice"]
    assert [place["mode"] for place in answer["places"]] == ["folder", "cache"]
    assert answer["folder"] == answer["places"][0]["target"] == str(jp_root_dir / "d")
    assert answer["present"] == answer["files"]


async def test_the_users_own_cache_is_the_place(on_lake: LakeStatus, api: Asked, tmp_path: Path) -> None:
    answer = said(await api("forecast", params={"did": DID, "cache": str(tmp_path / "my cache")}))
    assert Path(answer["folder"]).is_relative_to(tmp_path / "my cache")
    assert answer["places"][0]["target"] == answer["folder"]
    assert not (tmp_path / "my cache").exists()


@pytest.mark.parametrize("settings", [{"any_cache": False}])
async def test_where_the_admin_says_so_a_cache_is_below_the_servers_folder(
    on_lake: LakeStatus, api: Asked, jp_root_dir: Path, tmp_path: Path
) -> None:
    (jp_root_dir / "out").symlink_to(tmp_path)
    for named in (tmp_path / "my cache", jp_root_dir / "out" / "c"):
        response = await api("forecast", params={"did": DID, "cache": str(named)})
        assert (response.code, said(response)["field"]) == (400, "cache")
    inside = await api("forecast", params={"did": DID, "cache": str(jp_root_dir / "c")})
    assert Path(said(inside)["folder"]).is_relative_to(jp_root_dir / "c")


async def test_only_some_files_are_counted(on_lake: LakeStatus, api: Asked, lake: Lake) -> None:
    file = lake.dataset(DID).files[0]
    answer = said(await api("forecast", params={"did": DID, "files": file.did.name}))
    assert (answer["files"], answer["bytes"]) == (1, file.size)


async def test_an_embargo_is_said(on_lake: LakeStatus, api: Asked, make: Make) -> None:
    did = make("private", files=1, embargo_until="2999-01-01")
    answer = said(await api("forecast", params={"did": str(did)}))
    assert "under embargo until 2999-01-01" in answer["embargo"]


@pytest.mark.parametrize(("place", "field"), [({}, "cache"), ({"target": "d"}, "target")])
async def test_what_does_not_fit_is_said_at_its_place(
    on_lake: LakeStatus, api: Asked, make: Make, place: dict[str, str], field: str
) -> None:
    did = make("huge", files=1, size=10**17)
    response = await api("forecast", params={"did": str(did)} | place)
    assert (response.code, said(response)["error"], said(response)["field"]) == (507, "NoSpace", field)


@pytest.mark.parametrize(
    ("params", "status", "field"),
    [
        ({}, 400, "did"),
        ({"did": "a"}, 400, "did"),
        ({"did": "<script>:x"}, 400, "did"),
        ({"did": f"{SCOPE}:is-not-there"}, 404, "did"),
        ({"did": DID, "files": "*.nothing"}, 404, "files"),
        ({"did": DID, "target": "../x"}, 400, "target"),
        ({"did": DID, "target": "/proc"}, 400, "target"),
        ({"did": DID, "cache": "relative"}, 400, "cache"),
        ({"did": DID, "cache": "/a/../b"}, 400, "cache"),
    ],
)
async def test_what_cannot_be_is_said_at_its_field(
    on_lake: LakeStatus, api: Asked, params: dict[str, str], status: int, field: str
) -> None:
    response = await api("forecast", params=params)
    assert (response.code, said(response)["field"]) == (status, field)
