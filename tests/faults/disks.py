"""Disks that fail for real: too small, out of inodes, gone; mounted where nobody else sees them."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """As a full disk does, the system refuses a write in the middle."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def apart(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python code where it may mount what it likes and nobody else sees it."""
    command = ["unshare", "--map-root-user", "--mount", sys.executable, "-c", code, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def may_mount() -> bool:
    """Whether this machine lets its users have mount namespaces."""
    try:
        return apart("").returncode == 0
    except OSError:
        return False
