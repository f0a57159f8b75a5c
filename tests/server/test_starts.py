"""Jobs start beside every other question, no more of them than may run, and none that nobody can see."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tests.lake.jobs.test_folder import DEAD, NOW, made
from tests.server.conftest import Asked, hurried, said
from tests.server.listening import eventually
from vre_dm import session
from vre_dm.lake.jobs.task import FETCH, Task
from vre_dm.lake.transfer.events import Cancelled
from vre_dm.lake.transfer.owner import myself
from vre_dm.server import launching
from vre_dm.server.launching import _AT_ONCE, Launches

LONG = {"request_timeout": 120}


@pytest.fixture
def settings() -> dict[str, object]:
    return {"patience": 60.0, "concurrency": 1}


@pytest.fixture
def root(jp_server_config: object, tmp_path: Path) -> Path:
    return tmp_path / "xdg_state_home" / "vre-dm" / "jobs"


@pytest.fixture(autouse=True)
def no_lake(jp_server_config: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUCIO_CONFIG", raising=False)


def stopped(root: Path, number: int = 0) -> str:
    """A job that can go on; its lake is not configured."""
    job = made(root, Cancelled(0, 1), owner=DEAD, now=NOW + number)
    task = Task(FETCH, "no-such-lake", "s:n", {"target": f"/d{number}"})
    (job.path / "task.json").write_text(json.dumps(task.document()))
    return job.path.name[-8:]


async def test_starts_that_take_long_keep_no_other_question_waiting_and_none_is_given_up(
    api: Asked, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, begun = tmp_path / "gate", tmp_path / "begun"
    begun.mkdir()
    code = (
        "import os, sys, time\n"
        f"open({str(begun)!r} + '/' + str(os.getpid()), 'w').close()\n"
        f"while not os.path.exists({str(gate)!r}): time.sleep(0.05)\n"
        "sys.exit('the gate is open')"
    )
    monkeypatch.setattr(launching, "_COMMAND", (sys.executable, "-c", code))
    monkeypatch.setattr(launching, "_PATIENCE", 100.0)
    hurried(monkeypatch, lambda _, who: who == "the start of the job")
    name = stopped(root)
    asked = [
        asyncio.ensure_future(api("jobs", name, "continue", method="POST", **LONG)) for _ in range(_AT_ONCE)
    ]

    async def every_start_is_under_way() -> bool:
        return len(list(begun.iterdir())) == _AT_ONCE

    await eventually(every_start_is_under_way)
    assert [job["job"] for job in said(await api("jobs"))["jobs"]] == [name]
    loop, now = asyncio.get_running_loop(), asyncio.get_running_loop().time()
    await eventually(lambda: loop.time() > now + 0.5)
    assert not any(one.done() for one in asked)
    gate.touch()
    for response in await asyncio.gather(*asked):
        assert (response.code, said(response)["error"]) == (500, "JobNotStarted")
        assert "the gate is open" in said(response)["message"]
    assert [job["can"] for job in said(await api("jobs"))["jobs"]] == [["continue", "delete"]]


async def test_more_jobs_than_may_run_are_refused_and_the_one_that_was_to_go_on_stays(
    api: Asked, root: Path
) -> None:
    for number in range(8):
        made(root, owner=myself(), now=NOW + number)
    name = stopped(root, 9)
    response = await api("jobs", name, "continue", method="POST", **LONG)
    answer = said(response)
    assert (response.code, answer["error"]) == (503, "Busy")
    assert "8 jobs run already" in answer["message"]
    assert int(response.headers["Retry-After"]) > 0
    assert name in {job["job"] for job in said(await api("jobs"))["jobs"]}


def test_a_process_that_is_given_up_is_forgotten_with_what_it_told(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    code = (
        "import time\nfrom tests.lake.jobs.test_folder import made\nfrom pathlib import Path\n"
        f"made(Path({str(root)!r}), now=time.time())\ntime.sleep(600)"
    )
    monkeypatch.setattr(launching, "_COMMAND", (sys.executable, "-c", code))
    monkeypatch.setattr(launching, "_PATIENCE", 100.0)
    monkeypatch.setattr(launching, "_first", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Launches(1).launch(Task(FETCH, "no-such-lake", "s:n", {"target": "/nowhere"}))
    assert session.jobs() == []
