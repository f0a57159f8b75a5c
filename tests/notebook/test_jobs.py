"""A notebook sees the fetch that a terminal started, follows it, and ends it; its own kernel is left well."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lake.conftest import lake  # noqa: F401 - a fixture
from tests.lake.jobs.terminal import DID, FETCH, Terminal, held
from tests.lakes import until
from tests.notebook.kernel import Kernel, running
from vre_dm.lake.jobs.job import Job
from vre_dm.lake.jobs.listing import jobs_in
from vre_dm.lake.lake import Lake
from vre_dm.sandbox import LakeStatus


@pytest.fixture
def terminal(embedded_lake: LakeStatus, tmp_path: Path) -> Terminal:
    return Terminal(embedded_lake, tmp_path)


def standing(terminal: Terminal) -> list[Job]:
    """The jobs that a terminal would list."""
    return jobs_in(Path(terminal.env["XDG_STATE_HOME"], "vre-dm", "jobs"))


@pytest.fixture
def kernel(embedded_lake: LakeStatus, tmp_path: Path) -> Iterator[Kernel]:
    """A notebook of the same user."""
    with running(embedded_lake, tmp_path) as kernel:
        yield kernel


@pytest.fixture
def fetching(terminal: Terminal, lake: Lake, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:  # noqa: F811
    """A fetch in the terminal, which goes on until the test ends it."""
    to = tmp_path / "data"
    with held(lake, DID, to), terminal.start(*FETCH, "--to", str(to)) as child:
        try:
            until(lambda: [job for job in standing(terminal) if job.document()["files_total"] == 1])
            yield child
        finally:
            child.kill()


def test_a_notebook_lists_follows_and_cancels_the_fetch_of_a_terminal(
    kernel: Kernel, fetching: subprocess.Popen[str]
) -> None:
    said = kernel.run("%dm_jobs")
    assert re.search(rf"fetch {DID} .* running .* {fetching.pid}", said["data"]["text/plain"])
    assert "<table>" in said["data"]["text/html"]

    sent = kernel.client.execute("%dm_jobs follow")
    until(lambda: "0/1 files" in str(kernel.client.get_iopub_msg(timeout=60)["content"]))
    kernel.manager.interrupt_kernel()
    said = kernel.outcome(sent)
    assert re.fullmatch(
        rf"UsageError: the fetch \w+ of {DID} goes on; vre-dm jobs cancel \w+ ends it\n", said["text"]
    )
    assert fetching.poll() is None

    said = kernel.run("import vre_dm as dm\njob = dm.jobs().one()\nprint(job.state, job.what)")
    assert said["text"] == f"running {DID}\n"
    said = kernel.run("%dm_jobs cancel")
    assert "cancelled; what arrived is kept" in said["data"]["text/plain"]
    assert "run the same again to continue" in said["data"]["text/plain"]
    _, told = fetching.communicate(timeout=60)
    assert fetching.returncode == 130
    assert "run it again to continue" in told
    assert kernel.run("job.follow()")["data"]["text/plain"].startswith("fetch ")
    assert kernel.run("print(job.state)")["text"] == "cancelled\n"


def test_a_terminal_ends_the_fetch_of_a_notebook_and_the_cell_says_so_in_one_line(
    kernel: Kernel,
    terminal: Terminal,
    lake: Lake,  # noqa: F811
    tmp_path: Path,
) -> None:
    with held(lake, DID, tmp_path / "data"):
        sent = kernel.client.execute(f"%dm_{' '.join(FETCH)} --to data")
        until(lambda: [job for job in standing(terminal) if job.state == "running"])
        code, _, said = terminal.run("jobs", "cancel")
        assert (code, "cancelled" in said) == (0, True)
        said = kernel.outcome(sent)
    assert re.fullmatch(r"UsageError: .*run it again to continue\n", said["text"])
    assert not [*(tmp_path / "data").rglob("s2only*")]


def test_a_tab_offers_what_can_be_done_with_a_job(kernel: Kernel) -> None:
    assert kernel.tab("%dm_jobs ") == ["%dm_jobs cancel", "%dm_jobs follow"]
    assert kernel.tab("%dm_jobs f") == ["%dm_jobs follow"]
