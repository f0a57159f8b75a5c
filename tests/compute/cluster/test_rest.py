"""What a gateway says is not believed: it names no other server, and writes no lines of its own."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dask.config
import pytest

from vre_dm.compute.cluster import clusters, settings
from vre_dm.compute.cluster.rest import GatewayApi

Says = Callable[[object], None]


@pytest.fixture
def says() -> Iterator[Says]:
    """Have a gateway answer this to all that it is asked."""
    document: list[object] = [{}]

    class Gateway(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(document[0]).encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Gateway) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}"
        with dask.config.set({"gateway.address": address, "gateway.auth.kwargs": {"password": "x"}}):
            yield lambda said: document.__setitem__(0, said)
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("route", "is_one"),
    [
        ("/clusters/x/status", True),
        ("@elsewhere.example/", False),
        (".elsewhere.example/", False),
        ("//elsewhere.example/", False),
        ("/\\elsewhere.example/", False),
        ("/../../user/me", False),
        ("https://elsewhere.example/", False),
        ({"a": "dict"}, False),
        (None, False),
    ],
)
def test_a_dashboard_is_one_of_the_gateways_own_pages(says: Says, route: object, is_one: bool) -> None:
    says({"x": {"status": "PENDING", "dashboard_route": route}})
    (state,) = clusters()
    found = settings.found()
    assert found is not None
    assert state.dashboard == (f"{found.address}/clusters/x/status" if is_one else "")


def test_a_remark_stays_on_one_line_and_short(says: Says) -> None:
    says({"msg": "first\n\x1b[31msecond" + "x" * 1000})
    found = settings.found()
    assert found is not None
    for remark in (GatewayApi(found).scale("x", 1), GatewayApi(found).adapt("x", 1, 2)):
        assert remark.startswith("first")
        assert remark.isprintable()
        assert len(remark) == 300


def test_a_cluster_that_ended_while_the_list_was_made_is_passed_over(says: Says) -> None:
    says({"x": {"status": "RUNNING"}})  # and its report tells no status
    assert list(clusters()) == []
    assert clusters().notes == ()
