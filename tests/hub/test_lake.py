"""What is said of a token and of mounts, where no server is asked."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.lake.test_tokens import jwt, token_file
from vre_dm.hub.lake import other_mounts, token_findings
from vre_dm.lake.finding import Finding, State
from vre_dm.lake.instances import from_settings

URL = "https://rucio.example.org"
ANY = "https://wlcg.cern.ch/jwt/v1/any"


def told(folder: Path, text: str) -> Finding:
    (finding,) = token_findings(from_settings(URL, {"token_file": token_file(folder, text)}))
    return finding


def ends(**hours: float) -> float:
    return (datetime.now(UTC) + timedelta(**hours)).timestamp()


@pytest.mark.parametrize("audience", ["rucio", ["rucio", "https://eos.example.org"], ANY])
def test_a_token_for_the_lake_is_told_with_the_time_that_is_left(tmp_path: Path, audience: object) -> None:
    finding = told(tmp_path, jwt({"aud": audience, "exp": ends(minutes=45.5)}))
    assert finding.state is State.OK
    assert f"from the file {tmp_path / 'token'}, 45 minutes left; it is for " in finding.text
    assert finding.text.endswith(", as rucio.example.org wants")
    assert "5 hours left" in told(tmp_path, jwt({"aud": audience, "exp": ends(hours=5.1)})).text


def test_a_token_for_others_and_one_that_ended_are_failures(tmp_path: Path) -> None:
    others = told(tmp_path, jwt({"aud": ["jhub", "dcache"], "exp": ends(hours=1)}))
    assert others.state is State.FAIL
    assert others.text.endswith("it is for dcache and jhub, and rucio.example.org wants rucio")
    assert "oidc_audience" in others.step
    over = told(tmp_path, jwt({"aud": "rucio", "exp": ends(hours=-1)}))
    assert (over.state, over.text) == (State.FAIL, f"from the file {tmp_path / 'token'}, which ended")
    assert "log in" in over.step


@pytest.mark.parametrize("text", ["opaque-token-of-somebody", jwt({"sub": "dm"})])
def test_a_token_that_says_nothing_is_a_warning_and_is_not_shown(tmp_path: Path, text: str) -> None:
    finding = told(tmp_path, text)
    assert finding.state is State.WARN
    assert "which does not say when it ends; it does not say whom it is for" in finding.text
    assert text not in finding.text + finding.step


def test_without_a_token_it_says_what_is_wanted(tmp_path: Path) -> None:
    (finding,) = token_findings(from_settings(URL, {"token_file": tmp_path / "none"}))
    assert finding.state is State.FAIL
    assert finding.text == "there is none for rucio.example.org, which wants one for rucio"
    assert finding.step


def test_another_kind_of_login_needs_no_token() -> None:
    (finding,) = token_findings(from_settings(URL, {"username": "dm", "password": "hunter2-and-more"}))
    assert (finding.state, finding.text) == (
        State.OK,
        "none is used: the login at rucio.example.org is by userpass",
    )


def test_the_mounts_of_other_configured_lakes_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "eos").mkdir()
    lakes = [
        {
            "name": name,
            "rucio_base_url": f"https://{name}.example.org",
            "oidc_auth": "env",
            "mode": mode,
            "destination_rse": "EOS",
            "rse_mount_path": str(tmp_path / folder),
        }
        for name, mode, folder in (
            ("one", "replica", "eos"),
            ("two", "replica", "gone"),
            ("three", "", "gone"),
        )
    ]
    (tmp_path / ".jupyter").mkdir()
    config = tmp_path / ".jupyter" / "jupyter_server_config.json"
    config.write_text(json.dumps({"RucioConfig": {"default_instance": "one", "instances": lakes}}))
    environ = {"HOME": str(tmp_path), "JUPYTER_CONFIG_PATH": "", "RUCIO_HOME": str(tmp_path / "none")}
    two, three = other_mounts(None, environ)
    assert two.text == f"EOS at {tmp_path / 'gone'} cannot be read: No such file or directory"
    assert (two.state, three.state) == (State.FAIL, State.WARN)
    one, _ = other_mounts("two", environ)
    assert one.state is State.OK
    assert f"EOS at {tmp_path / 'eos'} answered in " in one.text
    assert list(other_mounts("nowhere", environ)) == []
