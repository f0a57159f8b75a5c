"""SIGKILL in the middle of several streams: little comes twice, and the file is right."""

import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.faults.server import Act, Handler, breaking
from tests.faults.world import OpenAccess, finals, partials, registered
from tests.lake.transfer.test_segments import Object
from vre_dm.lake.transfer import Pace, Policy, fetch_files
from vre_dm.lake.transfer.blocks import Blocks

BLOCK = 8 << 20
BODY = random.Random(7).randbytes(64 << 20)
CHILD = f"""
import sys, time
from pathlib import Path
from tests.faults.world import OpenAccess, registered
from vre_dm.lake.transfer import Pace, Policy, fetch_files
policy = Policy(block={BLOCK}, stall_timeout=2e6)
pace = Pace(clock=lambda: time.monotonic() * 1e5)
file = registered(Path(sys.argv[2]).read_bytes(), sys.argv[1])
fetch_files([file], Path(sys.argv[3]), access=OpenAccess(), policy=policy, pace=pace)
"""


def up_to(object_: Object, stops: dict[int, int], reached: threading.Semaphore) -> Act:
    """Answers that each fall silent after so many bytes, by the number of the stream."""
    number, lock = [0], threading.Lock()

    def act(h: Handler) -> None:
        with lock:
            mine, number[0] = number[0], number[0] + 1
        start, end = object_.wanted(h)
        if mine:
            object_.asked.set()
        object_.head(h, start, end)
        h.send(object_.body[start : min(start + 100_000, end)])
        object_.asked.wait(20)  # the first stream goes on when there is a second
        h.send(object_.body[start + 100_000 : min(start + stops.get(mine, 0), end)])
        reached.release()
        h.play.over.wait(60)
        h.hang_up()

    return act


def killed(url: str, truth: Path, folder: Path, expected: int, reached: threading.Semaphore) -> None:
    root = str(Path(__file__).parents[3])
    with subprocess.Popen([sys.executable, "-c", CHILD, url, str(truth), str(folder)], cwd=root) as child:
        for _ in range(2):
            assert reached.acquire(timeout=60)
        until = time.monotonic() + 60
        while not (found := partials(folder)) or found[0].stat().st_blocks * 512 < expected:
            assert time.monotonic() < until, "the child never wrote what came"
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("seed", range(2))
def test_a_kill_in_several_streams_costs_no_twentieth(seed: int, tmp_path: Path):
    chance = random.Random(seed)
    truth, folder, reached = tmp_path / "truth", tmp_path / "data", threading.Semaphore(0)
    truth.write_bytes(BODY)
    stops = {at: chance.randrange(200_000, BLOCK - 1) for at in range(2)}
    object_ = Object(body=BODY)
    with breaking() as server:
        url = server.play("/x", up_to(object_, stops, reached))
        killed(url, truth, folder, sum(stops.values()), reached)
        assert finals(folder) == []
        (part,) = partials(folder)
        with part.open("rb") as file:
            blocks = Blocks.found(file.fileno(), len(BODY))
        assert blocks is not None
        assert blocks.here > sum(stops.values()) - (2 << 20)  # a chunk a stream
        server.play("/x", Object(body=BODY, patience=0).act())
        file = registered(BODY, url)
        policy = Policy(block=BLOCK, stall_timeout=2e6)
        fetch_files([file], folder, access=OpenAccess(), policy=policy, pace=Pace())
        assert (folder / file.did.path()).read_bytes() == BODY
        assert partials(folder) == []
        assert server.sent <= 1.05 * len(BODY)
