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
    with tempfile.TemporaryDirectory() as name, socket.socket() as free:
        root = Path(name)
        for folder in (root, root / "lake", root / "admin"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o777)
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        (root / "cfg").write_text(
            f"all.export /lake\noss.localroot {root}\nxrd.port {port}\n"
            f"all.adminpath {root}/admin\nall.pidpath {root}/admin\n"
        )
        (root / "cfg").chmod(0o644)
        user = ["-R", "nobody"] if os.geteuid() == 0 else []
        command = ["xrootd", *user, "-c", str(root / "cfg"), "-l", str(root / "admin" / "log")]
        with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            _wait_for_port(port, run)
            yield XRootD(port, root / "lake")
            run.terminate()


def _wait_for_port(port: int, run: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert run.poll() is None, "the XRootD server did not start"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        threading.Event().wait(0.05)
    msg = "the XRootD server does not answer"
    raise AssertionError(msg)
