"""A clock that the test moves, and what the process has open."""

from contextlib import suppress
from pathlib import Path

import pytest


class Clock:
    """Seconds that pass only where the test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def open_at(folder: Path) -> list[Path]:
    """Files and folders below a folder, and the folders it is in, that this process has open."""
    found = []
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # closed meanwhile, by another thread
            path = each.readlink()
            if path.is_relative_to(folder) or folder.is_relative_to(path):
                found.append(path)
    return sorted(found)
