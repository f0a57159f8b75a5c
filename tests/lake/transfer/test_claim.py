"""One copy moves however many ask for it, and nobody waits for the dead, the failed or the forged."""

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
from tests.faults.world import HASTY, OpenAccess, finals, partials, registered
from tests.lake.transfer.conftest import Clock
from vre_dm.errors import NotWritable, TransferFailed
from vre_dm.lake.files import File
from vre_dm.lake.transfer import Event, Pace, Progress, fetch_files
from vre_dm.lake.transfer.claim import HEARTBEAT, PATIENCE, Claim, Claims
from vre_dm.lake.transfer.events import Placed
from vre_dm.lake.transfer.inside import Inside
from vre_dm.lake.transfer.names import claim_path
from vre_dm.lake.transfer.owner import Owner, myself
from vre_dm.lake.transfer.verify import Expected

BODY = random.Random(4).randbytes(6_000_000)
EXPECTED = Expected.of(registered(BODY))
ELSEWHERE = Owner("f" * 8, 1, 1)
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
def target(tmp_path: Path) -> Path:
    return tmp_path / "scope" / "name"


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


def until(true: Callable[[], object]) -> None:
    late = time.monotonic() + 60
    while not true():
        assert time.monotonic() < late, "it never came"
        time.sleep(0.01)


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


def take(claims: Claims, target: Path, expected: Expected = EXPECTED) -> Claim | None:
    with Inside().opened(target.parent, target.parent) as folder:
        return claims.take(target, expected, folder)


def test_of_two_claims_one_is_given_until_it_is_released(target: Path, clock: Clock):
    ours, theirs = Claims(clock), Claims(clock)
    claim = take(ours, target)
    assert claim is not None
    assert claim.ours()
    assert take(theirs, target) is None
    assert take(theirs, target, Expected.of(registered(b"another content"))) is not None
    ours.release(claim)
    ours.release(claim)
    second = take(theirs, target)
    assert second is not None
    assert second.contested
    assert not claim.contested
    theirs.release_all()
    assert list(target.parent.iterdir()) == []


def test_threads_that_claim_at_once_get_one_claim(target: Path, clock: Clock):
    claims, given, gate = [Claims(clock) for _ in range(8)], [], threading.Barrier(8)

    def at_once(one: Claims) -> None:
        gate.wait()
        given.append(take(one, target))

    threads = [threading.Thread(target=at_once, args=(one,)) for one in claims]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(claim is not None for claim in given) == 1


def test_many_that_find_a_dead_claim_take_it_over_once(target: Path, clock: Clock):
    for _ in range(20):
        plant(target, str(Owner(myself().machine, 2**22 + 1, 1)), age=0)
        test_threads_that_claim_at_once_get_one_claim(target, clock)
        claim_path(target, EXPECTED).unlink()
        assert list(target.parent.iterdir()) == []


def plant(target: Path, text: str, *, age: float) -> Path:
    """A claim that somebody else made."""
    path = claim_path(target, EXPECTED)
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{text} 00\n" if text else "")
    touched = time.time() - age
    os.utime(path, (touched, touched))
    return path


@pytest.mark.parametrize("text", [str(ELSEWHERE), "", "garbage", "\0" * 50])
def test_another_machines_claim_counts_while_it_is_touched(text: str, target: Path, clock: Clock):
    plant(target, text, age=PATIENCE - 20)
    claims = Claims(clock)
    assert take(claims, target) is None
    clock.now += 10
    assert take(claims, target) is None
    clock.now += 20
    assert take(claims, target) is not None


def test_a_claim_of_a_process_that_no_system_can_have_is_taken(target: Path, clock: Clock):
    plant(target, str(Owner(myself().machine, 10**19, 1)), age=0)
    assert take(Claims(clock), target) is not None


@pytest.mark.parametrize("age", [PATIENCE + 20, -PATIENCE - 20])
def test_another_machines_claim_of_old_is_taken_at_once(age: float, target: Path, clock: Clock):
    """Also one from a future, as a clock that was set back leaves it."""
    plant(target, str(ELSEWHERE), age=age)
    claim = take(Claims(clock), target)
    assert claim is not None
    assert claim.contested


def test_a_stopped_process_is_given_up_after_it_was_watched_for_a_minute(target: Path, clock: Clock):
    path = plant(target, str(myself()), age=24 * 3600)  # a machine that slept for a day
    claims = Claims(clock)
    assert take(claims, target) is None
    clock.now += PATIENCE - 1
    assert take(claims, target) is None
    os.utime(path)
    assert take(claims, target) is None
    clock.now += PATIENCE - 1
    assert take(claims, target) is None
    clock.now += 2
    assert take(claims, target) is not None


def test_a_claim_is_kept_alive_by_beats(target: Path, clock: Clock):
    claims = Claims(clock)
    claim = take(claims, target)
    assert claim is not None
    os.utime(claim.path, (1.0, 1.0))
    claims.beat()
    assert claim.path.stat().st_mtime == 1.0  # not yet due
    clock.now += HEARTBEAT
    claims.beat()
    assert claim.path.stat().st_mtime > 1.0


def test_who_lost_a_claim_knows_it_and_leaves_the_new_one_alone(target: Path, clock: Clock):
    sleeper, taker = Claims(clock), Claims(clock)
    lost = take(sleeper, target)
    assert lost is not None
    assert take(taker, target) is None
    clock.now += PATIENCE + 1
    taken = take(taker, target)
    assert taken is not None
    assert not lost.ours()
    sleeper.release(lost)
    sleeper.beat()
    assert taken.ours()


@pytest.mark.parametrize(
    ("kind", "said"), [("link", "a link"), ("folder", "a folder"), ("pipe", "no plain file")]
)
def test_what_is_no_claim_but_has_its_name_is_named_and_does_not_hang_or_harm(
    kind: str, said: str, target: Path, clock: Clock
):
    path = claim_path(target, EXPECTED)
    path.parent.mkdir()
    precious = path.parent / "precious"
    precious.write_text("mine")
    if kind == "link":
        path.symlink_to(precious)
    elif kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    claims = Claims(clock)
    with pytest.raises(NotWritable, match=rf"claim is {said} .*remove it or choose another folder"):
        take(claims, target)
    assert precious.read_text() == "mine"
    assert os.path.lexists(path)


@pytest.mark.parametrize("callers", [2, 5])
def test_threads_that_fetch_the_same_share_one_transfer(callers: int, server: Breaking, tmp_path: Path):
    files = [registered(BODY[at:], server.play(f"/{at}", good(BODY[at:])), name=f"f{at}") for at in range(6)]
    results: list[list[Path]] = []
    heard: list[list[Event]] = [[] for _ in range(callers)]

    def run(at: int) -> None:
        results.append(
            fetch_files(files, tmp_path, access=OpenAccess(), policy=HASTY, progress=heard[at].append)
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
    waiting, held = threading.Event(), claim_path(folder / file.did.path(), EXPECTED)

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
            fetch_files([file], tmp_path, access=OpenAccess(), policy=HASTY, progress=listener)
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
