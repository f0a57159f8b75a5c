"""The health check answers by its exit code, at the address that a hub gave or at the usual one."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from builders.images.catalogue import ROOT


class Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/user/me/api" else 404)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def health(address: str) -> int:
    environment = {"JUPYTERHUB_SERVICE_URL": address, "http_proxy": "http://127.0.0.1:9"}
    words = [sys.executable, "-I", ROOT / "images" / "health.py"]
    return subprocess.run(words, env=environment, capture_output=True, check=False).returncode


def test_a_server_that_answers_is_healthy_also_behind_a_proxy(port: int) -> None:
    assert health(f"http://0.0.0.0:{port}/user/me/") == 0


def test_one_that_answers_with_an_error_or_not_at_all_is_not(port: int) -> None:
    assert health(f"http://0.0.0.0:{port}/user/other/") == 1
    assert health("http://0.0.0.0:9/") == 1
