"""The embedded lake is started where it is the user's choice, by no question that waits for it."""

import asyncio
from pathlib import Path

import pytest
from tornado.httpclient import HTTPResponse

from tests.server.conftest import Asked, said
from vre_dm import sandbox
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.control import ROOT

PATIENCE = 240


async def when_it_runs(api: Asked, path: str, **params: str) -> HTTPResponse:
    """Answer of the lake, asked for as often as it says."""
    async with asyncio.timeout(PATIENCE):
        while (response := await api(path, params=params)).code == 503:
            await asyncio.sleep(said(response)["retry_after"])
    return response


@pytest.mark.timeout(900)  # a lake from nothing, and one that is woken
async def test_where_nothing_is_configured_a_question_starts_nothing_and_the_choice_does(
    api: Asked, jp_server_config: object, lake_root: Path, second_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROOT, str(lake_root))
    before = said(await api("lakes"))
    assert (before["chosen"], before["lakes"][0]["url"]) == ("embedded", None)
    assert not lake_root.exists()  # to ask which lakes there are starts none
    for path in ("scopes", "login"):  # an image in a notebook can ask this much
        assert said(await api(path))["error"] == "Unreachable"
    assert not lake_root.exists()
    monkeypatch.setenv(ROOT, str(second_root))
    chosen = await api("lakes", method="POST", body={"name": "embedded"})
    assert (chosen.code, said(chosen)["state"]) == (202, "starting")
    response = await api("scopes")
    answer = said(response)
    assert (response.code, answer["error"]) == (503, "LakeStarting")
    assert int(response.headers["Retry-After"]) == answer["retry_after"] > 0
    assert said(await api("lakes"))["chosen"] == "embedded"  # and nothing waits for it
    assert "fermi" in said(await when_it_runs(api, "scopes"))["scopes"]
    sandbox.down(second_root)
    assert said(await api("scopes"))["error"] == "LakeStarting"  # it slept: it is woken
    assert (await when_it_runs(api, "scopes")).code == 200
    sandbox.down(second_root)


async def test_beside_a_configured_lake_no_question_starts_it(
    api: Asked, on_lake: LakeStatus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "no lake"
    monkeypatch.setenv(ROOT, str(root))
    response = await api("scopes", params={"lake": "embedded"})
    assert (response.code, said(response)["error"]) == (502, "Unreachable")
    assert "vre-dm lake up" in said(response)["message"]
    assert not root.exists()


async def test_to_choose_it_starts_it_and_what_hinders_it_is_said(
    api: Asked, on_lake: LakeStatus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    monkeypatch.setenv(ROOT, str(blocked))
    chosen = await api("lakes", method="POST", body={"name": "embedded"})
    assert (chosen.code, said(chosen)["state"]) == (202, "starting")
    response = await when_it_runs(api, "scopes", lake="embedded")
    assert (response.code, said(response)["error"]) == (502, "SandboxError")
    assert str(blocked) in said(response)["message"]
