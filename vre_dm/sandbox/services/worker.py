"""Gunicorn's threaded worker that hangs up on clients who connect and then say nothing.

Each of them would hold a thread: any other user of the machine could make the lake deaf with a few sockets.
"""

import socket
import threading
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

PATIENCE = 10.0  # seconds for the TLS handshake and the request's head


class Worker(ThreadWorker):
    """Gives each request's head a limited time; the request itself may take as long as it needs."""

    def handle(self, conn: Any) -> Any:
        """Read and serve one request of a connection."""
        conn.hang_up = threading.Timer(PATIENCE, _hang_up, [conn])
        conn.hang_up.daemon = True
        conn.hang_up.start()
        try:
            return super().handle(conn)
        finally:
            conn.hang_up.cancel()

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Serve a request whose head has been read."""
        conn.hang_up.cancel()
        return super().handle_request(req, conn)


def _hang_up(conn: Any) -> None:
    with suppress(OSError):
        socket.socket.shutdown(conn.sock, socket.SHUT_RDWR)
