"""`connect` chooses a lake as it says, and the short verbs use it."""

import uuid
from pathlib import Path
from typing import Any

import pytest

import vre_dm as dm
from tests.lakes import rucio
from tests.limits.conftest import make
from vre_dm import sandbox, session
from vre_dm.errors import (
    InvalidConfiguration,
    InvalidCurve,
    InvalidDid,
    LoginRefused,
    NotInLake,
    Unreachable,
)
from vre_dm.lake.lake import Lake
from vre_dm.limits.column import Column
from vre_dm.limits.scaffold import write_pairs
from vre_dm.sandbox import LakeStatus


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A home in which nothing is configured, and a session that is not connected."""
    for name in (
        "RUCIO_CONFIG",
        "RUCIO_HOME",
        "VIRTUAL_ENV",
        "CONDA_PREFIX",
        "RUCIO_BASE_URL",
        "RUCIO_ACCOUNT",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "")
    monkeypatch.setattr(session, "_SESSION", session._Session())


def test_a_configuration_file_is_enough(embedded_lake: LakeStatus) -> None:
    lake = dm.connect(config=embedded_lake.rucio_config)
    assert lake.whoami()["account"] == "dm"
    assert session.connected() is lake


def test_a_named_file_wins_over_the_environment(
    embedded_lake: LakeStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUCIO_ACCOUNT", "somebody")
    monkeypatch.setenv("RUCIO_AUTH_TYPE", "x509")
    assert dm.connect(config=embedded_lake.userpass_config).whoami()["account"] == "dm"


def test_the_variables_of_the_environment_are_used(
    embedded_lake: LakeStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUCIO_CONFIG", str(embedded_lake.userpass_config))
    assert dm.dataset("xenon:s2only.limits").kind == "dataset"
    assert session.connected().instance.source == str(embedded_lake.userpass_config)


def test_an_address_with_its_settings_is_enough(embedded_lake: LakeStatus) -> None:
    token = embedded_lake.rucio_config.with_name("token")
    lake = dm.connect("mine", url=embedded_lake.url, ca=embedded_lake.ca, token_file=token, account="dm")
    assert lake.instance.name == "mine"
    assert dm.search("xenon:s2only.limits")[0].did == dm.Did("xenon", "s2only.limits")


def test_the_short_verbs_fetch(embedded_lake: LakeStatus, tmp_path: Path) -> None:
    dm.connect(config=embedded_lake.rucio_config)
    (path,) = dm.fetch("xenon:s2only.limits", tmp_path / "here")
    assert path == tmp_path / "here/xenon/s2only.limits.parquet"
    assert path.stat().st_size


def test_the_short_verb_pins_what_it_fetched_and_takes_only_what_is_new(
    embedded_lake: LakeStatus, tmp_path: Path
) -> None:
    dm.connect(config=embedded_lake.rucio_config)
    first = dm.fetch("xenon:s2only.limits", tmp_path / "here", pin=tmp_path / "pin.json")
    assert dm.fetch("xenon:s2only.limits", tmp_path / "here", pin=tmp_path / "pin.json") == first
    with pytest.raises(InvalidConfiguration, match="not xenon:s2only"):
        dm.fetch("xenon:s2only.events", tmp_path, pin=tmp_path / "pin.json", progress=lambda _: None)
    with pytest.raises(NotInLake, match="registered since 2999-01-01"):
        dm.fetch("xenon:s2only.limits", tmp_path, since="2999-01-01")


def test_a_running_embedded_lake_is_used_without_a_word_when_nothing_is_configured(
    embedded_lake: LakeStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VRE_DM_LAKE_ROOT", str(embedded_lake.root))
    said: list[str] = []
    lake = dm.connect(say=said.append)
    assert lake.instance.embedded
    assert lake.instance.name == "embedded"
    assert isinstance(dm.connect("embedded", say=said.append), Lake)
    assert said == []


def test_an_embedded_lake_that_does_not_run_is_started_and_that_is_said(
    second_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VRE_DM_LAKE_ROOT", str(second_root))
    said: list[str] = []
    assert "xenon" in dm.connect(say=said.append).scopes()
    assert said[0].startswith("No data lake is configured: starting the embedded one")
    sandbox.down(second_root)


@pytest.mark.slow  # tens of seconds, and its like is tried by others
def test_an_embedded_lake_that_stopped_meanwhile_is_started_again_for_the_next_question(
    second_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VRE_DM_LAKE_ROOT", str(second_root))
    first = dm.connect("embedded", say=lambda _: None)
    assert session.connected() is first
    sandbox.down(second_root)
    assert dm.search("xenon:s2only.limits")
    assert "starting it again" in capsys.readouterr().out
    assert session.connected() is session.connected()
    sandbox.down(second_root)


def test_a_connect_without_a_login_says_what_to_give(embedded_lake: LakeStatus) -> None:
    with pytest.raises(LoginRefused, match="give token_file, username and password, or certificate"):
        dm.connect(url=embedded_lake.url, ca=embedded_lake.ca)


def test_a_failed_connect_leaves_the_session_as_it_was(embedded_lake: LakeStatus) -> None:
    lake = dm.connect(config=embedded_lake.rucio_config)
    with pytest.raises(InvalidConfiguration):
        dm.connect("no such lake")
    with pytest.raises(Unreachable):
        dm.connect(url="http://127.0.0.1:1", username="u", password="p")
    with pytest.raises(LoginRefused):
        dm.connect(url=embedded_lake.url, ca=embedded_lake.ca, auth="oidc")
    with pytest.raises(InvalidConfiguration, match="no setting passwort"):
        dm.connect(url=embedded_lake.url, passwort="p")
    assert session.connected() is lake


def test_fetched_files_of_different_lakes_lie_apart(embedded_lake: LakeStatus) -> None:
    one = dm.connect("a", config=embedded_lake.rucio_config)
    other = dm.connect("b/../c", config=embedded_lake.rucio_config)
    folders = {str(lake).splitlines()[-1].split(None, 2)[-1] for lake in (one, other)}
    assert len(folders) == 2
    assert not any(".." in folder for folder in folders)


def uploaded(lake: LakeStatus, folder: Path, *curves: dm.Curve) -> str:
    """DID of a dataset that holds the files of these curves."""
    for curve in curves:
        write_pairs([curve], folder)
    name = f"curves.{uuid.uuid4().hex[:8]}"
    words = ["upload", "--rse", "CERN-EOSPILOT", "--scope", "user.dm", f"user.dm:{name}"]
    rucio(lake.rucio_config, *words, *(str(path) for path in sorted(folder.iterdir())))
    return f"user.dm:{name}"


def toy(**changes: object) -> dm.Curve:
    return make(id=f"si_toy_{uuid.uuid4().hex[:8]}", **changes)


def test_curves_of_a_dataset_are_fetched_checked_and_selected_from(
    embedded_lake: LakeStatus, tmp_path: Path
) -> None:
    dm.connect(config=embedded_lake.rucio_config)
    mine = toy(licence="CC-BY-NC-SA-3.0"), toy(year=2024, kind="projection", columns=shifted(make()))
    (tmp_path / "out").mkdir()
    did = uploaded(embedded_lake, tmp_path / "out", *mine)
    assert sorted(dm.curves(did).ids) == sorted(curve.id for curve in mine)
    assert dm.curves(did, kind="projection")[0] == mine[1]
    assert dm.curves(dm.Did.parse(did), mine[0].id)[0] == mine[0]
    with pytest.raises(InvalidCurve, match="one DID, or one folder"):
        dm.curves(did, folder=tmp_path)


def test_the_catalogue_in_the_lake_is_the_shipped_one(embedded_lake: LakeStatus) -> None:
    dm.connect(config=embedded_lake.rucio_config)
    assert list(dm.curves("limits:catalogue")) == list(dm.curves())


def test_a_dataset_without_curves_is_refused(embedded_lake: LakeStatus) -> None:
    dm.connect(config=embedded_lake.rucio_config)
    with pytest.raises(InvalidCurve, match="none of these files is the sidecar of a curve"):
        dm.curves("xenon:s2only.limits")


def test_a_dataset_too_large_for_curves_is_refused_before_it_is_fetched(
    embedded_lake: LakeStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    dm.connect(config=embedded_lake.rucio_config)
    monkeypatch.setattr(session, "LARGEST_CURVES", 1000)
    monkeypatch.setattr(session, "fetch", lambda _: pytest.fail("fetched all the same"))
    with pytest.raises(InvalidCurve, match=r"limits:catalogue holds .* far more than curves take"):
        dm.curves("limits:catalogue")


@pytest.mark.parametrize("name", ["lz:", ":", "a:b:c", "si:../x"])
def test_a_mistyped_id_starts_no_lake(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(session, "connect", lambda **_: pytest.fail("a lake was started"))
    with pytest.raises(InvalidDid):
        dm.curves(name)


@pytest.mark.parametrize("folder", [5, b"curves", ["curves"], "no\nfolder", "~nobody-here/curves"])
def test_what_names_no_folder_is_refused_in_one_line(folder: Any) -> None:
    with pytest.raises(InvalidCurve, match="folder") as refused:
        dm.curves(folder=folder)
    assert "\n" not in str(refused.value)


def test_shipped_curves_need_no_lake(tmp_path: Path) -> None:
    assert dm.curves("si_lz_2024").ids == ["si_lz_2024"]
    write_pairs([toy()], tmp_path)
    assert len(dm.curves(folder=tmp_path)) == 1
    assert session._SESSION._lake is None


@pytest.mark.parametrize("wrong", [["si_lz_2024"], 1.0, None])
def test_an_id_is_text_and_anything_else_is_refused(wrong: object) -> None:
    with pytest.raises(InvalidCurve, match="give the ids one by one"):
        dm.curves(wrong)  # type: ignore[arg-type]


def shifted(curve: dm.Curve) -> tuple[Column, ...]:
    """The same curve at half its height."""
    return curve.columns[0], Column(curve.columns[1].name, curve.columns[1].unit, curve.y / 2)
