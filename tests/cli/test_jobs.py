"""Several windows of one user: each sees what the others do, follows it, and can end it."""

import json
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.lake.conftest import lake  # noqa: F401 - a fixture
from tests.lake.jobs.terminal import DID, FETCH, Terminal, held
from tests.lakes import until
from vre_dm.cli import main
from vre_dm.lake.jobs.job import AGAIN
from vre_dm.lake.jobs.listing import jobs_in
from vre_dm.lake.lake import Lake
from vre_dm.sandbox import LakeStatus


@pytest.fixture
def terminal(embedded_lake: LakeStatus, tmp_path: Path) -> Terminal:
    return Terminal(embedded_lake, tmp_path)


@pytest.fixture
def fetching(terminal: Terminal, lake: Lake, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:  # noqa: F811
    """A fetch in one window, which goes on until the test ends it."""
    to = tmp_path / "data"
    with held(lake, DID, to), terminal.start(*FETCH, "--to", str(to)) as child:
        try:
            until(lambda: [job for job in standing(terminal) if job["files_total"] == 1])
            yield child
        finally:
            child.kill()


def standing(terminal: Terminal) -> list[dict[str, object]]:
    """What `listed` gives, at once: for those who ask again and again."""
    return [job.document() for job in jobs_in(Path(terminal.env["XDG_STATE_HOME"], "vre-dm", "jobs"))]


def listed(terminal: Terminal) -> list[dict[str, object]]:
    code, out, said = terminal.run("jobs", "--json")
    assert (code, said) == (0, "")
    documents: list[dict[str, object]] = json.loads(out)
    return documents


def test_a_window_lists_follows_and_cancels_the_fetch_of_another(
    terminal: Terminal, fetching: subprocess.Popen[str], tmp_path: Path
):
    (job,) = listed(terminal)
    assert (job["kind"], job["what"], job["to"]) == ("fetch", DID, str(tmp_path / "data"))
    assert (job["state"], job["pid"], job["files_done"]) == ("running", fetching.pid, 0)
    code, out, said = terminal.run("jobs")
    assert (code, said) == (0, "")
    assert re.search(rf"{job['job']}  fetch {DID} .* running .* {fetching.pid}", out)
    with terminal.start("jobs", "follow", "--json") as follower:
        assert follower.stdout is not None
        first = json.loads(follower.stdout.readline())
        assert (first["event"], first["files"]) == ("planned", 1)
        code, _, said = terminal.run("jobs", "cancel")
        told = f"fetch {job['job']} of {DID}: cancelled; what arrived is kept; {AGAIN}\n"
        assert (code, said) == (0, told)
        out, said = follower.communicate(timeout=60)
    assert follower.returncode == 1
    assert json.loads(out.splitlines()[-1])["event"] == "cancelled"
    assert said.endswith(told)
    _, said = fetching.communicate(timeout=60)
    assert fetching.returncode == 130
    assert "run it again to continue" in said


def test_ctrl_c_ends_the_look_and_not_the_job(
    terminal: Terminal, fetching: subprocess.Popen[str], tmp_path: Path
):
    with terminal.start("jobs", "follow", "--json") as follower:
        assert follower.stdout is not None
        follower.stdout.readline()
        follower.send_signal(signal.SIGINT)
        _, said = follower.communicate(timeout=60)
    (job,) = standing(terminal)
    name = job["job"]
    assert follower.returncode == 130
    assert said == f"vre-dm: the fetch {name} of {DID} goes on; vre-dm jobs cancel {name} ends it\n"
    assert fetching.poll() is None
    assert job["state"] == "running"


def test_a_program_that_lost_its_connection_goes_on_where_it_was(
    terminal: Terminal, fetching: subprocess.Popen[str]
):
    fetching.send_signal(signal.SIGINT)
    fetching.communicate(timeout=60)
    name = str(standing(terminal)[0]["job"])
    code, out, _ = terminal.run("jobs", "follow", name, "--json")
    assert code == 1
    told = out.splitlines()
    words = ["jobs", "follow", name, "--json", "--after"]
    _, rest, _ = terminal.run(*words, str(json.loads(told[0])["id"]))
    assert rest.splitlines() == told[1:]
    for at, line in enumerate(told):
        rest = CliRunner().invoke(main, [*words, str(json.loads(line)["id"])], env=terminal.env).stdout
        assert rest.splitlines() == told[at + 1 :]
    assert terminal.run("jobs", "follow", name, "--after", "1")[0] == 2


def test_a_killed_fetch_has_died_and_the_next_one_goes_on_with_it(
    terminal: Terminal, fetching: subprocess.Popen[str], tmp_path: Path
):
    fetching.kill()
    fetching.communicate()
    (died,) = listed(terminal)
    assert (died["state"], died["remark"]) == ("died", "its process is gone; what arrived is kept")
    code, _, said = terminal.run("jobs", "follow", str(died["job"]))
    assert (code, said) == (1, f"fetch {died['job']} of {DID}: died; {died['remark']}; {AGAIN}\n")
    with terminal.start(*FETCH, "--to", str(tmp_path / "data")) as again:
        until(lambda: len(standing(terminal)) == 2)
        running, died = listed(terminal)
        assert (running["state"], running["pid"]) == ("running", again.pid)
        assert died["remark"] == f"its process is gone; {running['job']} goes on with it"
        again.kill()


def test_jobs_that_are_wider_than_the_terminal_are_told_in_paragraphs(
    terminal: Terminal, fetching: subprocess.Popen[str]
):
    terminal.env["COLUMNS"] = "60"
    screen = terminal.on_screen("jobs")
    shown = screen.shows(None).splitlines()
    assert screen.process.wait(60) == 0
    assert shown[:2] == ["1 job, 1 running", f"job: {standing(terminal)[0]['job']}  what: fetch {DID}"]


def test_the_bar_of_another_window_is_drawn_on_this_one(
    terminal: Terminal,
    lake: Lake,  # noqa: F811
    tmp_path: Path,
):
    """As a user sees it, on a real terminal, to the end of the fetch."""
    to = tmp_path / "data"
    with held(lake, DID, to):
        child = terminal.start(*FETCH, "--to", str(to))
        until(lambda: [job for job in standing(terminal) if job["files_total"] == 1])
        screen = terminal.on_screen("jobs", "follow")
        assert "0/1 files" in screen.shows("0/1 files")
    with child:
        out, told = child.communicate(timeout=60)
    assert out.endswith("s2only.limits.parquet\n"), told
    assert f"of {DID}: finished" in screen.shows(None)
    assert screen.process.wait(60) == 0


def test_what_is_asked_wrongly_is_one_line(terminal: Terminal):
    assert terminal.run("jobs") == (0, "no jobs\n", "")
    assert terminal.run("jobs", "follow", "x", "y")[0] == 2
    for words, said in (
        (("follow",), "Error: no job runs; vre-dm jobs and dm.jobs() list those of the last week\n"),
        (
            ("cancel", "../x"),
            "Error: no job is called '../x'; vre-dm jobs and dm.jobs() list those of the last week\n",
        ),
    ):
        assert terminal.run("jobs", *words) == (1, "", said)
