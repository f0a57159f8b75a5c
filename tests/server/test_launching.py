"""A process that dies before it tells anything leaves its last words, and no secret of them."""

import sys
from pathlib import Path

import pytest

from tests.lakes import until
from vre_dm import session
from vre_dm.errors import InvalidConfiguration, JobNotStarted
from vre_dm.lake.jobs.task import FETCH, Task
from vre_dm.lake.tokens import Secret
from vre_dm.server import launching
from vre_dm.server.launching import Launches

TASK = Task(FETCH, "no-such-lake", "a:b", {"target": "/nowhere"})


@pytest.fixture(autouse=True)
def of_this_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("RUCIO_CONFIG", raising=False)
    monkeypatch.setattr(launching, "_PATIENCE", 100.0)  # a busy machine starts processes slowly


def test_what_the_process_refuses_is_the_error_of_the_same_call_here() -> None:
    with pytest.raises(InvalidConfiguration, match="no lake is called 'no-such-lake'"):
        Launches(1).launch(TASK)
    assert session.jobs() == []


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import sys; sys.exit('the disk burns')", "the disk burns"),
        ("import sys; sys.stderr.write('x' * 10**6 + '\\n\\x1b[2Jend'); sys.exit(1)", r"\\x1b\[2Jend"),
        ("import os; os.kill(os.getpid(), 9)", "it said nothing"),
        ('import sys; print(\'{"error": "sys", "message": 1}\'); sys.exit(1)', "it said nothing"),
        ('import sys; print(\'{"error": "Busy", "message": "x"}\'); sys.exit(\'w\')', "ended: w"),
    ],
)
def test_the_last_words_are_the_reason_on_one_line(
    monkeypatch: pytest.MonkeyPatch, code: str, told: str
) -> None:
    monkeypatch.setattr(launching, "_COMMAND", (sys.executable, "-c", code))
    with pytest.raises(JobNotStarted, match=told) as raised:
        Launches(1).launch(TASK)
    assert len(str(raised.value)) < 500
    assert str(raised.value).isprintable()


def test_no_secret_is_among_the_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = Secret("hush-hush-value")
    code = f"import sys; sys.exit('refused {secret.reveal()}')"
    monkeypatch.setattr(launching, "_COMMAND", (sys.executable, "-c", code))
    with pytest.raises(JobNotStarted, match=r"refused \*\*\*"):
        Launches(1).launch(TASK)


def test_a_process_that_tells_nothing_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pid = tmp_path / "pid"

    def none_yet(*_: object) -> None:
        until(lambda: pid.exists() and pid.read_text())  # it is up, and tells nothing

    code = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    monkeypatch.setattr(launching, "_COMMAND", (sys.executable, "-c", code))
    monkeypatch.setattr(launching, "_PATIENCE", 3.0)
    monkeypatch.setattr(launching, "job_of", none_yet)
    with pytest.raises(JobNotStarted, match="told nothing for 3 s"):
        Launches(1).launch(TASK)
    until(lambda: not Path("/proc", pid.read_text()).exists())
