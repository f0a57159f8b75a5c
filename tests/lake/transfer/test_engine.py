"""Fetching from a path on this machine, what is kept, and who hears about it."""

import os
import threading
from pathlib import Path

import pytest

from tests.faults.server import breaking, good
from tests.faults.world import OpenAccess, fetch, finals, partials, registered, stored
from vre_dm.errors import ChecksumMismatch, JobCancelled, TransferFailed
from vre_dm.lake.transfer import Event, Pace, Policy, Progress, fetch_files
from vre_dm.lake.transfer.events import (
    Cancelled,
    Failed,
    Finished,
    Placed,
    Planned,
    SourceChanged,
    Started,
    Verified,
)
from vre_dm.lake.transfer.sources import NO_REPLICA

BODY = os.urandom(2_500_000)
DAMAGED = BODY[:-1] + bytes([BODY[-1] ^ 1])


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "folder"


def test_files_come_in_the_order_asked_with_their_true_bytes(store: Path, folder: Path):
    bodies = {f"deep/f{at}": BODY[: at * 1000] for at in range(9, -1, -1)}
    paths = fetch([stored(store, name, body) for name, body in bodies.items()], folder)
    assert [path.read_bytes() for path in paths] == list(bodies.values())
    assert [path.relative_to(folder / "test").as_posix() for path in paths] == list(bodies)
    assert partials(folder) == []


def test_a_good_file_is_kept_as_it_is(store: Path, folder: Path):
    file = stored(store, "f", BODY)
    (path,) = fetch([file], folder)
    before = path.stat()
    (store / "f").unlink()  # could not be fetched again
    assert fetch([file], folder) == [path]
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_copy_is_independent_of_the_lake(store: Path, folder: Path):
    (path,) = fetch([stored(store, "f", BODY)], folder)
    path.write_bytes(b"changed")
    assert (store / "f").read_bytes() == BODY


def test_in_place_a_path_of_the_lake_is_given_and_nothing_written(store: Path, folder: Path):
    file = stored(store, "f", BODY)
    assert fetch([file], folder, copy=False) == [store / "f"]
    assert not folder.exists()


def test_in_place_a_copy_of_another_size_is_not_given(store: Path, folder: Path):
    file = stored(store, "f", BODY)
    (store / "f").write_bytes(BODY[:-1])
    with pytest.raises(TransferFailed, match="2499999 bytes are offered where 2500000 are registered"):
        fetch([file], folder, copy=False)


def test_in_place_a_damaged_copy_is_not_given_when_all_are_read_again(store: Path, folder: Path):
    file = stored(store, "f", BODY)
    (store / "f").write_bytes(DAMAGED)
    with pytest.raises(ChecksumMismatch, match="instead of"):
        fetch([file], folder, copy=False, recheck=True)


@pytest.mark.parametrize("kind", ["pipe", "folder", "absent", "dangling"])
def test_what_is_no_plain_file_is_never_read(kind: str, store: Path, folder: Path):
    file = stored(store, "f", BODY)
    path = store / "f"
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "dangling":
        path.symlink_to(store / "nowhere")
    with pytest.raises(TransferFailed, match="RSE-1"):
        fetch([file], folder)
    assert finals(folder) == []


def test_a_damaged_local_copy_falls_to_the_server(store: Path, folder: Path):
    with breaking() as server:
        local = stored(store, "f", BODY)
        (store / "f").write_bytes(DAMAGED)
        file = registered(BODY, local.replicas[0].pfn, server.play("/f", good(BODY)), name="f")
        heard: list[Event] = []
        (path,) = fetch([file], folder, progress=heard.append)
        assert path.read_bytes() == BODY
        (changed,) = [event for event in heard if isinstance(event, SourceChanged)]
        assert "checksum" in changed.cause
        assert changed.source == f"RSE-2 ({server.url('/f')})"


def test_a_dataset_without_files_is_an_empty_list(folder: Path):
    assert fetch([], folder) == []


def test_a_file_without_replicas_says_so_in_error_table_and_event(store: Path, folder: Path):
    heard: list[Event] = []
    with pytest.raises(TransferFailed, match="the catalogue: knows no replica") as caught:
        fetch([registered(BODY), stored(store, "good", BODY)], folder, progress=heard.append)
    assert "the dataset's owner" in str(caught.value.report)
    (failed,) = [event for event in heard if isinstance(event, Failed)]
    assert failed.causes == (NO_REPLICA,)
    state, last = heard[-2:]
    assert isinstance(state, Progress)
    assert isinstance(last, Finished)
    assert (state.files_done, state.files_total, state.bytes_done) == (1, 2, len(BODY))
    assert (last.files, last.failed) == (1, 1)


def test_a_fetch_that_fails_leaves_no_empty_folders_behind(store: Path, folder: Path):
    missing = registered(BODY, "file://localhost/no/such/file", name="deep/down")
    with pytest.raises(TransferFailed):
        fetch([missing], folder)
    assert not folder.exists()
    folder.mkdir()
    with pytest.raises(TransferFailed):
        fetch([missing, stored(store, "deep/good", BODY)], folder)
    assert [path.name for path in finals(folder)] == ["good"]
    (folder / "test/deep/good").unlink()
    with pytest.raises(TransferFailed):
        fetch([missing], folder)
    assert list(folder.iterdir()) == []


def test_events_come_from_the_calling_thread_and_end_complete(store: Path, folder: Path):
    heard: list[tuple[int, Event]] = []
    files = [stored(store, f"f{at}", BODY) for at in range(3)]
    fetch(files, folder, progress=lambda event: heard.append((threading.get_ident(), event)))
    assert {thread for thread, _ in heard} == {threading.get_ident()}
    *_, state, last = [event for _, event in heard]
    assert isinstance(state, Progress)
    assert (
        (state.files_done, state.bytes_done) == (3, 3 * len(BODY)) == (state.files_total, state.bytes_total)
    )
    assert isinstance(last, Finished)
    assert (last.files, last.bytes) == (3, 3 * len(BODY))


def test_each_file_tells_its_story_in_order(store: Path, folder: Path):
    with breaking() as server:
        url = server.play("/f", good(BODY, stop_after=1_500_000), good(BODY))
        file, absent = registered(BODY, url, name="f"), registered(b"x", "file://localhost/no/file", name="g")
        heard: list[Event] = []
        with pytest.raises(TransferFailed):
            fetch([file, absent], folder, progress=heard.append)
    source, path = f"RSE-1 ({url})", folder / file.did.path()
    story = [event for event in heard if getattr(event, "file", None) == file.did]
    started, again, verified, placed = (event for event in story if not isinstance(event, Progress))
    assert started == Started(file.did, source)
    assert (again.source, again.wait) == (source, 0.25)
    assert "broke the connection" in again.cause
    assert (verified, placed) == (Verified(file.did, len(BODY)), Placed(file.did, path, source))
    assert Failed(absent.did, (("RSE-1 (/no/file)", "No such file or directory"),)) in heard
    assert isinstance(heard[0], Planned)
    assert isinstance(heard[-1], Finished)
    again: list[Event] = []
    fetch([file], folder, progress=again.append)
    assert [event for event in again if isinstance(event, Started | Verified)] == []
    assert Placed(file.did, path, "") in again
    assert next(event for event in again if isinstance(event, Planned)).kept == 1


def test_another_thread_can_stop_a_fetch(folder: Path):
    stop, gate = threading.Event(), threading.Event()
    with breaking() as server:
        file = registered(BODY, server.play("/f", silent_at(gate)))
        other = threading.Thread(target=lambda: (gate.wait(30), stop.set()))
        other.start()
        heard: list[Event] = []
        with pytest.raises(JobCancelled, match="0 of 1 file complete"):
            fetch_files([file], folder, access=OpenAccess(), progress=heard.append, stop=stop)
        other.join()
    assert heard[-1] == Cancelled(0, 1)
    assert finals(folder) == []


def test_a_fetch_stopped_after_its_last_file_asks_for_no_other_run(store: Path, folder: Path):
    def interrupt(event: Event) -> None:
        if isinstance(event, Progress) and event.files_done == 1:
            raise KeyboardInterrupt

    with pytest.raises(JobCancelled, match=f"^fetch stopped: all files are complete in {folder}$"):
        fetch([stored(store, "f", BODY)], folder, progress=interrupt)
    assert [path.name for path in finals(folder)] == ["f"]


def silent_at(gate: threading.Event):
    def act(handler) -> None:
        gate.set()
        handler.play.over.wait(30)
        handler.hang_up()

    return act


def test_a_listener_that_fails_ends_the_fetch_without_a_trace(store: Path, folder: Path):
    def fail(_: Event) -> None:
        msg = "display gone"
        raise RuntimeError(msg)

    with breaking() as server:
        files = [registered(BODY, server.play(f"/f{at}", good(BODY)), name=f"f{at}") for at in range(8)]
        with pytest.raises(RuntimeError, match="display gone"):
            fetch(files, folder, progress=fail)
        for path in finals(folder):
            assert path.read_bytes() == BODY


def test_no_more_files_move_at_once_than_the_policy_allows(folder: Path):
    now, most, lock = 0, 0, threading.Lock()

    def counted(handler) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        handler.play.over.wait(0.05)
        with lock:
            now -= 1
        good(b"x")(handler)

    with breaking() as server:
        files = [registered(b"x", server.play(f"/{at}", counted), name=f"f{at}") for at in range(12)]
        fetch_files(files, folder, access=OpenAccess(), policy=Policy(threads=3))
    assert most <= 3


def test_two_fetches_of_one_dataset_at_once_do_not_mix(folder: Path):
    with breaking() as server:
        files = [
            registered(BODY[at:], server.play(f"/{at}", good(BODY[at:], stop_after=1_000_000)), name=f"f{at}")
            for at in range(4)
        ]
        # in true time: a claim that is watched for a minute counts as dead
        true = {"pace": Pace()}
        threads = [threading.Thread(target=fetch, args=(files, folder), kwargs=true) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [path.read_bytes() == BODY[at:] for at, path in enumerate(finals(folder))] == [True] * 4
    assert partials(folder) == []
