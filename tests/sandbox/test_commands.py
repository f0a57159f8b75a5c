"""``vre-dm lake …`` from a terminal: what it prints, what it refuses, its exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import awkward as ak
import pytest
import uproot
from click.testing import CliRunner

from tests.lakes import client
from vre_dm import sandbox
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.commands import Duration, lake
from vre_dm.sandbox.layout import Layout


def run(*words: str | Path, root: Path) -> subprocess.CompletedProcess[str]:
    """One command line of the installed program."""
    program = Path(sys.executable).with_name("vre-dm")
    environment = {**os.environ, "VRE_DM_LAKE_ROOT": str(root)}
    return subprocess.run(
        [program, "lake", *words], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def test_status_of_a_running_lake_says_how_to_use_it(embedded_lake: LakeStatus) -> None:
    done = run("status", root=embedded_lake.root)
    assert done.returncode == 0
    for promised in ("The lake is up", embedded_lake.url, "export RUCIO_CONFIG=", "MB in 5 parts"):
        assert promised in done.stdout


def test_status_for_a_program_names_every_address_and_file(embedded_lake: LakeStatus) -> None:
    told = json.loads(run("status", "--json", root=embedded_lake.root).stdout)
    assert told["url"] == embedded_lake.url
    assert Path(told["rucio_config"]).is_file()
    assert Path(told["ca"]).is_file()
    assert 0 < told["memory"] < 1e9


def test_status_of_a_lake_that_does_not_run_is_an_error(tmp_path: Path) -> None:
    done = run("status", root=tmp_path / "none")
    assert done.returncode == 1
    assert "is stopped" in done.stdout
    assert not (tmp_path / "none").exists()


def test_a_lake_that_does_not_run_can_be_stopped(tmp_path: Path) -> None:
    assert "was not running" in run("down", root=tmp_path / "none").stdout


def test_a_running_lake_keeps_its_storage_audience_and_says_so(embedded_lake: LakeStatus) -> None:
    done = run("up", "--idle", "1h", "--storage-audience", "https://x", root=embedded_lake.root)
    assert done.returncode == 0
    assert "ran already, with other options" in done.stderr
    assert run("up", "--idle", "1h", root=embedded_lake.root).stderr == ""


def test_an_audience_that_no_token_can_have_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    done = run("up", "--storage-audience", "two words", root=tmp_path / "none")
    assert done.returncode == 1
    assert "is no audience" in done.stderr
    assert not (tmp_path / "none").exists()


def test_up_again_leaves_a_running_lake_as_it_is(embedded_lake: LakeStatus) -> None:
    done = run("up", root=embedded_lake.root)
    assert done.returncode == 0
    assert sandbox.status(embedded_lake.root).parts == embedded_lake.parts


def test_the_shell_speaks_to_the_lake_with_the_stock_command_line(embedded_lake: LakeStatus) -> None:
    environment = {**os.environ, "VRE_DM_LAKE_ROOT": str(embedded_lake.root), "SHELL": "/bin/sh"}
    environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    words = [Path(sys.executable).with_name("vre-dm"), "lake", "shell"]
    done = subprocess.run(words, env=environment, input="rucio whoami\n", capture_output=True, text=True)
    assert "account    : dm" in done.stdout


@pytest.mark.slow  # tens of seconds, and its like is tried by others
def test_reset_asks_first_and_then_leaves_nothing(lake_root: Path) -> None:
    sandbox.up(lake_root)
    cluster = Layout(lake_root).postgres.resolve()
    refused = run("reset", root=lake_root)
    assert refused.returncode != 0
    assert sandbox.status(lake_root).running
    assert run("reset", "--yes", root=lake_root).returncode == 0
    assert not lake_root.exists()
    assert not cluster.exists()


def test_simulated_events_become_a_dataset_that_rucio_serves(embedded_lake: LakeStatus) -> None:
    words = ["generate", "events", "--files", "2", "--events", "3000", "--name", "simulated.small"]
    assert run(*words, root=embedded_lake.root).stdout.strip() == "user.dm:simulated.small"
    user = client(embedded_lake)
    assert user.get_metadata("user.dm", "simulated.small", plugin="JSON")["simulated"] is True
    replicas = list(user.list_replicas([{"scope": "user.dm", "name": "simulated.small"}]))
    assert len(replicas) == 2
    path = replicas[0]["rses"]["CERN-EOSPILOT"][0].removeprefix("file://localhost")
    with uproot.open(path) as file:
        assert file["Events"].num_entries == 3000
        assert int(ak.max(file["Events"]["nMuon"].array())) == 2
    again = run(*words, root=embedded_lake.root)
    assert again.returncode == 1
    assert again.stderr.strip().splitlines() == [
        "Error: user.dm:simulated.small is in the lake already; choose another name"
    ]


@pytest.mark.parametrize("words", [["--files", "0"], ["--events", "-1"], ["--files", "many"]])
def test_numbers_of_events_that_make_no_sense_are_refused(words: list[str]) -> None:
    assert CliRunner().invoke(lake, ["generate", "events", *words]).exit_code == 2


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("90s", 90), ("30m", 1800), ("2h", 7200), ("1.5d", 129600), ("never", 0)],
)
def test_lengths_of_time_are_written_as_people_write_them(text: str, seconds: float) -> None:
    assert Duration().convert(text, None, None) == seconds


def test_a_length_of_time_that_is_none_is_refused_with_an_example() -> None:
    done = CliRunner().invoke(lake, ["up", "--idle", "soon"])
    assert done.exit_code == 2
    assert "write for example 90s" in done.output


@pytest.mark.parametrize("name", ["../x", "a b", "", "a..b", "x" * 300, "ö"])
def test_a_name_that_cannot_be_a_dataset_is_refused_in_one_line(embedded_lake: LakeStatus, name: str) -> None:
    done = run(
        "generate", "events", "--files", "1", "--events", "10", "--name", name, root=embedded_lake.root
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "cannot name a dataset" in done.stderr


@pytest.mark.slow  # tens of seconds, and its like is tried by others
def test_an_environment_for_an_image_is_made_whatever_the_variable_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VRE_DM_LAKE_ENVIRONMENT", str(tmp_path / "nothing"))
    done = run("environment", tmp_path / "image", root=tmp_path / "lake")
    assert done.returncode == 0, done.stderr
    assert (Path(done.stdout.strip()) / "bin" / "python").exists()
