"""Records in a real terminal how a fetch from the embedded lake is killed with SIGKILL and continued."""

import argparse
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from builders.animation import animated
from vre_dm import sandbox
from vre_dm.lake.instances import from_rucio_cfg
from vre_dm.lake.lake import Lake

WIDTH, HEIGHT = 92, 16
DID, RSE = "user.dm:one.gigabyte", "CNAF-STORM"
SIZE = 1 << 30
WHAT = {"title": "A gigabyte of noise", "year": 2026, "licence": "CC0-1.0"} | dict.fromkeys(
    ("experiment", "technique", "arxiv"), "unknown"
)
FETCH = f"vre-dm fetch {DID} --rse {RSE} --to data"
TITLE = (
    "A terminal: vre-dm fetch is killed with SIGKILL at half of a gigabyte, leaves a hidden part and no "
    "file; the same line again goes on where it stopped, and the file is here, verified"
)
_PROMPT = "$ "
_SHELL = ["bash", "--norc", "--noprofile", "-i", "+O", "checkwinsize"]
_KEY = 0.035  # seconds between two keys
_PATIENCE = 300.0


class Session:
    """A shell in a terminal of its own, and all it wrote, with the times.

    Parameters
    ----------
    folder
        Where it starts.
    environment
        Its variables.
    """

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.output: list[tuple[float, str]] = []
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            os.execvpe("bash", _SHELL, environment)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        self._begin = time.monotonic()
        self.wait_for(re.escape(_PROMPT) + "$")
        # Programs write a little narrower: the word with which the shell tells of a kill has room behind.
        self.run(f"export COLUMNS={WIDTH - 8}")
        self.output, self._begin = [(0.0, _PROMPT)], time.monotonic()

    def type(self, line: str) -> None:
        """Press the keys of a line, one after the other."""
        for key in f"{line}\n":
            os.write(self._terminal, key.encode())
            self._read(_KEY)

    def run(self, line: str) -> str:
        """Type a line and wait for the next prompt; gives what was written meanwhile."""
        before = len(self.text)
        self.type(line)
        self.wait_for(r"\n" + re.escape(_PROMPT) + "$", before)
        return self.text[before:]

    def wait_for(self, pattern: str, since: int = 0) -> None:
        until = time.monotonic() + _PATIENCE
        while not re.search(pattern, self.text[since:]):
            if time.monotonic() > until:
                msg = f"the shell never wrote {pattern!r}: {self.text[since:]!r}"
                raise TimeoutError(msg)
            self._read(0.05)

    def kill(self) -> None:
        """SIGKILL for what runs in the foreground, as `kill -9` in another terminal sends it."""
        os.killpg(os.tcgetpgrp(self._terminal), signal.SIGKILL)

    def close(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.close(self._terminal)
        os.waitpid(self._pid, 0)

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.output)

    def _read(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if select.select([self._terminal], [], [], left)[0]:
                data = os.read(self._terminal, 1 << 16)
                self.output.append((time.monotonic() - self._begin, data.decode(errors="replace")))


def story(session: Session) -> None:
    """Fetch, die in the middle, look, fetch again, look."""
    session.run("# the first run is killed from outside, kill -9, when half is here")
    before = len(session.text)
    session.type(FETCH)
    session.wait_for(r" [5-9]\d%", before)
    session.kill()
    session.wait_for(r"Killed[^\n]*\n" + re.escape(_PROMPT) + "$", before)
    session.run("ls -sh1A data/user.dm")
    session.run(FETCH)
    session.run("ls -sh1A data/user.dm")


def record(target: Path) -> None:
    """Play the story on a lake of its own and write it down."""
    root = sandbox.default_root().with_name("recorded-lake")
    try:
        status = sandbox.up(root, idle=3600)
        with TemporaryDirectory() as name:
            home = Path(name)
            (home / "one.gigabyte.bin").write_bytes(os.urandom(SIZE))
            lake = Lake(from_rucio_cfg(status.userpass_config, {}), home / "cache")
            lake.publish([home / "one.gigabyte.bin"], DID, rse=RSE, metadata=WHAT)
            (home / "one.gigabyte.bin").unlink()
            session = Session(home, _environment(home, root))
            try:
                story(session)
            finally:
                session.close()
    finally:
        sandbox.reset(root)
    header = {"version": 2, "width": WIDTH, "height": HEIGHT, "title": "A fetch that is killed and continued"}
    lines = [header, *([round(moment, 3), "o", text] for moment, text in session.output)]
    target.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


def _environment(home: Path, root: Path) -> dict[str, str]:
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"
    plain = {"PS1": _PROMPT, "TERM": "dumb", "LANG": "C.UTF-8", "HISTFILE": ""}
    return {"PATH": programs, "HOME": str(home), "VRE_DM_LAKE_ROOT": str(root), **plain}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where fetch.cast and fetch.svg go, docs/pictures")
    parser.add_argument("--draw", action="store_true", help="only fetch.svg, of the fetch.cast that is there")
    given = parser.parse_args()
    cast = given.folder / "fetch.cast"
    if not given.draw:
        record(cast)
    cast.with_suffix(".svg").write_text(animated(cast, TITLE))


if __name__ == "__main__":
    main()
