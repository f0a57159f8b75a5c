"""A map as a notebook and a terminal see it, over a dataset of the real lake."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lake.jobs.terminal import Terminal
from tests.lakes import until
from tests.notebook.kernel import Kernel, running
from vre_dm.sandbox import LakeStatus

FILL = """
import vre_dm as dm, numpy as np, pathlib, time
def fill(events):
    while not pathlib.Path("gate").exists():
        time.sleep(0.05)
    return {"mass": np.histogram(np.asarray(events.mass), 60, (60, 120))[0], "n": len(events)}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def terminal(embedded_lake: LakeStatus, home: Path) -> Terminal:
    return Terminal(embedded_lake, home)


@pytest.fixture
def kernel(embedded_lake: LakeStatus, home: Path) -> Iterator[Kernel]:
    with running(embedded_lake, home) as kernel:
        assert kernel.run(FILL)["status"] == "ok"
        yield kernel


def maps(terminal: Terminal) -> list[dict[str, object]]:
    """What ``vre-dm jobs`` says of maps."""
    code, out, said = terminal.run("jobs", "--json")
    assert code == 0, said
    return [job for job in json.loads(out) if job["kind"] == "map"]


def planned(terminal: Terminal) -> list[dict[str, object]]:
    """Maps whose own process has begun: until then the cell may be starting it."""
    return [job for job in maps(terminal) if job["state"] == "running" and job["files_total"]]


def test_a_cell_shows_its_progress_and_has_the_merged_value(kernel: Kernel, home: Path, terminal: Terminal):
    (home / "gate").touch()
    done = kernel.run("found = dm.dataset('cms:zmumu.2010').map(fill); found['n'], int(found['mass'].sum())")
    assert done["data"]["text/plain"] == "(2304, 2008)"
    assert "1 of 1 file, 2304 entries in 1 chunk, computed in" in done["shown"][-1]
    said = kernel.run("dm.jobs()[0].outcome()")["data"]["text/plain"]
    assert "cms:zmumu.2010.root  adler32:3ec7eec7" in said
    (job,) = maps(terminal)
    assert (job["what"], job["to"], job["state"]) == ("cms:zmumu.2010", "fill", "finished")


def test_a_map_outlives_its_kernel_and_is_found_by_the_next_one(
    embedded_lake: LakeStatus, home: Path, terminal: Terminal
):
    with running(embedded_lake, home) as first:
        assert first.run(FILL)["status"] == "ok"
        assert first.run("dm.start_map('cms:zmumu.2010', fill)")["status"] == "ok"
        first.manager.interrupt_kernel()
    (job,) = maps(terminal)
    assert job["state"] == "running"
    with running(embedded_lake, home) as second:
        assert second.run(FILL)["status"] == "ok"
        same = second.run("dm.start_map('cms:zmumu.2010', fill).name")["data"]["text/plain"]
        assert same == repr(job["job"])
        (home / "gate").touch()
        followed = second.run("dm.jobs().one().follow().outcome().value['n']")
        assert followed["data"]["text/plain"] == "2304"


def test_an_interrupted_cell_stops_its_map(kernel: Kernel, terminal: Terminal):
    sent = kernel.client.execute("dm.dataset('cms:zmumu.2010').map(fill)")
    until(lambda: planned(terminal))
    kernel.manager.interrupt_kernel()
    assert kernel.outcome(sent)["error"] == "JobCancelled"
    until(lambda: maps(terminal)[0]["state"] == "cancelled")


def test_a_killed_map_is_continued_from_its_task(home: Path, terminal: Terminal, kernel: Kernel):
    assert kernel.run("run = dm.start_map('cms:zmumu.2010', fill)")["status"] == "ok"
    until(lambda: maps(terminal)[0]["files_total"])
    os.kill(int(str(maps(terminal)[0]["pid"])), signal.SIGKILL)
    said = kernel.run("run.result()")
    assert said["error"] == "RunFailed"
    (home / "gate").touch()
    code = "from vre_dm.cli import task; import sys; sys.exit(task.main())"
    again = kernel.run(
        "import json, subprocess, sys\n"
        "task = json.dumps(dm.jobs()[0].again().document())\n"
        f"subprocess.run([sys.executable, '-c', {code!r}], input=task, text=True, timeout=120).returncode"
    )
    assert again["data"]["text/plain"] == "0"
    assert kernel.run("dm.jobs()[0].outcome().value['n']")["data"]["text/plain"] == "2304"


def test_a_map_goes_on_when_the_kernel_restarts_in_the_middle_of_its_cell(
    kernel: Kernel, home: Path, terminal: Terminal
):
    kernel.client.execute("dm.dataset('cms:zmumu.2010').map(fill)")
    until(lambda: planned(terminal))
    kernel.manager.restart_kernel()  # as JupyterLab does it: an interrupt, then the request to end
    kernel.client.wait_for_ready(timeout=60)
    (job,) = maps(terminal)
    assert job["state"] == "running"
    assert kernel.run("%load_ext vre_dm")["status"] == "ok"
    assert kernel.run(FILL)["status"] == "ok"
    same = kernel.run("dm.start_map('cms:zmumu.2010', fill).name")["data"]["text/plain"]
    assert same == repr(job["job"])
    (home / "gate").touch()
    done = kernel.run("dm.dataset('cms:zmumu.2010').map(fill)['n']")
    assert done["data"]["text/plain"] == "2304"
