"""The mark that somebody used the lake, so that an idle one can stop."""

import time
from pathlib import Path


class Mark:
    """Touches a file, at most once a second."""

    def __init__(self, path: Path) -> None:
        self._path, self._last = path, 0.0

    def __call__(self) -> None:
        """Note that the lake is in use now."""
        now = time.monotonic()
        if now - self._last > 1:
            self._last = now
            self._path.touch()
