"""A terminal: commands in processes of their own, and a fetch that lasts as long as is wanted."""

import contextlib
import os
import pty
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vre_dm.lake.lake import Lake
from vre_dm.lake.transfer.claim import Claims
from vre_dm.lake.transfer.verify import Expected
from vre_dm.sandbox import LakeStatus

DID = "fermi:dsph.jfactors"
ROOT = Path(__file__).parents[3]


class Terminal:
    """Commands as a user types them, on the embedded lake, with a home of their own."""

    def __init__(self, lake: LakeStatus, home: Path) -> None:
        self.env = os.environ | {
            "RUCIO_CONFIG": str(lake.rucio_config),
            "HOME": str(home),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "PYTHONPATH": str(ROOT),
        }

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Begin a command."""
        return subprocess.Popen(
            [sys.executable, "-m", "vre_dm", *words],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def on_screen(self, *words: str) -> "Screen":
        """Begin a command on a terminal."""
        return Screen([sys.executable, "-m", "vre_dm", *words], self.env)

    def run(self, *words: str) -> tuple[int, str, str]:
        """Exit code, output and errors of a command."""
        with self.start(*words) as child:
            out, said = child.communicate(timeout=120)
        return child.returncode, out, said


class Screen:
    """What a command shows on a real terminal."""

    def __init__(self, words: list[str], env: dict[str, str]) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(words, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)

    def shows(self, text: str | None) -> str:
        """Read until a text is there, or to the end."""
        seen = ""
        with contextlib.suppress(OSError):  # so a terminal says that its program ended
            while (text is None or text not in seen) and (piece := os.read(self._ours, 4096)):
                seen += piece.decode()
            return seen
        os.close(self._ours)
        return seen


@contextmanager
def held(lake: Lake, did: str, folder: Path) -> Iterator[None]:
    """Claim the files of a dataset, as a fetch of another process would: who fetches them waits for us."""
    claims, over = Claims(time.monotonic), threading.Event()
    for file in lake.dataset(did).files.located():  # with both checksums, as a fetch sees them
        assert claims.take(folder / file.did.path(), Expected.of(file)) is not None

    def live() -> None:
        while not over.wait(1.0):
            claims.beat()

    alive = threading.Thread(target=live)
    alive.start()
    try:
        yield
    finally:
        over.set()
        alive.join()
        claims.release_all()
