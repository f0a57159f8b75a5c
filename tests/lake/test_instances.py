"""Lakes are found where users and sites configure them, and each setting says where it came from."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.lake.configuring import CFG, OIDC, VRE, VRE_VARIABLES, Environ, jupyter, rucio_cfg
from vre_dm.errors import InvalidConfiguration, LoginRefused
from vre_dm.lake import instances, rucio_config
from vre_dm.lake.instance import Instance, Mount
from vre_dm.lake.login import provider
from vre_dm.lake.tokens import Secret, VariableToken


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


def test_a_password_login_of_rucio_jupyterlab_says_where_its_password_belongs_and_finds_it_there(
    home: Path, environ: Environ
) -> None:
    entry = {"name": "vre", "rucio_base_url": "https://vre.example.org"}
    jupyter(home, {"instances": [entry], "default_auth_type": "userpass"})
    (found,) = instances.known(environ).instances
    with pytest.raises(LoginRefused, match=r"\[client\] of a rucio.cfg with rucio_host") as refused:
        provider(found)
    rucio_cfg(home, f"[client]\n{str(refused.value).rpartition('with ')[2]}\nusername = me\npassword = p")
    (found,) = instances.known(environ).instances
    assert found.source == str(home / ".jupyter/jupyter_server_config.json")
    assert str(provider(found)) == "password of me"


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


@pytest.mark.parametrize("name", sorted(rucio_config.VARIABLES))
def test_each_variable_that_is_read_says_something_of_the_lake(environ: Environ, name: str) -> None:
    def described(variables: Environ) -> list[tuple[str, str]]:
        return [(repr(replace(i, tokens=None)), str(i.tokens)) for i in instances.known(variables).instances]

    said = environ | VRE_VARIABLES | {"RUCIO_NAME": "vre", "RUCIO_VO": "escape"}
    said |= {"RUCIO_REPLICATION_RULE_LIFETIME_DAYS": "7", "RUCIO_OIDC_ENV_NAME": "MINE"}
    del said["RUCIO_ACCESS_TOKEN"]
    # a variable that is set is used before a file that is not there
    said |= {name: "/token"} if name == "RUCIO_OIDC_FILE_NAME" else {"MINE": "token"}
    others = {key: value for key, value in said.items() if key != name}
    assert described(said) == described(said) != described(others)


def test_a_server_without_a_kind_of_login_takes_the_one_of_rucios_variable_or_says_what_to_set(
    home: Path, environ: Environ
) -> None:
    jupyter(home, {"instances": [{"name": "vre", "rucio_base_url": "https://vre.example.org"}]})
    with pytest.raises(InvalidConfiguration, match=r"no kind of login is named; .* RUCIO_AUTH_TYPE"):
        instances.choose(None, environ)
    (found,) = instances.known(environ | {"RUCIO_AUTH_TYPE": "x509_proxy"}).instances
    assert found.auth == "x509_proxy"


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ("RUCIO_DESTINATION_RSE", "mode = replica needs destination_rse too; files are copied instead"),
        ("RUCIO_RSE_MOUNT_PATH", "mode = replica needs rse_mount_path too; files are copied instead"),
        ("RUCIO_MODE RUCIO_DESTINATION_RSE", "rse_mount_path is not used without destination_rse"),
        ("RUCIO_MODE RUCIO_RSE_MOUNT_PATH", ""),
    ],
)
def test_half_of_a_mount_is_not_passed_over_in_silence(environ: Environ, without: str, said: str) -> None:
    variables = {name: value for name, value in VRE_VARIABLES.items() if name not in without.split()}
    found = instances.known(environ | variables)
    assert found.instances[0].mount is None
    assert [note for note in found.notes if said in note] == found.notes
    assert bool(found.notes) is bool(said)


def test_one_lake_described_three_times_is_one_lake(home: Path, environ: Environ) -> None:
    jupyter(home, {"instances": [VRE]})
    rucio_cfg(home, CFG.format(token=home / "token"))
    (found,) = instances.known(environ | VRE_VARIABLES).instances
    assert found.source.endswith("jupyter_server_config.json")


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
        ("[client]\nrucio_host=https://x.org\n", "no kind of login is named; set auth_type"),
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
