"""Verified files wait here for a sync that serves many of them; then each gets its name."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from vre_dm.lake.transfer.context import Context
from vre_dm.lake.transfer.item import Item
from vre_dm.lake.transfer.ready import Ready
from vre_dm.lake.transfer.syncing import LARGE, make_durable

_MOST = 100  # files that wait: each holds a descriptor, or two
_WAIT = 0.1  # seconds that a file waits for others


class Landing:
    """Syncs small files together, in a thread of its own, while the next ones are copied.

    What was put here is placed, or let go of, also when the fetch is stopped.

    Parameters
    ----------
    keep
        Told what came of each file.
    fail
        Told an error of the disk.
    """

    def __init__(
        self,
        context: Context,
        keep: Callable[[Item, Path | None], None],
        fail: Callable[[BaseException], None],
    ) -> None:
        self._context, self._keep, self._fail = context, keep, fail
        self._waiting: list[Ready] = []
        self._busy = self._hurried = self._over = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def put(self, ready: Ready) -> None:
        """Leave a file, after a wait if many are here; a large one is placed at once, by who brings it.

        Raises
        ------
        NoSpace, NotWritable
            The disk did not take a large file.
        """
        if ready.part.size >= LARGE:
            self._land([ready])
            return
        with self._changed:
            self._changed.wait_for(lambda: len(self._waiting) < _MOST)
            self._waiting.append(ready)
            if self._thread is None:
                # a daemon: a disk that hangs must not keep the interpreter
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
            if len(self._waiting) in (1, _MOST):
                self._changed.notify_all()

    def drain(self) -> None:
        """Have no file wait for others, and return when none is here."""
        with self._changed:
            self._hurried = True
            self._changed.notify_all()
            self._changed.wait_for(self._is_empty)

    def close(self, timeout: float) -> None:
        """Let the thread end with its last file; return then, or after so many seconds."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
            self._changed.wait_for(self._is_empty, timeout)

    def _is_empty(self) -> bool:
        return not self._waiting and not self._busy

    def _run(self) -> None:
        while batch := self._next():
            try:
                self._land(batch)
            except BaseException as error:  # carried to the calling thread
                self._fail(error)
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _next(self) -> list[Ready]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._over)
            self._changed.wait_for(
                lambda: self._hurried or self._over or len(self._waiting) >= _MOST, timeout=_WAIT
            )
            batch, self._waiting = self._waiting, []
            self._busy, self._hurried = bool(batch), False
            self._changed.notify_all()
            return batch

    def _land(self, batch: list[Ready]) -> None:
        """Sync files and give each its name; the first error is raised when all had their turn."""
        faults, errors = make_durable(ready.part.descriptor for ready in batch), []
        with ExitStack() as stack:

            @cache
            def folder(path: Path, root: Path) -> int:
                return stack.enter_context(self._context.inside.opened(path, root))

            for ready in batch:
                try:
                    path = ready.place(self._context, folder, faults.get(ready.part.descriptor))
                    self._keep(ready.item, path)
                except Exception as error:
                    errors.append(error)
        if errors:
            raise errors[0]
