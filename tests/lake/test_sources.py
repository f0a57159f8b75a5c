"""A token that nobody named for a lake may be another's: it is used only where it is for this one."""

import getpass
import tempfile
from pathlib import Path

import pytest

from tests.lake.test_tokens import jwt, token_file
from vre_dm.errors import LoginRefused
from vre_dm.lake import instances
from vre_dm.lake.login import provider
from vre_dm.lake.tokens import Secret


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "rucio/etc").mkdir(parents=True)
    return tmp_path


def environ(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "JUPYTER_CONFIG_PATH": "", "RUCIO_HOME": str(home / "rucio")}


def configured(home: Path, option: str) -> None:
    text = f"[client]\nrucio_host=https://x.org\nauth_type=oidc\n{option}\n"
    (home / "rucio/etc/rucio.cfg").write_text(text)


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ({"aud": "other"}, False),
        ({"aud": ["a", "\x1b[31mb"]}, False),
        ({"aud": ["other", "rucio"]}, True),
        ({"aud": "https://wlcg.cern.ch/jwt/v1/any"}, True),
        ({}, True),
    ],
)
@pytest.mark.parametrize("place", ["RUCIO_ACCESS_TOKEN", "BEARER_TOKEN", "BEARER_TOKEN_FILE", "Rucio's own"])
def test_a_token_that_lies_around_is_sent_to_no_lake_that_it_is_not_for(
    home: Path, monkeypatch: pytest.MonkeyPatch, place: str, said: object, taken: bool
) -> None:
    token, around = jwt(said), environ(home)
    monkeypatch.setenv("TMPDIR", str(home))
    monkeypatch.setattr(tempfile, "tempdir", None)
    if place == "Rucio's own":
        path = home / f".rucio_{getpass.getuser()}/auth_token_for_default_account"
        path.parent.mkdir(mode=0o700)
        token_file(path.parent, token).rename(path)
    else:
        value = str(token_file(home, token)) if place.endswith("FILE") else token
        monkeypatch.setenv(place, value)
        around[place] = value
    configured(home, "")
    found = instances.choose(None, around)
    assert found is not None
    tokens = provider(found)
    if taken:
        assert tokens.token() == Secret(token)
        return
    with pytest.raises(LoginRefused, match=r"is for .*, not for rucio; log in with: vre-dm login") as refused:
        tokens.token()
    assert str(refused.value).isprintable()
    assert token not in str(refused.value)


@pytest.mark.parametrize("option", ["oidc_env_name = MINE", "oidc_audience = other", "auth_token_file_path"])
def test_a_token_that_the_configuration_means_is_sent_whoever_it_is_for(
    home: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    token = jwt({"aud": "other"})
    path = token_file(home, token)
    monkeypatch.setenv("MINE", token)
    monkeypatch.setenv("RUCIO_ACCESS_TOKEN", token)
    configured(home, f"{option} = {path}" if option.endswith("path") else option)
    found = instances.choose(None, environ(home) | {"MINE": token, "RUCIO_ACCESS_TOKEN": token})
    assert found is not None
    assert provider(found).token() == Secret(token)
