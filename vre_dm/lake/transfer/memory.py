"""Where something failed lately, so that the next fetch does not begin there."""

import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


class Memory:
    """Where something failed in the last minutes, kept in a small private file from one fetch to the next.

    Parameters
    ----------
    path
        The file; None to remember nothing longer than this object lives.
    now
        Wall clock in seconds.
    """

    SPAN = 600.0

    def __init__(self, path: Path | None = None, now: Callable[[], float] = time.time) -> None:
        self._path, self._now = path, now
        self._lock = threading.Lock()
        self._failed = self._read()

    def failed(self, place: str) -> None:
        """Remember a failure."""
        with self._lock:
            news = not self._recent(self._failed.get(place, 0.0))
            self._failed[place] = self._now()
            if news:
                self._write(place)

    def succeeded(self, place: str) -> None:
        """Forget the failures of a place that works."""
        with self._lock:
            if self._failed.pop(place, None) is not None:
                self._write(place)

    def is_bad(self, place: str) -> bool:
        """Whether something failed there lately and nothing has worked since."""
        return self._recent(self._failed.get(place, 0.0))

    def _recent(self, when: float) -> bool:
        return 0.0 <= self._now() - when < self.SPAN

    def _read(self) -> dict[str, float]:
        """What is on disk; a file that cannot be read or understood says nothing."""
        try:
            found = json.loads(self._path.read_text()) if self._path is not None else {}
            return {str(place): float(when) for place, when in found.items() if self._recent(float(when))}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}

    def _write(self, changed: str) -> None:
        """Change one entry of what is on disk now: other fetches remember there too."""
        if self._path is None:
            return
        entries = self._read()
        entries.pop(changed, None)
        if changed in self._failed:
            entries[changed] = self._failed[changed]
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}.{threading.get_ident()}")
        with suppress(OSError):  # a hint is not worth an error
            try:
                fresh.touch(0o600, exist_ok=False)
                fresh.write_text(json.dumps(entries))
                fresh.replace(self._path)
            finally:
                fresh.unlink(missing_ok=True)
