"""Processes of this machine: the same numbers as here, whatever dies, and an end that is one."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import awkward as ak
import hist
import numpy as np
import psutil
import pytest

from tests.compute.cluster.runs import Came, Place, chunks, family, used, value, work
from tests.lakes import until
from vre_dm.compute.backend import Backend
from vre_dm.compute.cluster import backend_for, cluster, versions
from vre_dm.compute.cluster.folder import ClusterFolder
from vre_dm.compute.cluster.local import LocalCluster
from vre_dm.compute.frozen import Frozen
from vre_dm.compute.here import Here
from vre_dm.compute.inputs import inputs_of
from vre_dm.compute.preparing import prepare
from vre_dm.compute.reduction import Reduction
from vre_dm.compute.run.sending import packed
from vre_dm.errors import (
    ChunkFailed,
    ClusterLost,
    InvalidConfiguration,
    JobCancelled,
    NoCluster,
    VersionsDiffer,
)


@pytest.fixture(scope="module")
def two(state: Path) -> Iterator[LocalCluster]:
    with cluster(2, "700 MB") as processes:
        yield processes


@pytest.fixture
def place(two: LocalCluster, file: Path) -> Iterator[Place]:
    with used(two, file) as place:
        yield place


# --- the same numbers ------------------------------------------------------------------------------------


def spectrum(events: ak.Array) -> dict[str, Any]:
    pt = ak.flatten(events.Muon_pt)
    filled = hist.Hist.new.Reg(20, 0, 100).Weight().fill(pt, weight=np.sqrt(pt))
    return {"pt": filled, "met": np.array([ak.sum(np.sqrt(events.met))])}


def bits(place: Backend, ntuples: list[Path], stop: threading.Event) -> bytes:
    prepared = prepare(spectrum, inputs_of(ntuples), chunk_bytes=8000)
    reduction = Reduction(len(prepared.plan.chunks), prepared.work.reduce)
    for index, part in place.run(prepared.work, prepared.plan.calls(), stop):
        reduction.add(index, value(part))
    whole = reduction.value
    return bytes(whole["pt"].view(flow=True).tobytes() + whole["met"].tobytes())


def test_a_cluster_gives_the_bits_that_one_process_gives(
    two: LocalCluster, place: Place, ntuples: list[Path]
) -> None:
    here = bits(Here(), ntuples, threading.Event())
    assert bits(place.backend, ntuples, threading.Event()) == here
    two.scale(1)
    try:
        assert bits(place.backend, ntuples, threading.Event()) == here
    finally:
        two.scale(2)


def test_a_function_takes_along_what_it_closes_over(place: Place) -> None:
    factor, shift = np.float64(0.5), {"by": 3}

    def fill(chunk: dict[str, Any]) -> float:
        return float(chunk["x"].sum() * factor + shift["by"])

    assert value(place.done(fill, 3)[2]) == 245 * 0.5 + 3


class Smearing:
    """Counts and draws in itself."""

    def __init__(self) -> None:
        self.seen, self.rng = 0, np.random.default_rng(5)
        self.h = hist.Hist.new.Reg(10, 0, 200).Weight()

    def fill(self, chunk: Any) -> dict[str, Any]:
        self.seen += 1
        self.h.fill(chunk["x"] + self.rng.normal(size=len(chunk["x"])))
        return {"seen": self.seen, "x": self.h.copy(), "bits": self.rng.bytes(8)[0]}


def test_each_chunk_begins_with_the_function_as_it_was_sent_on_every_worker(place: Place) -> None:
    frozen = Frozen(packed(Smearing().fill))
    here = dict(Here().run(work(frozen), chunks(place.file, 20), threading.Event()))
    there = place.done(frozen, 20)
    assert {i: value(part) for i, part in there.items()} == {i: value(part) for i, part in here.items()}
    assert [value(there[i])["seen"] for i in range(20)] == [1] * 20
    assert len({value(there[i])["bits"] for i in range(20)}) > 10


def test_a_module_that_was_edited_between_two_runs_is_read_anew(place: Place, tmp_path: Path) -> None:
    module, folder = tmp_path / "edited_cuts.py", str(tmp_path)

    def cut(_: object) -> int:
        sys.path.insert(0, folder)
        import edited_cuts  # type: ignore[import-not-found]

        sys.path.remove(folder)
        return int(edited_cuts.CUT)

    def runs(dask_worker: Any) -> list[str]:
        """Those that a worker has not forgotten."""
        return [name for name in dask_worker.plugins if name.startswith("run-")]

    module.write_text("CUT = 7\n")
    assert {value(part) for part in place.done(cut, 4).values()} == {7}
    until(lambda: not any(place.backend._client.run(runs).values()))  # type: ignore[attr-defined]
    module.write_text("CUT = 1200\n")
    assert {value(part) for part in place.done(cut, 4).values()} == {1200}


def test_workers_have_their_share_of_memory_and_keep_what_they_freed(place: Place) -> None:
    def settings(_: object) -> "np.ndarray[Any, Any]":
        import resource

        names = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")
        return np.array(
            [*(int(os.environ[name]) for name in names), resource.getrlimit(resource.RLIMIT_DATA)[0]]
        )

    trim, mmap, limit = value(place.done(settings, 1)[0])
    assert trim == mmap == 2**28
    assert 300e6 < limit < 3e9


# --- what goes wrong -------------------------------------------------------------------------------------


def test_a_function_that_raises_fails_its_chunks_and_no_other(place: Place) -> None:
    def picky(chunk: dict[str, Any]) -> float:
        if chunk["x"][0] == 20:
            msg = "no twenty"
            raise ValueError(msg)
        return 1.0

    came = place.done(picky, 4)
    failed = came.pop(2)
    assert isinstance(failed, ChunkFailed)
    assert (failed.chunk, failed.start, failed.stop, failed.cause) == (2, 20, 30, "ValueError")
    assert "no twenty" in str(failed)
    assert "picky" in failed.trace
    assert [value(part) for part in came.values()] == [1.0] * 3


def test_a_chunk_out_of_memory_is_done_in_two_halves_and_says_so(place: Place) -> None:
    def hungry(chunk: dict[str, Any]) -> int:
        taken = np.ones(
            len(chunk["x"]) * (10_000_000 if chunk["x"][0] < 10 else 1)
        )  # 800 MB, or halves of it
        return int(taken.size)

    came = place.done(hungry, 2)
    assert (value(came[0]), came[0].split, came[1].split) == (100_000_000, True, False)  # type: ignore[union-attr]


def test_a_chunk_whose_halves_are_too_large_fails_by_name(place: Place) -> None:
    def insatiable(_: object) -> int:
        return int(np.ones(1_000_000_000).size)

    failed = place.done(insatiable, 1)[0]
    assert isinstance(failed, ChunkFailed)
    assert "Memory" in failed.cause


def test_a_worker_that_is_killed_costs_nothing(two: LocalCluster, place: Place) -> None:
    def slowly(chunk: dict[str, Any]) -> int:
        time.sleep(0.1)
        return int(chunk["x"][0])

    results = place.started(slowly, 12)
    came = dict([next(results)])
    os.kill(worker_of(two, place.file), signal.SIGKILL)
    came |= dict(results)
    assert {index: value(part) for index, part in came.items()} == {i: 10 * i for i in range(12)}


def worker_of(processes: LocalCluster, file: Path) -> int:
    with used(processes, file) as other:
        return int(value(other.done(lambda _: os.getpid(), 1)[0]))


def test_a_chunk_that_kills_its_workers_fails_alone_and_its_neighbours_are_whole(place: Place) -> None:
    def deadly(chunk: dict[str, Any]) -> int:
        if chunk["x"][0] == 20:
            os.kill(os.getpid(), signal.SIGKILL)
        return 1

    came = place.done(deadly, 5)
    failed = came.pop(2)
    assert isinstance(failed, ChunkFailed)
    assert failed.cause == "KilledWorker"
    assert "killed each worker" in str(failed)
    assert not any(part.split for part in came.values() if not isinstance(part, ChunkFailed))
    assert [value(part) for part in came.values()] == [1] * 4


def test_what_the_workers_cannot_import_is_an_error_of_the_run(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "only_here.py").write_text("def fill(chunk):\n    return 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    from only_here import fill  # type: ignore[import-not-found]

    with pytest.raises(NoCluster, match="only_here"):
        place.done(fill, 1)


@pytest.fixture
def stranger(two: LocalCluster, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Starts a worker of another uproot at the cluster, as an image of last year would."""
    older, access = tmp_path / "uproot-4.0.0.dist-info", ClusterFolder(Path(two.handed()["folder"])).access
    assert access is not None
    older.mkdir()
    (older / "METADATA").write_text("Name: uproot\nVersion: 4.0.0\n")
    certificate, key = tmp_path / "certificate", tmp_path / "key"
    certificate.write_text(access.certificate)
    key.write_text(access.key)
    words = ["worker", access.address, "--no-nanny", "--no-dashboard", "--nthreads", "1"]
    words += ["--tls-ca-file", str(certificate), "--tls-cert", str(certificate), "--tls-key", str(key)]
    started: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        command = [sys.executable, "-W", "ignore", "-m", "dask", *words]
        environment = os.environ | {"PYTHONPATH": str(tmp_path)}
        started.append(subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL))

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_a_worker_that_comes_late_with_other_versions_is_refused_by_name(
    place: Place, stranger: Callable[[], None], tmp_path: Path
) -> None:
    begun = tmp_path / "begun"

    def held(_: object) -> None:
        begun.touch()
        while True:
            time.sleep(0.01)

    threading.Thread(target=lambda: until(begun.exists) and stranger()).start()
    with pytest.raises(
        VersionsDiffer, match=r"the worker tls://\S+ of 2 processes .* has uproot 4\.0\.0 \(here"
    ):
        list(place.started(held, 20))


def test_a_scheduler_that_is_killed_keeps_what_was_given_and_says_what_to_do(
    file: Path, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"

    def first(chunk: dict[str, Any]) -> int:
        while chunk["x"][0] and not gate.exists():
            time.sleep(0.01)
        return 1

    with cluster(1, "700 MB") as one, used(one, file) as place:
        results = place.started(first, 40)
        assert value(next(results)[1]) == 1
        members = family(one)
        members[0].kill()
        with pytest.raises(ClusterLost, match="finished is kept"):
            list(results)
        gate.touch()
        psutil.wait_procs(members, timeout=30)
        assert not any(member.is_running() for member in members)
    assert one.running is False


def test_a_scheduler_that_is_killed_while_a_result_is_fetched_is_the_same_error(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with cluster(1, "700 MB") as one, used(one, file) as place:
        client: Any = place.backend._client  # type: ignore[attr-defined]
        scheduler, gather = family(one)[0], client._gather

        async def too_late(*given: Any, **how: Any) -> Any:
            scheduler.kill()
            return await gather(*given, **how)

        monkeypatch.setattr(client, "_gather", too_late)
        with pytest.raises(ClusterLost, match="finished is kept"):
            place.done(lambda _: 1, 1)


# --- its end ---------------------------------------------------------------------------------------------


def test_a_stop_interrupts_what_runs(place: Place) -> None:
    def for_ever(_: object) -> None:
        while True:
            time.sleep(0.01)

    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    assert list(place.started(for_ever, 4, stop)) == []
    assert value(place.done(lambda _: 1, 1)[0]) == 1  # the worker has time for others


def test_what_does_not_heed_a_stop_is_killed(place: Place, tmp_path: Path) -> None:
    told, stop = tmp_path / "pid", threading.Event()

    def deaf(_: object) -> None:
        told.write_text(str(os.getpid()))
        time.sleep(200)

    threading.Thread(target=lambda: until(told.exists) and stop.set()).start()
    assert list(place.started(deaf, 1, stop)) == []
    until(lambda: not psutil.pid_exists(int(told.read_text())), 20)
    assert value(place.done(lambda _: 1, 1)[0]) == 1


def in_compiled_code(seconds: int) -> None:
    """Keep the interpreter's lock, so that the worker answers nobody."""
    ctypes.PyDLL(None).sleep(seconds)


def test_a_worker_that_stays_in_compiled_code_is_killed(place: Place, tmp_path: Path) -> None:
    told, stop = tmp_path / "pid", threading.Event()

    def deaf(_: object) -> None:
        told.write_text(str(os.getpid()))
        in_compiled_code(200)

    threading.Thread(target=lambda: until(told.exists) and stop.set()).start()
    assert list(place.started(deaf, 1, stop)) == []
    until(lambda: not psutil.pid_exists(int(told.read_text())), 20)
    assert value(place.done(lambda _: 1, 1)[0]) == 1


def test_a_stop_leaves_the_chunks_of_others_alone(two: LocalCluster, place: Place, tmp_path: Path) -> None:
    begun, tries, stop = tmp_path / "begun", tmp_path / "tries", threading.Event()

    def for_ever(_: object) -> None:
        begun.touch()
        while True:
            time.sleep(0.01)

    def other(_: object) -> int:
        with tries.open("a") as file:
            file.write(f"{os.getpid()}\n")
        in_compiled_code(4)
        return 1

    stopped = threading.Thread(target=lambda: list(place.started(for_ever, 1, stop)))
    stopped.start()
    until(begun.exists)
    with used(two, place.file) as place_of_others:
        came: Came = {}
        others = threading.Thread(target=lambda: came.update(place_of_others.done(other, 1)))
        others.start()
        until(tries.exists)
        stop.set()
        stopped.join(60)
        others.join(60)
    assert value(came[0]) == 1
    assert len(tries.read_text().split()) == 1


def test_a_stop_leaves_workers_alone_whose_other_chunks_wait_behind_those_of_others(
    two: LocalCluster, place: Place, tmp_path: Path
) -> None:
    tries, gate, stop = tmp_path / "tries", tmp_path / "gate", threading.Event()

    def other(_: object) -> int:
        with tries.open("a") as file:
            file.write(f"{os.getpid()}\n")
        while not gate.exists():
            time.sleep(0.01)
        in_compiled_code(4)
        return 1

    came: Came = {}
    others = threading.Thread(target=lambda: came.update(place.done(other, 2)))
    others.start()
    until(lambda: tries.exists() and len(set(tries.read_text().split())) == 2)
    with used(two, place.file) as stopping:
        client: Any = stopping.backend._client  # type: ignore[attr-defined]
        stopped = threading.Thread(target=lambda: list(stopping.started(lambda _: 1, 4, stop)))
        stopped.start()
        until(lambda: all(len(keys) > 1 for keys in client.processing().values()))
        gate.touch()
        time.sleep(0.5)  # by now both are in compiled code
        stop.set()
        stopped.join(60)
    others.join(60)
    assert [value(came[index]) for index in (0, 1)] == [1, 1]
    assert len(tries.read_text().split()) == 2


@pytest.fixture
def mute(two: LocalCluster, place: Place) -> Iterator[int]:
    """A worker that answers nobody for a while."""
    worker = worker_of(two, place.file)
    os.kill(worker, signal.SIGSTOP)
    again = threading.Timer(60, os.kill, (worker, signal.SIGCONT))
    again.start()
    yield worker
    again.cancel()
    os.kill(worker, signal.SIGCONT)


@pytest.mark.usefixtures("mute")
def test_a_stop_ends_the_wait_for_a_worker_that_does_not_answer(two: LocalCluster) -> None:
    stop, since = threading.Event(), time.monotonic()
    threading.Timer(0.5, stop.set).start()
    with pytest.raises(JobCancelled, match="while it waited for a worker"):
        backend_for(two.handed(), stop)
    assert time.monotonic() - since < 20


@pytest.mark.usefixtures("mute")
def test_a_stop_ends_a_run_that_not_every_worker_has_yet(place: Place) -> None:
    stop, since = threading.Event(), time.monotonic()
    threading.Timer(0.5, stop.set).start()
    assert list(place.started(lambda _: 1, 4, stop)) == []
    assert time.monotonic() - since < 20


@pytest.mark.usefixtures("mute")
def test_a_worker_that_does_not_answer_does_not_make_a_cluster_unusable(
    two: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = versions._of_workers

    async def hurried(*given: Any) -> Any:
        """Ask the workers with less patience than the scheduler."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(versions, "_ANSWER", 1.0)
            return await asked(*given)

    monkeypatch.setattr(versions, "_of_workers", hurried)
    since = time.monotonic()
    backend_for(two.handed()).close()
    assert time.monotonic() - since < 20


def test_one_without_work_ends_by_itself_and_leaves_no_key_behind(state: Path) -> None:
    short = cluster(1, "700 MB", idle=600).up()
    assert isinstance(short, LocalCluster)
    members, handed = family(short), short.handed()
    folder = ClusterFolder(Path(handed["folder"]))
    assert folder.ordered is not None
    folder.order(replace(folder.ordered, idle=0.5))
    assert len(psutil.wait_procs(members, timeout=120)[1]) == 0
    assert not folder.path.exists()
    assert short.handed().keys() == {"kind", "order"}
    short.scale((1, 2))  # of the next one
    assert short.handed()["order"]["maximum"] == 2
    again = LocalCluster.restored(
        state / "vre-dm" / "clusters", handed
    )  # a run that comes too late starts its own
    assert again.handed() == {"kind": "local", "order": handed["order"]}


def command_line(member: psutil.Process) -> str:
    """Of a process; nothing where it ended, as a worker may that is exchanged."""
    with suppress(psutil.NoSuchProcess):
        return " ".join(member.cmdline())
    return ""


def test_nobody_else_can_read_the_key(two: LocalCluster) -> None:
    folder = Path(two.handed()["folder"])
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "access.json").stat().st_mode & 0o077 == 0
    key = ClusterFolder(folder).access
    assert key is not None
    assert key.key not in repr(key)
    assert "PRIVATE KEY" not in str(two.handed())
    assert not any("PRIVATE KEY" in command_line(member) for member in family(two))


# --- what is asked ---------------------------------------------------------------------------------------


def test_more_memory_than_the_machine_has_is_refused() -> None:
    with pytest.raises(InvalidConfiguration, match=r"3 workers of .* need .*, and this machine gives"):
        cluster(3, "1 PB")


@pytest.mark.parametrize("wrong", [{"memory": "much"}, {"memory": 0}, {"memory": "1 MB"}, {"kind": "grid"}])
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidConfiguration):
        cluster(1, **wrong)


def test_an_option_of_gateways_says_that_it_is_one() -> None:
    with pytest.raises(InvalidConfiguration, match="image= is an option of gateways"):
        cluster(1, image="vre-dm")


def test_a_gateway_that_is_asked_for_and_not_there_says_how_to_have_one() -> None:
    with pytest.raises(InvalidConfiguration, match="vre-dm gateway up"):
        cluster(kind="gateway")


def test_more_workers_than_the_memory_bears_are_refused_while_it_runs(two: LocalCluster) -> None:
    with pytest.raises(InvalidConfiguration, match="this machine gives"):
        two.scale(10_000)
    assert two.name.startswith("2 processes")
