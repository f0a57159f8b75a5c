"""Where the login to a lake is found; what lies around is used only if it is ours and for this lake."""

import getpass
import os
import pickle
import tempfile
from pathlib import Path

import pytest

from tests.lake.configuring import CFG, OIDC, VRE, VRE_VARIABLES, Environ, jupyter, rucio_cfg
from tests.lake.test_tokens import jwt, token_file
from vre_dm.errors import LoginRefused
from vre_dm.lake import instances
from vre_dm.lake.login import provider
from vre_dm.lake.tokens import FileToken, FirstOf, Secret, TokenProvider, VariableToken

LOGIN = """
[vre-dm]
issuer = https://iam.example.org/
client_id = vre
client_secret = canary-3b1f9c
storage_audience = https://any DESY-DCACHE=desy
"""
HUB = {"JUPYTERHUB_API_URL": "http://hub:8081/hub/api", "JUPYTERHUB_API_TOKEN": "canary"}


def test_a_client_at_the_issuer_is_read_from_rucio_cfg_for_a_lake_that_jupyter_configures(
    home: Path, environ: Environ, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    jupyter(home, {"instances": [VRE]})
    rucio_cfg(home, CFG.format(token=home / "token") + LOGIN)
    (found,) = instances.known(environ | {"JUPYTERHUB_USER": "phys"}).instances
    assert found.registration is not None
    assert (found.registration.issuer, found.registration.client_id) == ("https://iam.example.org/", "vre")
    assert found.registration.scope == "openid profile offline_access"
    assert "canary" not in repr(found)
    assert found.storage_audiences.of("DESY-DCACHE") == "desy"
    assert found.storage_audiences.of("CNAF-STORM") == "https://any"


def test_a_lake_with_a_client_and_no_token_tells_its_user_to_log_in_by_code(
    home: Path, environ: Environ, monkeypatch: pytest.MonkeyPatch, shared: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    rucio_cfg(home, OIDC + LOGIN)
    (found,) = instances.known(environ).instances
    with pytest.raises(LoginRefused, match=r"nobody has logged in yet.*vre-dm login --device"):
        provider(found).token()


def test_a_token_file_is_preferred_to_a_variable(home: Path, environ: Environ) -> None:
    (home / "token").write_text("fresh")
    (home / "token").chmod(0o600)
    rucio_cfg(home, CFG.format(token=home / "token"))
    (found,) = instances.known(environ | VRE_VARIABLES).instances
    assert isinstance(found.tokens, FileToken)
    assert found.tokens.token() == Secret("fresh")


def test_rucio_cfg_of_another_server_lends_nothing(home: Path, environ: Environ) -> None:
    (home / "token").write_text("of the other server")
    text = CFG.format(token=home / "token").replace("vre-rucio.cern.ch", "other.example.org")
    rucio_cfg(home, text)
    first, second = instances.known(environ | VRE_VARIABLES).instances
    assert isinstance(first.tokens, VariableToken)
    assert second.url == "https://other.example.org"


def test_a_proxy_certificate_is_found_as_the_grid_does(home: Path, environ: Environ) -> None:
    rucio_cfg(home, "[client]\nrucio_host=https://x.org\nauth_type=x509_proxy")
    (found,) = instances.known(environ | {"X509_USER_PROXY": "/p.pem"}).instances
    assert found.certificate == Path("/p.pem")
    (found,) = instances.known(environ).instances
    assert found.certificate is not None
    assert found.certificate.name == f"x509up_u{os.geteuid()}"


def test_no_instance_holds_the_environment_and_a_renewed_variable_is_seen(
    home: Path, environ: Environ, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUCIO_ACCESS_TOKEN", "old")
    monkeypatch.setenv("SOMETHING_PRIVATE", "canary-3b1f9c")
    path = rucio_cfg(home, "[client]\nrucio_host=https://x.org\nauth_type=oidc")
    (known,) = instances.known(environ | VRE_VARIABLES | {"RUCIO_CONFIG": ""}).instances[:1]
    for found in (known, instances.from_file(path)):
        with pytest.raises(TypeError, match="never written down"):
            pickle.dumps(found)
        assert found.tokens is not None
        assert "canary" not in str(vars(found.tokens))
        monkeypatch.setenv("RUCIO_ACCESS_TOKEN", "renewed")
        assert found.tokens.token() == Secret("renewed")


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's temporary folder, where everybody can write."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_token_that_rucio_left_is_used_only_if_it_is_ours(
    home: Path, environ: Environ, shared: Path
) -> None:
    rucio_cfg(home, "[client]\nrucio_host=https://x.org\nauth_type=oidc\naccount=dm")
    folder = shared / f".rucio_{getpass.getuser()}"
    folder.mkdir(mode=0o700)
    mine, place = home / "token of another lake", folder / "auth_token_for_account_dm"
    mine.write_text("canary")
    mine.chmod(0o600)
    place.symlink_to(mine)
    tokens = instances.known(environ).instances[0].tokens
    assert tokens is not None
    with pytest.raises(LoginRefused, match="is no plain file, so it is not trusted"):
        tokens.token()
    place.unlink()
    mine.rename(place)
    assert tokens.token() == Secret("canary")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of another user")
@pytest.mark.parametrize("theirs", ["folder", "file"])
def test_a_token_that_another_user_left_is_not_used(
    home: Path, environ: Environ, shared: Path, theirs: str
) -> None:
    rucio_cfg(home, "[client]\nrucio_host=https://x.org\nauth_type=oidc\naccount=dm")
    folder = shared / f".rucio_{getpass.getuser()}"
    folder.mkdir(mode=0o700)
    file = folder / "auth_token_for_account_dm"
    file.write_text("planted")
    file.chmod(0o600)
    os.chown(folder if theirs == "folder" else file, 65534, 65534)
    tokens = instances.known(environ).instances[0].tokens
    assert tokens is not None
    with pytest.raises(LoginRefused, match="another user, so it is not trusted"):
        tokens.token()


def test_a_proxy_at_the_usual_place_is_used_only_if_it_is_ours(
    home: Path, environ: Environ, shared: Path
) -> None:
    rucio_cfg(home, "[client]\nrucio_host=https://x.org\nauth_type=x509_proxy")
    (found,) = instances.known(environ).instances
    with pytest.raises(LoginRefused, match="no certificate at"):
        provider(found)
    proxy = shared / f"x509up_u{os.geteuid()}"
    proxy.touch(mode=0o644)
    with pytest.raises(LoginRefused, match="is open to other users, so it is not used"):
        provider(found)
    proxy.chmod(0o600)
    assert str(proxy) in str(provider(found))
    if os.geteuid() == 0:
        os.chown(proxy, 65534, 65534)
        with pytest.raises(LoginRefused, match="belongs to another user, so it is not used"):
            provider(found)


def test_in_a_hub_its_tokens_come_first_and_the_file_is_what_is_left_without_them(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a.b.c")
    tokens = hub_tokens({"RUCIO_OIDC_FILE_NAME": str(token)})
    assert isinstance(tokens, FirstOf)
    assert [str(source) for source in tokens.sources] == ["hub http://hub:8081/hub/api", f"file {token}"]


def test_in_a_hub_without_file_and_variable_its_tokens_are_the_only_ones() -> None:
    assert str(hub_tokens({})) == "hub http://hub:8081/hub/api"
    assert hub_tokens({"JUPYTERHUB_API_TOKEN": ""}) is None


def hub_tokens(more: Environ) -> TokenProvider | None:
    environ = {"RUCIO_BASE_URL": "https://rucio.example.org", "RUCIO_OIDC_AUTH": "file", **HUB, **more}
    (found,) = instances.known(environ).instances
    assert "canary" not in repr(found)
    return found.tokens


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
    home: Path, environ: Environ, monkeypatch: pytest.MonkeyPatch, place: str, said: object, taken: bool
) -> None:
    token = jwt(said)
    monkeypatch.setenv("TMPDIR", str(home))
    monkeypatch.setattr(tempfile, "tempdir", None)
    if place == "Rucio's own":
        path = home / f".rucio_{getpass.getuser()}/auth_token_for_default_account"
        path.parent.mkdir(mode=0o700)
        token_file(path.parent, token).rename(path)
    else:
        value = str(token_file(home, token)) if place.endswith("FILE") else token
        monkeypatch.setenv(place, value)
        environ[place] = value
    rucio_cfg(home, OIDC)
    found = instances.choose(None, environ)
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
    home: Path, environ: Environ, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    token = jwt({"aud": "other"})
    path = token_file(home, token)
    monkeypatch.setenv("MINE", token)
    monkeypatch.setenv("RUCIO_ACCESS_TOKEN", token)
    rucio_cfg(home, OIDC + (f"{option} = {path}" if option.endswith("path") else option))
    found = instances.choose(None, environ | {"MINE": token, "RUCIO_ACCESS_TOKEN": token})
    assert found is not None
    assert provider(found).token() == Secret(token)
