"""Publish a dataset and read it back, by one client and by eight at once: no write may fail.

Both sides say the same to Rucio: ours over our transport and through our objects, the peer with the stock
client. Each iteration has files of its own, as who publishes has.
"""

import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from rucio.common.exception import RucioException

from bench.figures import Figures, seconds
from bench.lakes import FILE_RSE, SCOPE
from tests.lakes import client
from vre_dm.did import Did
from vre_dm.errors import VreDmError
from vre_dm.lake.connection import Connection
from vre_dm.lake.lake import Lake
from vre_dm.sandbox import LakeStatus

METADATA = {"title": "A benchmark", "year": 2024, "simulated": True}
FILES = 3
ITERATIONS, CLIENTS, TURNS = 300, 8, 3


class Writer:
    """Makes one dataset after the other and notes what failed; safe to share between threads."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self.failures: list[str] = []

    def __call__(self) -> None:
        try:
            self._write(f"bench.{uuid.uuid4().hex}")
        except (RucioException, VreDmError, OSError, AssertionError) as error:
            self.failures.append(f"{type(error).__name__}: {error}")


def _files(name: str) -> list[dict[str, Any]]:
    return [
        {"scope": SCOPE, "name": f"{name}.{number}", "bytes": 10, "adler32": "00000001"}
        for number in range(FILES)
    ]


def _declare(rucio: Any, name: str) -> None:
    files = _files(name)
    rucio.add_replicas(FILE_RSE, files)
    rucio.add_dataset(SCOPE, name)
    rucio.attach_dids(SCOPE, name, files)
    rucio.set_metadata_bulk(SCOPE, name, METADATA)


@pytest.fixture
def ours(lake: Lake) -> Writer:
    """One connection for all threads."""
    connection = Connection(lake.instance)

    def write(name: str) -> None:
        connection.ask(f"dataset {name}", lambda rucio: _declare(rucio, name))
        dataset = lake.dataset(Did(SCOPE, name))
        assert dataset.replicate(FILE_RSE).state.state == "OK"
        assert METADATA.items() <= dict(dataset.metadata).items()
        assert len(dataset.files) == FILES

    return Writer(write)


@pytest.fixture
def theirs(embedded_lake: LakeStatus) -> Writer:
    """A client a thread: the stock one is not made to be shared."""
    of_thread = threading.local()

    def write(name: str) -> None:
        if not hasattr(of_thread, "rucio"):
            with lock:
                of_thread.rucio = client(embedded_lake)
        rucio = of_thread.rucio
        _declare(rucio, name)
        rucio.get_did(SCOPE, name)
        rule = rucio.add_replication_rule([{"scope": SCOPE, "name": name}], 1, FILE_RSE)
        assert rucio.get_replication_rule(rule[0])["state"] == "OK"
        assert METADATA.items() <= rucio.get_metadata(SCOPE, name, plugin="ALL").items()
        assert len(list(rucio.list_files(SCOPE, name))) == FILES

    lock = threading.Lock()  # logging in changes the environment
    return Writer(write)


def test_one_client(benchmark: Any, figures: Figures, ours: Writer, theirs: Writer) -> None:
    half = ITERATIONS // 2
    figures.compare(
        benchmark, "write mix, 1 client", ours, {"the same 9 calls by stock Client": theirs},
        rounds=half, warmup=0, note=f"{half} iterations each",
    )  # fmt: skip
    _show(figures, "write mix, 1 client", ours, theirs, half)


def test_eight_clients(figures: Figures, ours: Writer, theirs: Writer) -> None:
    times: dict[Writer, list[float]] = {ours: [], theirs: []}
    taken = {ours: 0.0, theirs: 0.0}
    with ThreadPoolExecutor(CLIENTS) as pool:
        for writer in (theirs, ours) * TURNS:
            begun = time.perf_counter()
            times[writer] += pool.map(seconds, [writer] * (ITERATIONS // TURNS))
            taken[writer] += time.perf_counter() - begun
    rates = " and ".join(f"{ITERATIONS / taken[writer]:.1f}" for writer in (ours, theirs))
    note = f"stock Client a thread; {ITERATIONS} iterations each, {rates} a second"
    figures.add(f"write mix, {CLIENTS} clients", times[ours], times[theirs], note=note)
    _show(figures, f"write mix, {CLIENTS} clients", ours, theirs, ITERATIONS)


def _show(figures: Figures, name: str, ours: Writer, theirs: Writer, iterations: int) -> None:
    failed = [100 * len(writer.failures) / iterations for writer in (ours, theirs)]
    note = f"{len(ours.failures)} and {len(theirs.failures)} of {iterations}"
    figures.add(f"{name}: failed", failed[:1], failed[1:], unit="%", note=note)
    assert not ours.failures + theirs.failures
