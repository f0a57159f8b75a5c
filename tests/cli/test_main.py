"""The command `vre-dm` as users and scripts meet it: output, exit codes, one line for every failure."""

import json
import logging
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.faults.server import breaking, stall, status, whole
from tests.lakes import client, until
from vre_dm import __version__, session
from vre_dm.cli import main
from vre_dm.cli.lab import working_copy
from vre_dm.did import Did
from vre_dm.errors import NotWritable
from vre_dm.lake.tokens import Secret
from vre_dm.lake.transfer.events import Failed, Finished, Placed, Planned, from_json
from vre_dm.sandbox import LakeStatus

Run = Callable[..., Result]
DEAD = """[client]
rucio_host = {url}
auth_host = {url}
auth_type = userpass
account = u
username = u
password = hunter2
"""


def invoke(config: Path, home: Path, *words: str) -> Result:
    environment = {"RUCIO_CONFIG": str(config), "HOME": str(home), "RUCIO_ACCOUNT": None}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_SESSION", session._Session())
        return CliRunner().invoke(main, words, env=environment)


@pytest.fixture
def run(embedded_lake: LakeStatus, tmp_path: Path) -> Run:
    """Run a command on the real lake."""
    return lambda *words: invoke(embedded_lake.rucio_config, tmp_path, *words)


@pytest.fixture
def nowhere(tmp_path: Path) -> Iterator[Run]:
    """Run a command where no lake answers."""
    config = tmp_path / "rucio.cfg"
    config.write_text(DEAD.format(url="http://127.0.0.1:1"))
    config.chmod(0o600)
    return lambda *words: invoke(config, tmp_path, *words)


def test_a_search_prints_one_did_a_line(run: Run):
    result = run("search", "fermi:dsph.*")
    assert result.exit_code == 0
    assert "fermi:dsph.jfactors" in result.stdout.splitlines()


def test_filters_are_taken_as_a_shell_leaves_them(run: Run):
    all_ = run("search", "--scope", "xenon").stdout.splitlines()
    assert run("search", "year>=1990", "--scope", "xenon").stdout.splitlines() == all_
    found = run("search", "technique=direct detection", "year>=1990", "--json")
    assert found.exit_code == 0
    assert {entry["did"].partition(":")[0] for entry in json.loads(found.stdout)} >= {"xenon"}
    assert run("search", "*", 'technique="direct detection"', "year>=1990", "--json").stdout == found.stdout


def test_ls_walks_down(run: Run):
    assert "fermi" in run("ls").stdout.splitlines()
    assert "fermi:dsph.2017" in run("ls", "fermi").stdout.splitlines()
    listed = json.loads(run("ls", "xenon:s2only.limits", "--json").stdout)
    assert [entry.keys() for entry in listed] == [{"did", "kind", "size"}]
    assert run("ls", listed[0]["did"]).stdout == listed[0]["did"] + "\n"
    assert "fermi" in json.loads(run("ls", "--json").stdout)


def test_json_leaves_out_what_the_catalogue_does_not_know(run: Run):
    for words in (["ls", "fermi"], ["search", "fermi:*"]):
        found = json.loads(run(*words, "--json").stdout)
        assert found
        assert all(None not in entry.values() and {"did", "kind"} <= entry.keys() for entry in found)


def test_a_search_that_finds_nothing_says_so_beside_the_output(run: Run):
    hint = "nothing found for {}:s2only; a name needs * : {}*s2only*\n"
    for words, scope, form in ((["s2only"], "*", ""), (["xenon:s2only"], "xenon", "xenon:")):
        result = run("search", *words)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", hint.format(scope, form))
    assert run("search", "year>=3000").stderr == "nothing found for *:* year>=3000\n"


def test_a_fetch_prints_paths_of_whole_files(run: Run, tmp_path: Path):
    first = run("fetch", "atlas:dilepton.2018.spectra", "--to", str(tmp_path / "data"))
    paths = [Path(line) for line in first.stdout.splitlines()]
    assert [path.name for path in paths] == [
        "dilepton.2018.spectrum.ee.parquet",
        "dilepton.2018.spectrum.mumu.parquet",
    ]
    assert all(path.read_bytes()[:4] == b"PAR1" for path in paths)
    again = run("fetch", "atlas:dilepton.2018.spectra", "--to", str(tmp_path / "data"), "--recheck", "--json")
    events = [from_json(json.loads(line)) for line in again.stdout.splitlines()]
    assert sorted(event.path for event in events if isinstance(event, Placed)) == paths
    assert isinstance(events[0], Planned)
    assert isinstance(events[-1], Finished)
    assert (events[-1].files, events[-1].failed) == (2, 0)
    assert again.stderr == ""


@pytest.mark.parametrize("words", [["ls"], ["search"], ["rules"], ["fetch", "fermi:dsph.jfactors"]])
def test_a_command_works_on_the_lake_that_is_named_and_on_no_other(run: Run, words: list[str]):
    named = run(*words, "--lake", "elsewhere")
    assert named.exit_code == 1
    assert "elsewhere" in named.stderr


def test_a_lake_that_is_named_is_the_one_that_is_asked(run: Run):
    assert run("ls", "--lake", "127.0.0.1").stdout == run("ls").stdout != ""


@pytest.fixture
def half_lost(embedded_lake: LakeStatus) -> Did:
    """A dataset of one file that is here and one whose only copy is lost."""
    rucio, did = client(embedded_lake), Did("user.dm", f"half.{uuid.uuid4().hex[:8]}")
    rucio.add_dataset(did.scope, did.name)
    lost = {"scope": did.scope, "name": f"{did.name}.lost", "bytes": 4, "adler32": "00000001"}
    rucio.add_replicas("CNAF-STORM", [lost])
    (good,) = rucio.list_files("fermi", "dsph.jfactors")
    files = [{"scope": each["scope"], "name": each["name"]} for each in (lost, good)]
    rucio.attach_dids(did.scope, did.name, files)
    return did


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_fetch_that_misses_some_files_says_which_why_and_who_can_act_with_code_3(
    run: Run, tmp_path: Path, half_lost: Did, form: list[str]
):
    result = run("fetch", str(half_lost), "--to", str(tmp_path / "data"), *form)
    assert result.exit_code == 3
    title, heads, row, note = [line for line in result.stderr.splitlines() if "; again in" not in line]
    assert title == "1 of 2 files could not be fetched"
    assert heads.split()[-4:] == ["can", "act", "next", "step"]
    assert f"{half_lost}.lost" in row
    assert "the admins of CNAF-STORM" in row
    assert "1 good file in" in note
    events = [from_json(json.loads(line)) for line in result.stdout.splitlines()]
    assert [event.file.name for event in events if isinstance(event, Failed)] == [
        f"{half_lost.name}.lost"
    ] * len(form)
    assert len([path for path in (tmp_path / "data").rglob("*") if path.is_file()]) == 1


def test_what_ends_a_whole_fetch_is_its_last_event_too(run: Run):
    result = run("fetch", "fermi:dsph.jfactors", "--to", "/proc/x", "--json")
    assert result.exit_code == 1
    (line,) = result.stdout.splitlines()
    event = from_json(json.loads(line))
    assert isinstance(event, Failed)
    assert event.file is None
    assert "cannot write in /proc/x" in event.causes[0][1]
    assert result.stderr.count("\n") == 1


def test_the_help_tells_each_exit_code(nowhere: Run):
    said = nowhere("fetch", "--help").stdout
    assert re.findall(r"^ +(?:Exit codes: )?(\d+)  \w", said, re.MULTILINE) == ["0", "1", "2", "3", "130"]


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["fetch", "fermi:nothing"], "fermi:nothing"),
        (["fetch", "a:b:c"], "more than one colon"),
        (["fetch", "a:../b"], "'../b'"),
        (["search", "nosuchkey=1"], "nosuchkey"),
        (["ls", "nosuchscope"], "nosuchscope"),
        (["fetch", "fermi:dsph.jfactors", "--to", "/proc/x"], "cannot write in /proc/x"),
        (["search", "size>1000"], "is known for files only; search for files"),
        (["fetch", "fermi:dsph.jfactors", "--files", "*.root"], "none of the 1 files"),
    ],
)
def test_a_failure_is_one_line_and_code_1(run: Run, words: list[str], cause: str):
    result = run(*words)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert cause in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ["fetch"],
        ["fetch", "a:b", "--nonsense"],
        ["search", "--type", "x"],
        ["nonsense"],
        ["fetch", "a:b", "c"],
    ],
)
def test_a_wrong_command_line_is_code_2(nowhere: Run, words: list[str]):
    assert nowhere(*words).exit_code == 2


def test_a_lake_that_is_not_there_is_said_without_its_password(nowhere: Run):
    for words in (["search"], ["ls"], ["fetch", "a:b"]):
        result = nowhere(*words)
        assert result.exit_code == 1
        assert "127.0.0.1:1" in result.stderr
        assert result.stderr.count("\n") == 1
        assert "hunter2" not in result.output


def test_what_a_hostile_lake_names_never_reaches_the_terminal(tmp_path: Path):
    config = tmp_path / "rucio.cfg"
    with breaking(certificate=None) as server:
        config.write_text(DEAD.format(url=server.url("", "127.0.0.1")))
        server.play("/ping", whole(b'{"version": "41.5.1\\u001b[31m"}'))
        server.play("/auth/userpass", status(200, X_Rucio_Auth_Token="t"))
        server.play(
            "/scopes/", whole(json.dumps(["good", "a\x1b]0;owned\x07", "b\n!id", "\x9b31m"]).encode())
        )
        listed, as_json = (invoke(config, tmp_path, *words) for words in (["ls"], ["ls", "--json"]))
        examined = [invoke(config, tmp_path, *words) for words in (["doctor"], ["doctor", "--json"])]
    assert listed.stdout == "good\n"
    assert "3 names are left out because they are not safe" in listed.stderr
    assert json.loads(as_json.stdout) == ["good"]
    for result in (listed, as_json, *examined):
        assert not [c for c in result.output if not c.isprintable() and c != "\n"]
    findings = json.loads(examined[1].stdout)
    assert all(finding["text"].isprintable() for finding in findings)


def test_json_is_ascii_whatever_the_lake_holds(nowhere: Run):
    assert nowhere("doctor", "é\x9b31m\u202e", "--json").stdout.isascii()


def test_the_doctor_tells_health_by_its_exit_code(run: Run, nowhere: Run):
    well, ill = run("doctor"), nowhere("doctor")
    assert (well.exit_code, ill.exit_code) == (0, 1)
    assert "can be used" in well.stdout
    assert "cannot be used" in ill.stdout
    findings = json.loads(nowhere("doctor", "--json").stdout)
    assert "FAIL" in {finding["state"] for finding in findings}


def test_the_module_is_the_command_and_loads_little():
    script = """
import sys, runpy
sys.argv = ["vre-dm", "--help"]
try:
    runpy.run_module("vre_dm")
except SystemExit:
    assert not {"rucio", "httpx", "pandas", "IPython", "requests"} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    for command in ("search", "ls", "fetch", "jobs", "rules", "doctor", "lab", "lake"):
        assert f"  {command} " in done.stdout
    done = subprocess.run([sys.executable, "-m", "vre_dm", "--version"], capture_output=True, text=True)
    assert done.stdout == f"vre-dm, version {__version__}\n"


def test_no_command_loads_the_client_of_rucio_or_the_engine_before_it_needs_them() -> None:
    script = """
import pkgutil, sys
from importlib import import_module
import vre_dm.cli
for module in pkgutil.iter_modules(vre_dm.cli.__path__, "vre_dm.cli."):
    import_module(module.name)
import vre_dm.sandbox.commands, vre_dm.notebook.extension
print({"rucio.client", "vre_dm.lake.transfer.engine", "vre_dm.lake.lake"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("set()\n", "")


@pytest.mark.parametrize(
    "content", [None, "password = hunter2", "[client]\nrucio_host = a\nrucio_host = b\n"]
)
def test_a_configuration_that_the_client_of_rucio_cannot_read_is_one_line_for_every_lake(
    tmp_path: Path, content: str | None
) -> None:
    config = tmp_path / "rucio.cfg"
    if content is not None:
        config.write_text(content)
    script = """
import vre_dm as dm
from vre_dm.errors import InvalidConfiguration
try:
    dm.connect(url="http://127.0.0.1:1", auth="userpass", username="u", password="p")
except InvalidConfiguration as error:
    print(error)
"""
    environment = {**os.environ, "RUCIO_CONFIG": str(config), "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment)
    assert done.stdout.startswith("Rucio's client cannot read its rucio.cfg: "), done.stderr
    assert done.stdout.count("\n") == 1
    assert "hunter2" not in done.stdout
    # what opens no lake does not ask for it
    command = [sys.executable, "-m", "vre_dm"]
    for words in (["fetch", "--help"], ["jobs"]):
        assert subprocess.run([*command, *words], capture_output=True, env=environment).returncode == 0


def test_a_command_that_opens_no_lake_logs_no_secret_either(
    nowhere: Run, caplog: pytest.LogCaptureFixture
) -> None:
    assert nowhere("jobs").exit_code == 0
    secret = Secret("canary-3b1f-9c")
    logging.getLogger("of.somebody.else").warning("sent %s", secret.reveal())
    assert caplog.messages == ["sent ***"]


def test_every_command_explains_itself(nowhere: Run):
    for command in ("search", "ls", "fetch", "jobs", "rules", "doctor", "lab", "notebooks", "lake"):
        result = nowhere(command, "--help")
        assert result.exit_code == 0
        assert "Usage:" in result.stdout


def test_an_interrupt_is_one_line_and_code_130(tmp_path: Path):
    with breaking(certificate=None) as server:
        server.play("/ping", stall(b"x" * 10, 0))
        config = tmp_path / "rucio.cfg"
        config.write_text(DEAD.format(url=server.url("", "127.0.0.1")))
        child = subprocess.Popen(
            [sys.executable, "-m", "vre_dm", "ls"],
            env=os.environ | {"RUCIO_CONFIG": str(config)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with child:
            until(lambda: server.asked)
            child.send_signal(signal.SIGINT)
            out, said = child.communicate(timeout=60)
    assert (child.returncode, out, said) == (130, "", "vre-dm: interrupted; what was done so far stays\n")


def test_lab_starts_jupyterlab_on_the_notebooks_with_a_lake(embedded_lake: LakeStatus, tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "vre_dm", "lab", "--notebooks", str(tmp_path / "mine"), "--version"],
        env=os.environ | {"RUCIO_CONFIG": str(embedded_lake.rucio_config)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split(".")[0] == "4"  # JupyterLab's own answer
    assert str(tmp_path / "mine") in done.stderr


def test_lab_runs_no_file_of_the_current_folder(embedded_lake: LakeStatus, tmp_path: Path):
    (tmp_path / "jupyterlab.py").write_text("print('code of the current folder')")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "vre_dm", "lab", "--notebooks", str(tmp_path / "mine"), "--version"],
        env=os.environ | {"RUCIO_CONFIG": str(embedded_lake.rucio_config)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert "current folder" not in done.stdout
    assert done.stdout.split(".")[0] == "4", done.stderr


def test_notebooks_of_a_checkout_are_used_in_place_and_those_of_an_installation_are_copied(tmp_path: Path):
    origin, copies = tmp_path / "notebooks", tmp_path / "copies"
    origin.mkdir()
    (origin / "a.ipynb").touch()
    assert working_copy(origin, None, copies) == copies
    assert (copies / "a.ipynb").is_file()
    (tmp_path / "pyproject.toml").touch()
    assert working_copy(origin, None, copies) == origin


def test_notebooks_are_copied_and_what_the_user_wrote_is_kept(tmp_path: Path):
    origin, mine = tmp_path / "shipped", tmp_path / "mine"
    (origin / "deep").mkdir(parents=True)
    for name in ("a.ipynb", "deep/b.ipynb", "run.py"):
        (origin / name).write_text("shipped")
    mine.mkdir()
    (mine / "a.ipynb").write_text("edited")
    assert working_copy(origin, mine, tmp_path) == mine
    assert (mine / "a.ipynb").read_text() == "edited"
    assert (mine / "deep/b.ipynb").read_text() == "shipped"
    (tmp_path / "file").touch()
    with pytest.raises(NotWritable, match="--notebooks"):
        working_copy(origin, tmp_path / "file" / "x", tmp_path)
