"""Schedulers and workers of the gateway of this machine: processes that end with it, however it ends."""

import ctypes
import signal
from collections.abc import Callable
from typing import Any

from dask_gateway_server.backends.local import UnsafeLocalBackend

_SIGNAL_AT_PARENTS_END = 1  # of prctl(2)


class ProcessesOfOne(UnsafeLocalBackend):
    """All processes are those of the user who started the gateway."""

    def make_preexec_fn(self, cluster: Any) -> Callable[[], None]:
        """What a new process does before it becomes a scheduler or a worker."""
        inner, library = super().make_preexec_fn(cluster), ctypes.CDLL(None)

        def preexec() -> None:  # pragma: no cover  # in another process
            inner()
            library.prctl(_SIGNAL_AT_PARENTS_END, signal.SIGTERM)

        return preexec
