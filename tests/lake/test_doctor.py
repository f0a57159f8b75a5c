"""The doctor names the lake, each fault and the next step, and changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.lake.answering import answering
from tests.lake.test_tokens import jwt, token_file
from vre_dm.lake.doctor import Diagnosis, State, diagnose, examine
from vre_dm.lake.instance import Instance
from vre_dm.lake.instances import from_settings
from vre_dm.lake.lake import Lake
from vre_dm.lake.tokens import FileToken, Secret
from vre_dm.sandbox import LakeStatus

Findings = dict[str, tuple[State, str, str]]


def look(instance: Instance) -> Findings:
    return {f.what: (f.state, f.text, f.step) for f in examine(instance)}


def test_a_healthy_lake_has_no_finding_to_act_on(lake: Lake) -> None:
    findings = list(examine(lake.instance))
    assert {f.state for f in findings} == {State.OK}
    assert [f.what for f in findings] == [
        "TLS",
        "server",
        "clock",
        "credentials",
        "account",
        "storage",
        "quota",
    ]
    assert repr(Diagnosis(findings)).startswith("The lake can be used")


def test_it_says_which_lake_and_why(embedded_lake: LakeStatus, tmp_path: Path) -> None:
    environ = {"RUCIO_CONFIG": str(embedded_lake.rucio_config), "HOME": str(tmp_path)}
    diagnosis = diagnose(environ=environ)
    assert diagnosis.healthy
    assert diagnosis.findings[0].text == f"127.0.0.1, from {embedded_lake.rucio_config}"


def test_a_wrong_configuration_is_named(tmp_path: Path) -> None:
    diagnosis = diagnose(environ={"RUCIO_CONFIG": "/nowhere/rucio.cfg", "HOME": str(tmp_path)})
    assert not diagnosis.healthy
    assert "/nowhere/rucio.cfg" in repr(diagnosis)
    unknown = diagnose("vre", environ={"HOME": str(tmp_path)})
    assert "no lake is called 'vre' -> configured: none (and embedded, on this machine)" in repr(unknown)


def test_the_embedded_lake_is_known_by_its_name(
    embedded_lake: LakeStatus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VRE_DM_LAKE_ROOT", str(embedded_lake.root))
    diagnosis = diagnose("embedded", environ={"HOME": str(tmp_path)})
    assert repr(diagnosis).startswith("The lake can be used")
    assert diagnosis.findings[0].text == "embedded, from the embedded lake"


@pytest.mark.parametrize("name", [None, "embedded"])
def test_an_embedded_lake_that_does_not_run_is_no_fault(
    name: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VRE_DM_LAKE_ROOT", str(tmp_path / "none"))
    diagnosis = diagnose(name, environ={"HOME": str(tmp_path)})
    assert diagnosis.healthy
    assert repr(diagnosis).startswith("No lake runs; one is started when needed\n")


@pytest.fixture
def plain(tmp_path: Path) -> Callable[[str], Instance]:
    token = token_file(tmp_path, "t")
    return lambda url: from_settings(url, {"token_file": token})


def test_a_silent_server_ends_the_examination(plain: Callable[[str], Instance]) -> None:
    with answering() as gone:
        pass
    found = look(plain(gone.url))
    assert found["server"][0] is State.FAIL
    assert "nothing listens there" in found["server"][1] + found["server"][2]
    assert "account" not in found


def test_an_unknown_authority_is_a_fault_of_the_server_and_a_broken_one_of_tls(
    lake: Lake, tmp_path: Path
) -> None:
    assert "certificate authority" in str(look(replace(lake.instance, ca=None))["server"])
    broken = tmp_path / "ca.pem"
    broken.write_text("no certificate")
    state, text, step = look(replace(lake.instance, ca=broken))["TLS"]
    assert state is State.FAIL
    assert str(broken) in text
    assert step.startswith("correct ca_cert in ")


def test_a_clock_that_is_off_is_told_with_its_direction(plain: Callable[[str], Instance]) -> None:
    for off, word in ((timedelta(hours=1), "behind"), (timedelta(hours=-1), "ahead of")):
        date = format_datetime(datetime.now(UTC) + off, usegmt=True)
        with answering({"version": "41.5.1"}, headers={"Date": date}) as server:
            state, text, step = look(plain(server.url))["clock"]
        assert state is State.FAIL
        assert word in text
        assert "NTP" in step


def test_an_expired_token_is_told_with_its_end(lake: Lake, tmp_path: Path) -> None:
    token = FileToken(token_file(tmp_path, jwt({"exp": 1_700_000_000})))
    state, text, step = look(replace(lake.instance, tokens=token))["credentials"]
    assert state is State.FAIL
    assert "expired at 2023-11-14" in text
    assert "log in again" in step


def test_a_token_that_ends_soon_or_that_others_read_is_a_warning(lake: Lake, tmp_path: Path) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=5)).timestamp()
    token = FileToken(token_file(tmp_path, jwt({"exp": soon}), 0o644))
    warnings = [f for f in examine(replace(lake.instance, tokens=token)) if f.state is State.WARN]
    assert [f.what for f in warnings] == ["credentials", "credentials"]
    assert warnings[0].step.startswith("chmod 600")
    assert "ends soon" in warnings[1].step


def test_missing_and_wrong_credentials_are_told_apart(lake: Lake, lake_by_password: Lake) -> None:
    assert "no OIDC token" in look(replace(lake.instance, tokens=None))["credentials"][1]
    wrong = look(replace(lake_by_password.instance, password=Secret("x")))
    assert wrong["credentials"][0] is State.FAIL
    assert "refused the login" in wrong["credentials"][1]
    assert wrong["account"][0] is State.FAIL
