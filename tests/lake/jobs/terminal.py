"""A terminal: commands in processes of their own, and a fetch that lasts as long as is wanted."""

import os
import pty
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from tests.faults.server import Handler, breaking
from tests.faults.world import OpenAccess
from tests.lakes import until
from vre_dm.errors import JobCancelled
from vre_dm.lake.files import Replica
from vre_dm.lake.lake import Lake
from vre_dm.lake.transfer import Policy, fetch_files
from vre_dm.sandbox import LakeStatus

DID = "xenon:s2only.limits"
FETCH = ("fetch", DID, "--rse", "CNAF-STORM")
"""Comes over https: a small file that this machine can read is here before anybody has to wait."""
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
        with suppress(OSError):  # so a terminal says that its program ended
            while (text is None or text not in seen) and (piece := os.read(self._ours, 4096)):
                seen += piece.decode()
            return seen
        os.close(self._ours)
        return seen


def silent(handler: Handler) -> None:
    """Answer nothing until the test is over."""
    handler.play.over.wait(300)
    handler.hang_up()


@contextmanager
def held(lake: Lake, did: str, folder: Path) -> Iterator[None]:
    """Fetch the files of a dataset from a server that never sends them: who else wants them there waits."""
    stop, files = threading.Event(), list(lake.dataset(did).files.located())
    with breaking() as server:
        hangs = Replica("RSE", server.play("/x", silent))
        slow = [replace(file, replicas=(hangs,)) for file in files]

        def fetch() -> None:
            with suppress(JobCancelled):
                fetch_files(slow, folder, access=OpenAccess(), policy=Policy(stall_timeout=600.0), stop=stop)

        other = threading.Thread(target=fetch)
        other.start()
        try:
            until(lambda: len(server.asked) == len(files))
            yield
        finally:
            stop.set()
            other.join()
