"""Lakes are found where users and sites configure them, and each setting says where it came from."""

import getpass
import json
import os
import pickle
import tempfile
from pathlib import Path

import pytest

from vre_dm.errors import InvalidConfiguration, LoginRefused
from vre_dm.lake import instances
from vre_dm.lake.instance import Instance, Mount
from vre_dm.lake.login import provider
from vre_dm.lake.tokens import FileToken, FirstOf, Secret, TokenProvider, VariableToken

Environ = dict[str, str]
VRE = {
    "name": "vre-rucio.cern.ch",
    "display_name": "ESCAPE Rucio instance",
    "rucio_base_url": "https://vre-rucio.cern.ch",
    "rucio_auth_url": "https://vre-rucio-auth.cern.ch/",
    "rucio_ca_cert": "/certs/rucio_ca.pem",
    "mode": "replica",
    "destination_rse": "CERN-EOSPILOT",
    "rse_mount_path": "/eos/eulake",
    "path_begins_at": 5,
    "replication_rule_lifetime_days": 7,
    "vo": "escape",
    "oidc_auth": "env",
    "oidc_env_name": "RUCIO_ACCESS_TOKEN",
}
VRE_VARIABLES = {
    "RUCIO_NAME": "vre-rucio.cern.ch",
    "RUCIO_BASE_URL": "https://vre-rucio.cern.ch",
    "RUCIO_AUTH_URL": "https://vre-rucio-auth.cern.ch",
    "RUCIO_CA_CERT": "/certs/rucio_ca.pem",
    "RUCIO_MODE": "replica",
    "RUCIO_DESTINATION_RSE": "CERN-EOSPILOT",
    "RUCIO_RSE_MOUNT_PATH": "/eos/eulake",
    "RUCIO_PATH_BEGINS_AT": "5",
    "RUCIO_OIDC_AUTH": "env",
    "RUCIO_OIDC_ENV_NAME": "RUCIO_ACCESS_TOKEN",
    "RUCIO_ACCESS_TOKEN": "a.b.c",
    "JUPYTERHUB_USER": "phys",
}
CFG = """
[client]
rucio_host = https://vre-rucio.cern.ch
auth_host = https://vre-rucio-auth.cern.ch
auth_type = oidc
account = phys
ca_cert = $CERTS/rucio_ca.pem
auth_token_file_path = {token}
"""


OIDC = "[client]\nrucio_host=https://x.org\nauth_type=oidc\n"
LOGIN = """
[vre-dm]
issuer = https://iam.example.org/
client_id = vre
client_secret = canary-3b1f9c
storage_audience = https://any DESY-DCACHE=desy
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".jupyter").mkdir()
    return tmp_path


@pytest.fixture
def environ(home: Path) -> Environ:
    """An environment in which nothing is configured."""
    return {"HOME": str(home), "JUPYTER_CONFIG_PATH": "", "RUCIO_HOME": str(home / "rucio")}


def jupyter(home: Path, section: object, name: str = "jupyter_server_config.json") -> None:
    path = home / ".jupyter" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"RucioConfig": section}))


def rucio_cfg(home: Path, text: str) -> Path:
    path = home / "rucio/etc/rucio.cfg"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_nothing_is_configured_on_a_bare_machine(environ: Environ) -> None:
    assert instances.known(environ) == instances.Known([], [])
    assert instances.choose(None, environ) is None


def test_the_configuration_of_rucio_jupyterlab_is_read(home: Path, environ: Environ) -> None:
    jupyter(home, {"instances": [VRE], "default_auth_type": "userpass"})
    (found,) = instances.known(environ | {"RUCIO_ACCESS_TOKEN": "a.b.c", "JUPYTERHUB_USER": "phys"}).instances
    assert (found.name, found.url) == ("vre-rucio.cern.ch", "https://vre-rucio.cern.ch")
    assert found.auth_url == "https://vre-rucio-auth.cern.ch"
    assert (found.auth, found.account, found.vo) == ("oidc", "phys", "escape")
    assert found.ca == Path("/certs/rucio_ca.pem")
    assert found.mount == Mount("CERN-EOSPILOT", Path("/eos/eulake"), 5)
    assert found.replica == found.mount
    assert found.rule_days == 7
    assert found.source == str(home / ".jupyter/jupyter_server_config.json")
    assert isinstance(found.tokens, VariableToken)


def test_the_default_instance_comes_first(home: Path, environ: Environ) -> None:
    other = VRE | {"name": "atlas", "rucio_base_url": "https://atlas.cern.ch"}
    jupyter(home, {"instances": [other, VRE], "default_instance": "vre-rucio.cern.ch"})
    assert [i.name for i in instances.known(environ).instances] == ["vre-rucio.cern.ch", "atlas"]
    chosen = instances.choose("atlas", environ)
    assert chosen is not None
    assert chosen.url == "https://atlas.cern.ch"


def test_configuration_folders_and_files_that_jupyter_reads_are_read(home: Path, environ: Environ) -> None:
    jupyter(home, {"instances": [VRE]}, "jupyter_server_config.d/rucio.json")
    assert len(instances.known(environ).instances) == 1
    jupyter(home, {"instances": []}, "jupyter_server_config.json")
    assert instances.known(environ).instances == []  # the later file wins, as in Jupyter


def test_python_and_remote_configuration_is_named_and_not_run(home: Path, environ: Environ) -> None:
    (home / ".jupyter/jupyter_server_config.py").write_text("c.RucioConfig.instances = []\nraise SystemExit")
    jupyter(home, {"instances": [{"name": "far", "display_name": "Far", "$url": "https://example.org/x"}]})
    found = instances.known(environ)
    assert not found.instances
    assert any("in Python, which is not run" in note for note in found.notes)
    assert any("$url" in note for note in found.notes)
    with pytest.raises(InvalidConfiguration, match="write it in place"):
        instances.choose(None, environ)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"RucioConfig": 5}', '{"RucioConfig": {"instances": 5}}', "[" * 9999]
)
def test_a_broken_configuration_file_breaks_nothing(home: Path, environ: Environ, text: str) -> None:
    (home / ".jupyter/jupyter_server_config.json").write_text(text)
    assert instances.known(environ).instances == []


def test_the_variables_of_the_vre_are_read(environ: Environ, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUCIO_ACCESS_TOKEN", "a.b.c")
    (found,) = instances.known(environ | VRE_VARIABLES).instances
    assert (found.name, found.url, found.account) == (
        "vre-rucio.cern.ch",
        "https://vre-rucio.cern.ch",
        "phys",
    )
    assert found.mount == Mount("CERN-EOSPILOT", Path("/eos/eulake"), 5)
    assert found.replica == found.mount
    assert found.source == "the RUCIO_* variables"
    assert found.tokens is not None
    assert found.tokens.token() == Secret("a.b.c")


def test_one_lake_described_three_times_is_one_lake(home: Path, environ: Environ) -> None:
    jupyter(home, {"instances": [VRE]})
    rucio_cfg(home, CFG.format(token=home / "token"))
    (found,) = instances.known(environ | VRE_VARIABLES).instances
    assert found.source.endswith("jupyter_server_config.json")


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


def test_rucio_cfg_is_found_where_rucio_looks(
    home: Path, environ: Environ, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = rucio_cfg(home, CFG.format(token=home / "token"))
    monkeypatch.setenv("CERTS", "/certs")
    (found,) = instances.known(environ).instances
    assert found.source == str(path)
    assert found.ca == Path("/certs/rucio_ca.pem")
    elsewhere = home / "my.cfg"
    elsewhere.write_text("[client]\nrucio_host=https://x.org\nauth_type=userpass\nusername=me\npassword=p%q")
    (found,) = instances.known(environ | {"RUCIO_CONFIG": str(elsewhere)}).instances
    assert (found.url, found.auth_url, found.username) == ("https://x.org", "https://x.org", "me")
    assert found.password == Secret("p%q")
    assert "p%q" not in repr(found)


def test_rucio_jupyterlab_wins_over_variables_over_rucio_cfg(home: Path, environ: Environ) -> None:
    jupyter(home, {"instances": [VRE | {"name": "a", "rucio_base_url": "https://a.org"}]})
    rucio_cfg(home, "[client]\nrucio_host=https://c.org\nauth_type=oidc")
    names = [i.url for i in instances.known(environ | VRE_VARIABLES).instances]
    assert names == ["https://a.org", "https://vre-rucio.cern.ch", "https://c.org"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no rucio_host"),
        ("[client]\n", "no rucio_host"),
        ("rucio_host=1", "line 1 stands before any"),
        ("[client]\nhunter2", "line 2 is no setting"),
        ("[client]\nrucio_host=ftp://x.org\nauth_type=oidc", "not the address"),
        ("[client]\nrucio_host=https://u:p@x.org\nauth_type=oidc", "not the address"),
        ("[client]\nrucio_host=https://x.org:port\nauth_type=oidc", "not the address"),
        ("[client]\nrucio_host=http://x.org\nauth_type=oidc", "in the clear"),
        ("[client]\nrucio_host=https://x.org\nauth_type=gss", "not supported"),
        ("[client]\nrucio_host=https://x.org\n", "not supported"),
        (OIDC + "[vre-dm]\nisuer=https://i.org", "isuer in its section .vre-dm., which means nothing"),
        (OIDC + "[vre-dm]\nissuer=https://i.org", "no client_id"),
        (OIDC + "[vre-dm]\nstorage_audience=one two", "two audiences for one storage element"),
    ],
)
def test_a_wrong_rucio_cfg_is_named_with_its_fault(
    home: Path, environ: Environ, text: str, said: str
) -> None:
    rucio_cfg(home, text)
    with pytest.raises(InvalidConfiguration, match=said) as refused:
        instances.known(environ)
    assert "rucio.cfg" in str(refused.value)
    assert str(refused.value).isprintable()


def test_a_variable_that_names_no_file_is_an_error(environ: Environ) -> None:
    with pytest.raises(InvalidConfiguration, match="RUCIO_CONFIG names /nowhere"):
        instances.known(environ | {"RUCIO_CONFIG": "/nowhere"})


def test_an_unknown_name_lists_the_known_ones(environ: Environ) -> None:
    with pytest.raises(InvalidConfiguration, match=r"no lake is called 'x'; configured: vre-rucio.cern.ch"):
        instances.choose("x", environ | VRE_VARIABLES)


def test_a_path_that_is_no_number_is_noted(environ: Environ) -> None:
    found = instances.known(environ | VRE_VARIABLES | {"RUCIO_PATH_BEGINS_AT": "five"})
    assert not found.instances
    assert "'five' is not a number" in found.notes[0]


def test_arguments_make_an_instance() -> None:
    made = instances.from_settings("https://x.org:443/", {"account": "me", "username": "u", "password": "p"})
    assert (made.name, made.url, made.auth_url, made.auth) == (
        "x.org",
        "https://x.org:443",
        "https://x.org:443",
        "userpass",
    )
    assert made.password == Secret("p")
    assert instances.from_settings("https://x.org", {"token_file": "~/t"}).auth == "oidc"
    assert instances.from_settings("https://x.org", {"certificate": "/x"}).auth == "x509_proxy"


def test_arguments_change_a_configured_instance(environ: Environ) -> None:
    (found,) = instances.known(environ | VRE_VARIABLES).instances
    assert (
        instances.changed(found, {"account": "other", "ca": "~/ca.pem"}).ca == Path("~/ca.pem").expanduser()
    )
    with pytest.raises(InvalidConfiguration, match="no setting passwort"):
        instances.changed(found, {"passwort": "x"})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "127.1.2.3"])
def test_plain_http_is_for_this_machine_only(host: str) -> None:
    Instance(name="x", url=f"http://{host}:1", auth_url=f"http://{host}:1", auth="oidc", source="test")
    with pytest.raises(InvalidConfiguration, match="in the clear"):
        Instance(name="x", url=f"http://{host}:1", auth_url="http://example.org", auth="oidc", source="test")


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


HUB = {"JUPYTERHUB_API_URL": "http://hub:8081/hub/api", "JUPYTERHUB_API_TOKEN": "canary"}


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
