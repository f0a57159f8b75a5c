"""A fetch beside its caller: followed, waited for, stopped in time, and honest about its end."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.server import Breaking, breaking, good
from tests.faults.world import CALM, OpenAccess, finals, partials, registered
from tests.lakes import until
from vre_dm.errors import JobCancelled, NotInLake, NotWritable, TransferFailed
from vre_dm.lake.files import File
from vre_dm.lake.jobs import started
from vre_dm.lake.jobs.folder import About, folders
from vre_dm.lake.jobs.journal import Entry, Journal
from vre_dm.lake.jobs.started import StartedJob
from vre_dm.lake.transfer import Event, fetch_files
from vre_dm.lake.transfer.events import Cancelled, Failed, Finished, Listener, Placed, Planned, Progress

BODY = b"0123456789" * 300_000
ABOUT = About("fetch", "test:data.bin", "/data", "embedded")


@pytest.fixture
def server() -> Iterator[Breaking]:
    with breaking() as play:
        yield play


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "state" / "jobs"


def fetching(folder: Path, *files: File) -> Callable[[Listener, threading.Event], list[Path]]:
    def work(tell: Listener, stop: threading.Event) -> list[Path]:
        return fetch_files(files, folder, access=OpenAccess(), policy=CALM, progress=tell, stop=stop)

    return work


def half(gate: threading.Event):
    """Half of the bytes, then silence till the test is over."""

    def act(handler) -> None:
        start = handler.asked_from()
        extra = {"Content_Range": f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"} if start else {}
        handler.answer(206 if start else 200, Content_Length=len(BODY) - start, **extra)
        handler.send(BODY[start : len(BODY) // 2])
        gate.set()
        handler.play.over.wait(60)
        handler.hang_up()

    return act


def test_a_job_gives_its_result_its_events_and_a_journal_for_others(
    server: Breaking, tmp_path: Path, root: Path
):
    file = registered(BODY, server.play("/x", good(BODY)))
    job = StartedJob(fetching(tmp_path, file), ABOUT, root)
    (path,) = job.result(60)
    assert path.read_bytes() == BODY
    assert job.state == "finished"
    assert repr(job) == f"<fetch of {ABOUT.what}: finished>"
    (folder,) = folders(root)
    live, told = list(job.events()), [entry.event for entry in folder.entries()]
    assert live == list(job.events())
    for events in (live, told):
        assert isinstance(events[0], Planned)
        assert isinstance(events[-1], Finished)
        assert any(isinstance(event, Placed) and event.path == path for event in events)
    assert folder.state == "finished"
    assert folder.begun is not None
    assert folder.begun.about == ABOUT


def test_without_a_folder_it_fetches_all_the_same(server: Breaking, tmp_path: Path):
    job = StartedJob(fetching(tmp_path, registered(BODY, server.play("/x", good(BODY)))), ABOUT, None)
    assert job.result(60)[0].read_bytes() == BODY


def test_a_folder_or_a_journal_that_cannot_be_made_stops_no_fetch(
    server: Breaking, tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
):
    work = fetching(tmp_path, registered(BODY, server.play("/x", good(BODY))))
    (tmp_path / "file").touch()
    assert StartedJob(work, ABOUT, tmp_path / "file").result(60)[0].read_bytes() == BODY

    def refused(*_: object) -> Journal:
        raise OSError

    monkeypatch.setattr(started, "Journal", refused)
    assert StartedJob(work, ABOUT, root).result(60)[0].read_bytes() == BODY
    assert folders(root) == []


def test_a_job_whose_end_the_disk_refused_does_not_seem_to_run_for_ever(tmp_path: Path, root: Path):
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")

    def work(tell: Listener, stop: threading.Event) -> list[Path]:
        (folder,) = folders(root)
        for link in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(OSError):
                if link.samefile(folder.journal):
                    os.dup2(full, int(link.name))
        tell(Finished(0, 0, 0.0))
        return []

    full = os.open("/dev/full", os.O_WRONLY)
    try:
        assert StartedJob(work, ABOUT, root).result(60) == []
    finally:
        os.close(full)
    assert folders(root) == []


def test_cancel_ends_it_and_the_next_run_goes_on(server: Breaking, tmp_path: Path):
    gate = threading.Event()
    file = registered(BODY, server.play("/x", half(gate), good(BODY)))
    job = StartedJob(fetching(tmp_path, file), ABOUT, None)
    assert gate.wait(60)
    until(lambda: sum(part.stat().st_size for part in partials(tmp_path)) == len(BODY) // 2)
    assert job.state == "running"
    assert not job.wait(0)
    with pytest.raises(TimeoutError):
        job.result(0)
    job.cancel()
    with pytest.raises(JobCancelled, match=r"0 of 1 file complete .* run it again to continue"):
        job.result(60)
    assert job.state == "cancelled"
    assert list(job.events())[-1] == Cancelled(0, 1)
    assert finals(tmp_path) == []
    assert StartedJob(fetching(tmp_path, file), ABOUT, None).result(60)[0].read_bytes() == BODY
    assert server.sent == len(BODY)
    job.cancel()
    assert partials(tmp_path) == []


def test_another_process_can_stop_it_by_its_folder(server: Breaking, tmp_path: Path, root: Path):
    gate = threading.Event()
    job = StartedJob(fetching(tmp_path, registered(BODY, server.play("/x", half(gate)))), ABOUT, root)
    assert gate.wait(60)
    (seen,) = folders(root)
    assert seen.state == "running"
    heard: list[Entry] = []
    follower = threading.Thread(target=lambda: heard.extend(seen.entries(wait=lambda: time.sleep(0.01))))
    follower.start()
    seen.cancel()
    follower.join(60)
    assert heard[-1].event == Cancelled(0, 1)
    with pytest.raises(JobCancelled):
        job.result(60)
    assert seen.state == "cancelled"


def test_another_process_can_stop_it_while_nothing_happens(root: Path):
    """A catalogue that does not answer tells no events."""

    def work(tell: Listener, stop: threading.Event) -> list[Path]:
        assert stop.wait(60)
        raise JobCancelled

    job = StartedJob(work, ABOUT, root)
    folders(root)[0].cancel()
    with pytest.raises(JobCancelled):
        job.result(60)
    assert folders(root)[0].state == "cancelled"


def test_it_shows_other_machines_that_it_lives_while_nothing_happens(root: Path):

    def work(tell: Listener, stop: threading.Event) -> list[Path]:
        about = folders(root)[0].path / "job.json"
        os.utime(about, (1.0, 1.0))
        while about.stat().st_mtime == 1.0 and not stop.wait(0.01):
            pass
        return []

    assert StartedJob(work, ABOUT, root).result(60) == []


@pytest.mark.parametrize("kind", ["fetch", "upload"])
def test_what_was_interrupted_is_called_by_its_name(kind: str):
    asked, answer = threading.Event(), threading.Event()

    def work(tell: Listener, stop: threading.Event) -> list[Path]:
        asked.set()
        answer.wait(60)
        return []

    job = StartedJob(work, replace(ABOUT, kind=kind), None)
    with interrupted(job, asked), pytest.raises(JobCancelled, match=f"^{kind} stopped; run it again"):
        job.follow(lambda _: None)
    answer.set()


@contextmanager
def interrupted(job: StartedJob, when: threading.Event) -> Iterator[None]:
    """Interrupt the main thread once it follows the job and that has come so far."""
    following, events = threading.Event(), job.events

    def marked() -> Iterator[Event]:
        following.set()
        yield from events()

    def interrupt() -> None:
        if when.wait(60) and following.wait(60):
            os.kill(os.getpid(), signal.SIGINT)

    job.events = marked
    other = threading.Thread(target=interrupt)
    other.start()
    try:
        yield
    finally:
        other.join()


def test_an_interrupt_of_who_follows_stops_it_and_is_the_last_that_is_told(
    server: Breaking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(started, "_FAREWELL", 60.0)
    heard: list[Event] = []
    gate = threading.Event()
    job = StartedJob(fetching(tmp_path, registered(BODY, server.play("/x", half(gate)))), ABOUT, None)
    with (
        interrupted(job, gate),
        pytest.raises(JobCancelled, match=r"0 of 1 file .* run it again to continue"),
    ):
        job.follow(heard.append)
    assert job.wait(60)
    assert job.state == "cancelled"
    assert heard[-1] == Cancelled(0, 1)
    assert finals(tmp_path) == []


def test_an_interrupt_before_anything_is_planned_is_over_at_once(tmp_path: Path):
    """The catalogue may be slow to answer; its thread is left behind and starts nothing later."""
    asked, answer = threading.Event(), threading.Event()

    def work(tell: Listener, stop: threading.Event) -> list[Path]:
        asked.set()
        answer.wait(60)
        return fetching(tmp_path, registered(BODY, "file://localhost/no/file"))(tell, stop)

    job = StartedJob(work, ABOUT, None)
    with interrupted(job, asked), pytest.raises(JobCancelled, match="run it again to continue"):
        job.follow(lambda _: None)
    answer.set()
    with pytest.raises(JobCancelled):
        job.result(60)
    assert list(tmp_path.iterdir()) == []


def test_a_listener_that_fails_stops_the_fetch_and_is_heard(server: Breaking, tmp_path: Path):
    gate = threading.Event()
    job = StartedJob(fetching(tmp_path, registered(BODY, server.play("/x", half(gate)))), ABOUT, None)

    def fail(_: Event) -> None:
        msg = "display gone"
        raise RuntimeError(msg)

    with pytest.raises(RuntimeError, match="display gone"):
        job.follow(fail)
    assert job.wait(60)
    assert job.state == "cancelled"


def test_what_ends_the_whole_fetch_is_an_event_and_an_error(tmp_path: Path):
    def work(tell: Listener, stop: threading.Event) -> list[Path]:
        msg = "s:n is not in the lake"
        raise NotInLake(msg)

    job = StartedJob(work, ABOUT, None)
    with pytest.raises(NotInLake):
        job.follow(lambda _: None)
    assert job.state == "failed"
    assert list(job.events()) == [Failed(None, (("", "s:n is not in the lake"),))]


def test_files_that_fail_make_a_failed_job_with_one_last_event(tmp_path: Path):
    job = StartedJob(fetching(tmp_path, registered(b"x", "file://localhost/no/file")), ABOUT, None)
    with pytest.raises(TransferFailed):
        job.result(60)
    assert job.state == "failed"
    *_, failed, last = [event for event in job.events() if not isinstance(event, Progress)]
    assert isinstance(failed, Failed)
    assert isinstance(last, Finished)
    assert (last.files, last.failed) == (0, 1)


def test_a_disk_that_refuses_stops_no_job_except_one_that_must_tell_of_itself(tmp_path: Path) -> None:
    blocked, done = tmp_path / "jobs", []
    blocked.write_text("a file")

    def work(tell: Listener, stop: threading.Event) -> list[Path]:
        done.append(1)
        return []

    with pytest.raises(NotWritable, match=f"{blocked}.*XDG_STATE_HOME"):
        StartedJob(work, ABOUT, blocked, must_tell=True)
    assert done == []
    assert StartedJob(work, ABOUT, blocked).result(60) == []
    assert done == [1]
    assert blocked.read_text() == "a file"
