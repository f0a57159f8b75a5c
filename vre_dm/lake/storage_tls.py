"""TLS with the storage of a lake: always verified, with the user's certificate where that is his login."""

import ssl
import threading
from pathlib import Path

from vre_dm.lake import certificate
from vre_dm.lake.instance import Instance


class StorageTls:
    """TLS settings, made once; those with a certificate again when its file changes, as a proxy's does.

    Parameters
    ----------
    instance
        Lake whose authority is trusted beside the system's.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._lock = threading.Lock()
        self._plain: ssl.SSLContext | None = None
        self._shown: tuple[int, ssl.SSLContext] | None = None

    def of_storage(self) -> ssl.SSLContext:
        """Settings for a storage element of the lake.

        Raises
        ------
        LoginRefused
            The login is by certificate, and there is none that can be used.
        """
        path = self._instance.certificate if self._instance.auth in {"x509", "x509_proxy"} else None
        if path is None:
            return self.of_others()
        with self._lock:
            written = _written(path)
            if self._shown is None or self._shown[0] != written:
                context = self._made()
                certificate.load(context, self._instance)
                self._shown = written, context
            return self._shown[1]

    def of_others(self) -> ssl.SSLContext:
        """Settings for every other host, such as one that a storage element redirects to."""
        with self._lock:
            if self._plain is None:
                self._plain = self._made()
            return self._plain

    def _made(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._instance.ca:
            context.load_verify_locations(cafile=str(self._instance.ca))
        return context


def _written(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # said with the next step by who loads it
        return 0
