"""The process of the Dask Gateway of this machine: its server, configured for one user on loopback.

``python -m vre_dm.compute.cluster.server.process FOLDER IDLE``.
"""

import json
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import ProxyHandler, build_opener

from vre_dm.compute.cluster import machine
from vre_dm.compute.cluster.environment import PAGES
from vre_dm.compute.cluster.server.control import GatewayFolder
from vre_dm.compute.memory import MALLOC
from vre_dm.lake.transfer.owner import Owner, myself

if TYPE_CHECKING:
    from traitlets.config import Config

_SHORTLY = 0.05  # seconds between two tries to reach its proxy
_LOOK = 2.0  # seconds between two looks at whether it is known and used
_ANSWER = 60.0  # seconds until its proxy listens
_IDLE_CLUSTER = 900  # seconds without work after which a cluster ends
_GIB = 2**30
_LEAST = 0.3  # GiB: a worker fills that before it has read anything
# What its schedulers and workers see of the environment; a variable may hold a token.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV", "NUMBA_CACHE_DIR")
_DASK = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    "DASK_DISTRIBUTED__WORKER__MEMORY__TARGET": "False",
    "DASK_DISTRIBUTED__WORKER__MEMORY__SPILL": "False",
}
_LISTENS = "0A"  # state of a socket in /proc/net/tcp
_START_LIMIT = 3  # workers that may fail to start before the cluster has failed


def serve(folder: GatewayFolder, idle: float) -> None:
    """Be the gateway until it is told to end, or nobody used it for so long."""
    from dask_gateway_server.app import DaskGateway

    inner, public, proxy = (_free_port() for _ in range(3))
    folder.process.write_text(str(myself()))
    app = DaskGateway.instance(config=_configuration(folder, inner, public, proxy))
    app.initialize(["--config", os.devnull])
    threading.Thread(target=_announce, args=(folder, public, proxy), daemon=True).start()
    threading.Thread(target=_end_when_unused, args=(folder, idle), daemon=True).start()
    app.start()


def _configuration(folder: GatewayFolder, inner: int, public: int, proxy: int) -> "Config":
    from dask_gateway_server.options import Float, Integer, Options
    from traitlets.config import Config

    cores, memory = machine.cores(), machine.memory()
    dask = [sys.executable, "-P", "-m", "dask"]
    options = Options(
        Integer("worker_cores", default=1, min=1, max=cores, label="Cores of a worker"),
        Float(
            "worker_memory",
            default=round(min(2.0, memory / cores / _GIB), 2),
            min=_LEAST,
            max=memory / _GIB,
            label="Memory of a worker (GiB)",
        ),
        handler=_of_options,
    )
    return Config(
        DaskGateway={
            "address": f"127.0.0.1:{inner}",
            "backend_class": "vre_dm.compute.cluster.server.backend.ProcessesOfOne",
            "authenticator_class": "dask_gateway_server.auth.SimpleAuthenticator",
        },
        SimpleAuthenticator={"password": folder.password.read_text()},
        Proxy={"address": f"127.0.0.1:{public}", "tcp_address": f"127.0.0.1:{proxy}"},
        Backend={"cluster_options": options},
        UnsafeLocalBackend={
            "clusters_directory": str(folder.clusters),
            "inherited_environment": list(_INHERITED),
            "worker_start_failure_limit": _START_LIMIT,
            "sigint_timeout": 3,
        },
        ClusterConfig={
            # Its defaults are commands that Dask no longer has (dask/distributed#9335).
            "scheduler_cmd": [*dask, "scheduler"],
            "worker_cmd": [*dask, "worker"],
            "idle_timeout": _IDLE_CLUSTER,
            "environment": MALLOC | PAGES | _DASK,
        },
    )


def _of_options(options: Any, user: Any) -> dict[str, Any]:
    """What the gateway starts for the options of a user."""
    return {"worker_cores": options.worker_cores, "worker_memory": int(options.worker_memory * _GIB)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _announce(folder: GatewayFolder, public: int, proxy: int) -> None:
    """Tell where it is once it answers through its proxy; end where it never does."""
    until = time.monotonic() + _ANSWER
    while not (_ours(public) and _ours(proxy) and _answers(public)):
        if time.monotonic() > until:
            print("its proxy does not answer, or has not got its ports", file=sys.stderr)  # noqa: T201  # a log
            os.kill(os.getpid(), signal.SIGTERM)
            return
        time.sleep(_SHORTLY)
    said = {"address": f"http://127.0.0.1:{public}", "proxy": f"127.0.0.1:{proxy}"}
    draft = folder.endpoints.with_suffix(".new")
    draft.write_text(json.dumps(said))
    draft.replace(folder.endpoints)


def _answers(port: int) -> bool:
    try:
        # Not by a proxy that the environment names: that one does not see this machine.
        with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}/api/health", timeout=5):
            return True
    except OSError:
        return False


def _ours(port: int) -> bool:
    """Whether it is this user who listens at a port.

    It was free for a moment, and whoever listens there is shown the password.
    """
    at = f"{int.from_bytes(socket.inet_aton('127.0.0.1'), sys.byteorder):08X}:{port:04X}"
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    owners = [fields[7] for fields in sockets if (fields[1], fields[3]) == (at, _LISTENS)]
    return owners == [str(os.geteuid())]


def _end_when_unused(folder: GatewayFolder, idle: float) -> None:
    """End when its folder knows it no more, or when there has been no cluster for so long."""
    used = time.monotonic()
    while _known(folder) and not (idle and time.monotonic() - used > idle):
        time.sleep(min(_LOOK, idle or _LOOK))
        if _has_clusters(folder):
            used = time.monotonic()
    os.kill(os.getpid(), signal.SIGTERM)


def _known(folder: GatewayFolder) -> bool:
    """Whether it is the one that can be found and stopped by its folder."""
    try:
        return Owner.parse(folder.process.read_bytes()) == myself()
    except FileNotFoundError:
        return False
    except OSError:  # its disk does not answer: nobody can tell
        return True


def _has_clusters(folder: GatewayFolder) -> bool:
    with suppress(OSError):
        return any(folder.clusters.iterdir())
    return False


if __name__ == "__main__":
    serve(GatewayFolder(Path(sys.argv[1])), float(sys.argv[2]))
