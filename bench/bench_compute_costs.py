"""What a map costs beside its work: scheduling, memory, the start, the graph; and how far that lets it scale.

The last test plays runs on many workers through, with the times of this one (`bench.scaling`).
"""

import os
import pickle
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vre_dm as dm
from bench.dielectron import COLUMNS, masses, write
from bench.figures import Figures
from bench.scaling import Recorded, Run, forecast, useful
from vre_dm.compute.inputs import Input, inputs_of
from vre_dm.compute.plan import CHUNK_BYTES, Chunk
from vre_dm.compute.preparing import draft, prepare
from vre_dm.compute.reading import shelf
from vre_dm.compute.run.folder import RunFolder
from vre_dm.compute.run.looking import facts_for
from vre_dm.compute.run.remembered import Remembered
from vre_dm.compute.work import Part, Work, do_chunk
from vre_dm.lake.jobs.folder import JobFolder
from vre_dm.lake.transfer.events import Computing

FILES = 4
SMALL = 1000  # chunks that do nothing
WIDE, LOOKED_AT = 1500, 16  # columns of a file, and such files
CHUNKS = 10  # of one such
MANY = 1000  # files, for the size of the graph
ROUNDS = 3
GBIT_10 = 1.25e9  # bytes a second of a usual storage


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> list[Path]:
    folder = tmp_path_factory.mktemp("events")
    made = [folder / f"events_{number}.root" for number in range(FILES)]
    for number, path in enumerate(made):
        write(path, int(pytestconfig.getoption("--events")), number)
    return made


@pytest.fixture(scope="module", autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Jobs and clusters in a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="module")
def backend() -> Iterator[Any]:
    """Two workers of this machine."""
    with dm.cluster(2, kind="local") as both:
        found = both.backend()
        yield found
        found.close()


def fill(columns: Any) -> Any:
    return masses(columns.offsets(COLUMNS[0]), *(columns[name] for name in COLUMNS))


def nothing(_: object) -> int:
    return 1


def named(number: int) -> list[tuple[Input, Chunk]]:
    """Chunks of as many files, which nobody opens."""
    name = "user.dm:simulated.dilepton.zprime.simulated.1.{:05d}.root"
    return [
        (Input(name.format(i), "adler32:0123abcd", 1, Path(f"/data/{name.format(i)}")), Chunk(i, i, 0, 1, 1))
        for i in range(number)
    ]


def idle_seconds(backend: Any) -> float:
    """Seconds a chunk, of chunks that do nothing."""
    begun = time.perf_counter()
    came = dict(backend.run(Work(nothing, kind="path"), named(SMALL), threading.Event()))
    assert sum(part.value for part in came.values()) == SMALL
    return (time.perf_counter() - begun) / SMALL


def test_a_chunk_costs_the_scheduler_little(figures: Figures, backend: Any) -> None:
    from distributed import Client, LocalCluster

    ours, bare = [], []
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        for _ in range(ROUNDS + 1):
            ours.append(idle_seconds(backend))
            begun = time.perf_counter()
            futures = client.map(nothing, range(SMALL), pure=False)
            assert sum(client.gather(futures)) == SMALL
            bare.append((time.perf_counter() - begun) / SMALL)
    note = "bare futures of Dask, without TLS; wanted ≤ 5 ms"
    figures.add(f"a chunk that does nothing, of {SMALL}", ours[1:], bare[1:], note=note)


def test_files_of_many_columns_are_looked_at_by_the_workers(
    figures: Figures, backend: Any, tmp_path: Path
) -> None:
    import uproot

    one = tmp_path / "0.root"
    columns = {f"column_{number}": np.zeros(1000, np.float32) for number in range(WIDE)}
    with uproot.recreate(one) as file:
        file.mktree("Events", dict.fromkeys(columns, "float32")).extend(columns)
    paths = [one, *(tmp_path / f"{number}.root" for number in range(1, LOOKED_AT))]
    for path in paths[1:]:
        os.link(one, path)
    drafted = draft(nothing, inputs_of(paths), columns=("column_3",))
    run = RunFolder(JobFolder(tmp_path))
    run.path.mkdir()
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(ROUNDS):
        for workers, taken in seconds.items():
            known = Remembered(run, list, drafted)
            known.forget()
            place, begun = (lambda: backend) if workers else None, time.perf_counter()
            facts = facts_for(drafted, known, lambda look: look(), place, lambda _: None, threading.Event())
            taken.append(time.perf_counter() - begun)
            assert [seen.entries for seen in facts] == [1000] * LOOKED_AT
    what = f"{LOOKED_AT} files of {WIDE} columns, looked at"
    figures.add(what, seconds[True], seconds[False], note="one process instead of two workers")
    again = list[float]()
    for _ in range(ROUNDS):
        shelf.clear()
        begun = time.perf_counter()
        anew = draft(nothing, inputs_of(paths), columns=("column_3",))
        known = Remembered(run, list, anew)
        facts = facts_for(anew, known, lambda look: look(), None, lambda _: None, threading.Event())
        again.append(time.perf_counter() - begun)
        assert [seen.entries for seen in facts] == [1000] * LOOKED_AT
    figures.add(f"{what} again", again, seconds[True], note="the first time; the first file is opened still")


def sum_of_one(events: Any) -> float:
    import awkward as ak

    return float(ak.sum(events.column_3))


def test_chunks_of_a_file_of_many_columns_cost_little(figures: Figures, tmp_path: Path) -> None:
    """A function is given all of them, of which it touches one."""
    import uproot

    with uproot.recreate(tmp_path / "wide.root") as file:
        tree = file.mktree("Events", dict.fromkeys((f"column_{i}" for i in range(WIDE)), "float32"))
        for _ in range(CHUNKS):
            tree.extend({f"column_{i}": np.ones(1000, np.float32) for i in range(WIDE)})
    seconds: dict[tuple[str, ...] | None, list[float]] = {None: [], ("column_3",): []}
    for _ in range(ROUNDS):
        for columns, taken in seconds.items():
            found = prepare(
                sum_of_one, inputs_of([tmp_path / "wide.root"]), columns=columns, chunk_bytes=4000
            )
            assert len(found.plan.chunks) == CHUNKS
            shelf.clear()
            begun = time.perf_counter()
            parts = [do_chunk(found.work, *call) for call in found.plan.calls()]
            taken.append(time.perf_counter() - begun)
            assert [part.value for part in parts] == [1000.0] * CHUNKS
    ours, named = seconds.values()
    figures.add(
        f"{CHUNKS} chunks of a file of {WIDE} columns", ours, named, note="the column is named: columns="
    )


def memory_mb(_: object = None) -> dict[str, float]:
    """Resident memory of this process, and the most that it had."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {name: int(lines[name].split()[0]) / 1e3 for name in ("VmRSS", "VmHWM")}


def with_memory(columns: Any) -> dict[str, float]:
    assert fill(columns).sum() > 0
    return memory_mb()


def most(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return {name: max(one[name], other[name]) for name in one}


def test_a_worker_takes_little_more_memory_than_its_chunk(figures: Figures, files: list[Path]) -> None:
    with dm.cluster(2, kind="local") as both:
        backend = both.backend()
        stop = threading.Event()
        before = [
            part.value["VmRSS"] for _, part in backend.run(Work(memory_mb, kind="path"), named(20), stop)
        ]
        prepared = prepare(with_memory, inputs_of(files), kind="numpy", reduce=most)
        came = [part.value for _, part in backend.run(prepared.work, prepared.plan.calls(), stop)]
        backend.close()
    largest = max(chunk.bytes for chunk in prepared.plan.chunks) / 1e6
    taken = max(one["VmHWM"] for one in came) - min(before)
    note = f"the budget of a chunk, the largest has {largest:.0f} MB; wanted ≤ 2"
    figures.add("memory a worker takes", [taken], [CHUNK_BYTES / 1e6], unit="MB", note=note)


def test_the_first_result_comes_soon(figures: Figures, files: list[Path]) -> None:
    seconds, whole = [], []
    for cores in ("local", None):
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            running = dm.start_map(files, fill, as_="numpy", on=cores)
            chunks = (event.chunks_done for event in running.events() if isinstance(event, Computing))
            next(done for done in chunks if done)
            (seconds if cores else whole).append(time.perf_counter() - begun)
            assert running.outcome().value.sum() > 0
    note = "on one core here; a cluster of all cores is started for it; wanted ≤ 3 s"
    figures.add("first result after the call, local cluster", seconds, whole, note=note)


@pytest.mark.parametrize("number", [40, MANY])
def test_the_graph_is_small(
    figures: Figures, backend: Any, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import Client
    from distributed.protocol import dumps

    sent: list[int] = []
    to_scheduler, register = Client._send_to_scheduler, Client.register_plugin

    def counting(client: Client, message: Any) -> None:
        sent.append(sum(map(len, dumps(message))))
        to_scheduler(client, message)

    def registering(client: Client, plugin: Any, *words: Any, **more: Any) -> Any:
        sent.append(len(pickle.dumps(plugin)))
        return register(client, plugin, *words, **more)

    monkeypatch.setattr(Client, "_send_to_scheduler", counting)
    monkeypatch.setattr(Client, "register_plugin", registering)
    came = dict(backend.run(Work(nothing, kind="path"), named(number), threading.Event()))
    assert len(came) == number
    allowed = (200_000 + 1000 * number) / 1e6
    note = "200 kB and 1 kB a file, as wanted: ≤ 1"
    figures.add(f"sent for {number} files", [sum(sent) / 1e6], [allowed], unit="MB", note=note)


def recorded(files: list[Path], handing_s: float, slower: float = 1.0) -> Recorded:
    """Times of the chunks of the event loop, one after the other on one core; its function ever so slow."""
    begun = time.perf_counter()
    prepared = prepare(fill, inputs_of(files), kind="numpy")
    planning = (time.perf_counter() - begun) / len(files)
    seconds, read = [], 0
    for call in prepared.plan.calls():
        begun = time.perf_counter()
        part: Part = do_chunk(prepared.work, *call)
        seconds.append(time.perf_counter() - begun + (slower - 1) * part.seconds)
        read += part.bytes_read
    shelf.clear()
    return Recorded(seconds, read / len(seconds), handing_s, planning)


def test_where_more_workers_stop_helping(figures: Figures, files: list[Path], backend: Any) -> None:
    handing = min(idle_seconds(backend) for _ in range(ROUNDS))
    recorded(files, handing)  # the page cache, the imports
    for what, slower, chunks in (("as it is", 1.0, 10_000), ("a function 100 × as slow", 100.0, 10_000)):
        times = recorded(files, handing, slower)
        run = Run(chunks, files=chunks // 10, bandwidth=GBIT_10)
        most_workers = useful(times, run)
        for workers in (2, 16, 64, 1000):
            found = forecast(times, run, workers)
            note = (
                f"one worker; {found.speedup:.3g} × as fast, "
                f"{found.efficiency:.0%} of the workers' time; held up by {found.limit}"
            )
            figures.add(
                f"simulated, {what}: {chunks} chunks of {np.mean(times.chunk_s):.2g} s, {workers} workers",
                [found.seconds],
                [found.seconds * found.speedup],
                note=note,
            )
        note = f"most workers that work half of the time; {handing * 1e3:.2g} ms a chunk, 10 Gbit/s"
        figures.add(f"simulated, {what}", [most_workers], unit="workers", note=note)
