"""Disks that fail for real: too small, out of inodes, gone; mounted where nobody else sees them."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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


def apart(story: str, truth: Path, *pfns: str, rights: str = "--map-root-user") -> list[dict[str, Any]]:
    """Play a story of `tests.faults.mounts` where it may mount what it likes and nobody else sees it."""
    command = ["unshare", rights, "--mount", sys.executable, "-m", "tests.faults.mounts", story, truth, *pfns]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def may_mount() -> bool:
    """Whether this machine lets its users have mount namespaces, and FUSE in them."""
    try:
        done = subprocess.run(
            ["unshare", "--map-root-user", "--mount", "test", "-w", "/dev/fuse"], check=False
        )
    except OSError:
        return False
    return done.returncode == 0
