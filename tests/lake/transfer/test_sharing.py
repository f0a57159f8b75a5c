"""One copy moves however many fetches ask for it, and nobody waits for the dead or the failed."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.server import Act, Breaking, breaking, good, status
from tests.faults.world import CALM, OpenAccess, finals, partials, registered
from tests.lake.transfer.conftest import Clock
from tests.lakes import until
from vre_dm.errors import TransferFailed
from vre_dm.lake.files import File
from vre_dm.lake.transfer import Event, Pace, Progress, fetch_files
from vre_dm.lake.transfer.claim import PATIENCE
from vre_dm.lake.transfer.events import Placed
from vre_dm.lake.transfer.names import claim_path
from vre_dm.lake.transfer.verify import Expected

BODY = random.Random(4).randbytes(6_000_000)
CHILD = """
import sys
from pathlib import Path
from tests.faults.world import OpenAccess, registered
from vre_dm.lake.transfer import fetch_files, owner
url, truth, folder, machine = sys.argv[1:]
if machine:
    owner._machine = lambda: machine
body = Path(truth).read_bytes()
print("go", flush=True)
fetch_files([registered(body, url)], Path(folder), access=OpenAccess())
"""


@pytest.fixture
def server() -> Iterator[Breaking]:
    with breaking() as play:
        yield play


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a process that fetches; as another machine, if that is named."""
    truth = tmp_path / "truth"
    truth.write_bytes(BODY)
    children: list[subprocess.Popen[str]] = []

    def run(url: str, folder: Path, machine: str = "") -> subprocess.Popen[str]:
        command = [sys.executable, "-c", CHILD, url, str(truth), str(folder), machine]
        root = str(Path(__file__).parents[3])
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)
        children.append(child)
        return child

    yield run
    for child in children:
        child.kill()
        child.communicate()


def there(folder: Path) -> int:
    return sum(part.stat().st_size for part in partials(folder))


def opening(go: threading.Event, stop_at: int) -> Act:
    """Send up to a byte, wait to be let on, then send the rest."""

    def act(handler) -> None:
        start = handler.asked_from()
        extra = {"Content_Range": f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"} if start else {}
        handler.answer(206 if start else 200, Content_Length=len(BODY) - start, **extra)
        handler.send(BODY[start:stop_at])
        go.wait(60)
        handler.send(BODY[max(start, stop_at) :])

    return act


@pytest.mark.parametrize("callers", [2, 5])
def test_threads_that_fetch_the_same_share_one_transfer(callers: int, server: Breaking, tmp_path: Path):
    files = [registered(BODY[at:], server.play(f"/{at}", good(BODY[at:])), name=f"f{at}") for at in range(6)]
    results: list[list[Path]] = []
    heard: list[list[Event]] = [[] for _ in range(callers)]

    def run(at: int) -> None:
        results.append(
            fetch_files(files, tmp_path, access=OpenAccess(), policy=CALM, progress=heard[at].append)
        )

    threads = [threading.Thread(target=run, args=(at,)) for at in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.sent == sum(len(BODY) - at for at in range(6))
    assert len(results) == callers
    for paths in results:
        assert [path.read_bytes() == BODY[at:] for at, path in enumerate(paths)] == [True] * 6
    for events in heard:
        assert sum(isinstance(event, Placed) for event in events) == 6
        assert max(event.bytes_done for event in events if isinstance(event, Progress)) == server.sent
    assert list(tmp_path.rglob(".*")) == []


@pytest.mark.parametrize("machine", ["", "f" * 8])
def test_a_process_that_fetches_the_same_is_waited_for_with_its_bytes_shown(
    machine: str, server: Breaking, tmp_path: Path, begin: Callable[..., subprocess.Popen[str]]
):
    go, folder = threading.Event(), tmp_path / "data"
    url = server.play("/x", opening(go, 2_000_000))
    child = begin(url, folder, machine)
    until(lambda: there(folder) == 2_000_000)
    shown: list[int] = []

    def look(event: Event) -> None:
        if isinstance(event, Progress):
            shown.append(event.bytes_done)
            if event.bytes_done >= 2_000_000:
                go.set()

    (path,) = fetch_files([registered(BODY, url)], folder, access=OpenAccess(), progress=look)
    assert child.wait() == 0
    assert path.read_bytes() == BODY
    assert server.sent == len(BODY)
    assert 2_000_000 in shown
    assert list(folder.rglob(".*")) == []


@pytest.mark.parametrize("machine", ["", "f" * 8])
def test_a_killed_owner_is_taken_over_and_its_bytes_go_on(
    machine: str, server: Breaking, tmp_path: Path, begin: Callable[..., subprocess.Popen[str]]
):
    go, folder = threading.Event(), tmp_path / "data"
    url = server.play("/x", opening(go, 3_000_000), good(BODY))
    file = registered(BODY, url)
    child = begin(url, folder, machine)
    until(lambda: there(folder) == 3_000_000)
    result: list[Path] = []
    waiting, held = threading.Event(), claim_path(folder / file.did.path(), Expected.of(file))

    def look(event: Event) -> None:
        if isinstance(event, Progress) and event.bytes_done == 3_000_000:
            waiting.set()

    ours = threading.Thread(
        target=lambda: result.extend(fetch_files([file], folder, access=OpenAccess(), progress=look))
    )
    ours.start()
    assert waiting.wait(60)
    child.send_signal(signal.SIGKILL)
    child.wait()
    if machine:  # as if its last beat were long ago
        os.utime(held, (time.time() - 2 * PATIENCE, time.time() - 2 * PATIENCE))
    ours.join(60)
    assert [path.read_bytes() == BODY for path in result] == [True]
    assert server.sent <= 1.05 * len(BODY)
    assert list(folder.rglob(".*")) == []


@pytest.mark.slow  # tens of seconds, and its like is tried by others
def test_a_sleeper_that_wakes_harms_nobody_and_gets_the_file_too(server: Breaking, tmp_path: Path):
    """Its claim and its temporary file were taken over; it must not write into what the taker verified."""
    go, folder, asleep = threading.Event(), tmp_path / "data", threading.Event()
    file = registered(BODY, server.play("/x", opening(go, 3_000_000), good(BODY)))
    results: list[Path] = []

    def doze(event: Event) -> None:
        """The listener blocks the beats, as a stopped process does."""
        if isinstance(event, Progress) and event.bytes_done >= 3_000_000 and not asleep.is_set():
            asleep.set()
            go.wait(60)

    sleeper = threading.Thread(
        target=lambda: results.extend(fetch_files([file], folder, access=OpenAccess(), progress=doze))
    )
    sleeper.start()
    assert asleep.wait(60)
    clock = Clock()

    def wait(stop: threading.Event, seconds: float) -> None:
        clock.now += 20
        stop.wait(0.01)

    results += fetch_files([file], folder, access=OpenAccess(), pace=Pace(clock=clock, wait=wait))
    assert len(results) == 1
    go.set()
    sleeper.join(60)
    assert [path.read_bytes() == BODY for path in results] == [True, True]
    assert list(folder.rglob(".*")) == []


def test_an_owner_that_fails_is_waited_for_once(server: Breaking, tmp_path: Path):
    """The second caller has its own try and its own causes: its credentials may be better."""
    go, asked = threading.Event(), threading.Event()

    def refuse_late(handler) -> None:
        asked.set()
        go.wait(60)
        status(404)(handler)

    file = registered(BODY, server.play("/x", refuse_late, status(403)))
    errors: list[str] = []

    def run(listener: Callable[[Event], None] | None = None) -> None:
        with pytest.raises(TransferFailed) as failed:
            fetch_files([file], tmp_path, access=OpenAccess(), policy=CALM, progress=listener)
        errors.append(str(failed.value))

    first = threading.Thread(target=run)
    first.start()
    assert asked.wait(60)
    second = threading.Thread(
        target=run, args=(lambda event: go.set() if isinstance(event, Progress) else None,)
    )
    second.start()
    first.join(60)
    second.join(60)
    assert ["HTTP 404" in errors[0], "HTTP 403" in errors[1]] == [True, True]
    assert finals(tmp_path) == []
    assert len(server.asked) == 2


def test_an_old_version_in_the_way_is_hashed_once_while_another_fetch_replaces_it(
    server: Breaking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from vre_dm.lake.transfer import kept

    go, looks, true_holds = threading.Event(), [], kept.holds
    file: File = registered(BODY, server.play("/x", opening(go, 1000)))
    target = tmp_path / file.did.path()
    target.parent.mkdir()
    target.write_bytes(b"?" * len(BODY))
    first = threading.Thread(target=fetch_files, args=([file], tmp_path), kwargs={"access": OpenAccess()})
    first.start()
    until(lambda: there(tmp_path) == 1000)

    def counted(*arguments: object) -> bool:
        looks.append(arguments)
        return true_holds(*arguments)

    monkeypatch.setattr(kept, "holds", counted)
    waits: list[float] = []

    def wait(stop: threading.Event, seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 10:
            go.set()
        stop.wait(0.01)

    fetch_files([file], tmp_path, access=OpenAccess(), pace=Pace(wait=wait))
    first.join()
    assert len(waits) >= 10
    assert len(looks) == 2
    assert target.read_bytes() == BODY
