"""A gateway is announced once its own proxy has its ports, and not before."""

import os
import signal
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from vre_dm.compute.cluster.server import process
from vre_dm.compute.cluster.server.control import GatewayFolder


def test_a_port_is_ours_while_this_user_listens_there(monkeypatch: pytest.MonkeyPatch) -> None:
    another = os.geteuid() + 1
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert process._ours(port)
        with monkeypatch.context() as patch:
            patch.setattr(os, "geteuid", lambda: another)
            assert not process._ours(port)
    assert not process._ours(port)


def test_one_whose_proxy_does_not_answer_ends_and_is_not_announced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, sent = GatewayFolder(tmp_path), []
    monkeypatch.setattr(process, "_ANSWER", 0.2)
    ours = SimpleNamespace(**vars(os) | {"kill": lambda *said: sent.append(said)})
    monkeypatch.setattr(process, "os", ours)  # other threads of these tests send signals too
    process._announce(folder, process._free_port(), process._free_port())
    assert sent == [(os.getpid(), signal.SIGTERM)]
    assert not folder.endpoints.exists()
