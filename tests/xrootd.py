"""A real XRootD server on a free port, where one is installed."""

import os
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class XRootD:
    """Where it listens, and the folder it serves as ``/lake``."""

    port: int
    folder: Path

    def store(self, name: str, body: bytes) -> str:
        """Put a file there; returns its address."""
        (self.folder / name).write_bytes(body)
        return f"root://127.0.0.1:{self.port}//lake/{name}"


@contextmanager
def xrootd() -> Iterator[XRootD]:
    """Run the server."""
    # It refuses to run as root, and another user could not enter pytest's own folder.
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for folder in (root, root / "lake", root / "admin"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o777)
        for _ in range(5):
            with _started(root, _free_port()) as (found, run):
                if _serves(found.port, run):
                    yield found
                    return
        msg = "the XRootD server did not start"
        raise AssertionError(msg)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def _started(root: Path, port: int) -> Iterator[tuple[XRootD, subprocess.Popen[bytes]]]:
    (root / "cfg").write_text(
        f"all.export /lake\noss.localroot {root}\nxrd.port {port}\n"
        f"all.adminpath {root}/admin\nall.pidpath {root}/admin\n"
    )
    (root / "cfg").chmod(0o644)
    user = ["-R", "nobody"] if os.geteuid() == 0 else []
    command = ["xrootd", *user, "-c", str(root / "cfg"), "-l", str(root / "admin" / "log")]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        try:
            yield XRootD(port, root / "lake"), run
        finally:
            run.terminate()


def _serves(port: int, run: subprocess.Popen[bytes]) -> bool:
    """Wait until it does; it ends where another program was faster to take the port."""
    for _ in range(600):
        if run.poll() is not None:
            return False
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        threading.Event().wait(0.05)
    msg = "the XRootD server does not answer"
    raise AssertionError(msg)
