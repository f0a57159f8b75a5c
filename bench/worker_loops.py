"""The event loop on workers in one way, in its own process: ``worker_loops.py WAY WORKERS REPEATS FILE…``.

Clusters of two cores: one thread a worker, all on this machine. Starting them is not timed. Peers get the
environment variables for glibc's allocator that this process has, or Dask's own setting where it has none.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.dielectron import COLUMNS, TREE
from bench.event_loops import CHUNK, bare, mapped, of_awkward

Done = tuple[Any, int]
Way = Callable[[list[str], int], AbstractContextManager[Callable[[], Done]]]
MALLOC = ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_")


@contextmanager
def ours(files: list[str], workers: int) -> Iterator[Callable[[], Done]]:
    """What a map does in its process, with a cluster that runs; it knows the files as coffea does."""
    import cloudpickle

    from bench import dielectron, event_loops
    from vre_dm.compute.cluster import cluster

    for module in (dielectron, event_loops):  # as a map sends what its user wrote
        cloudpickle.register_pickle_by_value(module)
    with cluster(workers, kind="local") as both, TemporaryDirectory() as folder:
        backend = both.backend()
        yield lambda: mapped(files, backend, Path(folder))
        backend.close()


@contextmanager
def bare_loop(files: list[str], workers: int) -> Iterator[Callable[[], Done]]:
    """Processes with nothing between them: what this machine has for so many at once."""
    with get_context("spawn").Pool(workers) as pool:
        shares = [files[start::workers] for start in range(workers)]

        def loop() -> Done:
            done = pool.map(bare, shares, chunksize=1)
            return sum(total for total, _ in done), sum(entries for _, entries in done)

        yield loop


@contextmanager
def coffea(files: list[str], workers: int) -> Iterator[Callable[[], Done]]:
    """coffea's runner with its Dask executor, and electrons as its documentation has them: objects."""
    from coffea.nanoevents import NanoAODSchema

    with _coffea(files, workers, NanoAODSchema, _of_electrons) as loop:
        yield loop


@contextmanager
def coffea_kernel(files: list[str], workers: int) -> Iterator[Callable[[], Done]]:
    """The same runner with the kernel that ours has, on columns as they are in the file."""
    from coffea.nanoevents import BaseSchema

    with _coffea(files, workers, BaseSchema, of_awkward) as loop:
        yield loop


@contextmanager
def _coffea(
    files: list[str], workers: int, schema: Any, counted: Callable[[Any], Any]
) -> Iterator[Callable[[], Done]]:
    from coffea import processor

    class Masses(processor.ProcessorABC):  # type: ignore[misc, name-defined]
        def process(self, events: Any) -> Any:
            return {"masses": counted(events), "entries": len(events)}

        def postprocess(self, accumulator: Any) -> Any:
            return accumulator

    with _dask(workers) as client:

        def loop() -> Done:
            executor = processor.DaskExecutor(client=client, status=False)
            runner = processor.Runner(executor=executor, schema=schema, chunksize=CHUNK)
            made = runner({"events": {"files": dict.fromkeys(files, TREE)}}, Masses())
            return made["masses"], made["entries"]

        yield loop


def _of_electrons(events: Any) -> Any:
    import awkward as ak
    import hist

    electrons = events.Electron[ak.num(events.Electron) >= 2]
    one, two = electrons[:, 0], electrons[:, 1]
    good = (one.pt > 20) & (two.pt > 20) & (one.charge != two.charge)
    good = good & (abs(one.eta) < 2.5) & (abs(two.eta) < 2.5)
    found = hist.Hist(hist.axis.Regular(120, 0, 240))
    return found.fill((one[good] + two[good]).mass).values()


@contextmanager
def uproot_dask(files: list[str], workers: int) -> Iterator[Callable[[], Done]]:
    """uproot.dask, dask-awkward and hist.dask, written as their documentation does."""
    with _dask(workers):
        yield lambda: _lazily(files)


def _lazily(files: list[str]) -> Done:
    import dask
    import dask_awkward as dak
    import hist
    import hist.dask
    import numpy as np
    import uproot

    events = uproot.dask(dict.fromkeys(files, TREE), filter_name=list(COLUMNS), step_size=CHUNK)
    entries = dak.num(events.Electron_pt, axis=0)
    pairs = events[dak.num(events.Electron_pt) >= 2]
    leptons = [{name: pairs[name][:, which] for name in COLUMNS} for which in (0, 1)]
    pt, eta, phi, mass, charge = ([one[name] for one in leptons] for name in COLUMNS)
    good = (pt[0] > 20) & (pt[1] > 20) & (charge[0] != charge[1])
    good = good & (abs(eta[0]) < 2.5) & (abs(eta[1]) < 2.5)
    pt, eta, phi, mass = (
        [dak.values_astype(one[good], np.float64) for one in column] for column in (pt, eta, phi, mass)
    )
    z = [p * np.sinh(y) for p, y in zip(pt, eta, strict=True)]
    e = [np.sqrt(p * p + along * along + m * m) for p, along, m in zip(pt, z, mass, strict=True)]
    x = pt[0] * np.cos(phi[0]) + pt[1] * np.cos(phi[1])
    y = pt[0] * np.sin(phi[0]) + pt[1] * np.sin(phi[1])
    squared = (e[0] + e[1]) ** 2 - x**2 - y**2 - (z[0] + z[1]) ** 2
    found = hist.dask.Hist(hist.axis.Regular(120, 0, 240)).fill(np.sqrt(np.maximum(squared, 0)))

    counted, total = dask.compute(found, entries)
    return counted.values(), int(total)


@contextmanager
def uproot_dask_kernel(files: list[str], workers: int) -> Iterator[Callable[[], Done]]:
    """uproot.dask with the kernel that ours has, on each partition as it is."""
    import dask
    import uproot

    def loop() -> Done:
        events = uproot.dask(dict.fromkeys(files, TREE), filter_name=list(COLUMNS), step_size=CHUNK)
        parts = [dask.delayed(_counted)(part) for part in events.to_delayed()]
        done = dask.compute(*parts)
        return sum(total for total, _ in done), sum(entries for _, entries in done)

    with _dask(workers):
        yield loop


def _counted(events: Any) -> Done:
    return of_awkward(events), len(events)


@contextmanager
def rdataframe(files: list[str], workers: int) -> Iterator[Callable[[], Done]]:
    """ROOT's RDataFrame with so many threads; its strings are compiled in each call, as in a notebook."""
    import ROOT

    ROOT.EnableImplicitMT(workers)
    cuts = [f"Electron_{name}[{i}]" for name in ("pt", "eta", "phi", "mass") for i in (0, 1)]
    good = "Electron_pt[0] > 20 && Electron_pt[1] > 20 && Electron_charge[0] != Electron_charge[1]"
    good += " && std::abs(Electron_eta[0]) < 2.5 && std::abs(Electron_eta[1]) < 2.5"
    vectors = [f"ROOT::Math::PtEtaPhiMVector({', '.join(cuts[which::2])})" for which in (0, 1)]

    def loop() -> Done:
        frame = ROOT.RDataFrame(TREE, files)
        entries = frame.Count()
        chosen = frame.Filter("nElectron >= 2").Filter(good).Define("m", f"({' + '.join(vectors)}).M()")
        found = chosen.Histo1D(("m", "", 120, 0, 240), "m")
        return [found.GetBinContent(i) for i in range(1, 121)], int(entries.GetValue())

    yield loop


@contextmanager
def _dask(workers: int) -> Iterator[Any]:
    """A cluster as Dask makes it, told of the allocator's thresholds where this process has them."""
    import dask
    from distributed import Client, LocalCluster

    given = {name: os.environ[name] for name in MALLOC if name in os.environ}
    if given:
        dask.config.set({"distributed.nanny.pre-spawn-environ": {**given, "OMP_NUM_THREADS": "1"}})
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


WAYS: dict[str, Way] = {
    "ours": ours,
    "bare": bare_loop,
    "coffea": coffea,
    "coffea_kernel": coffea_kernel,
    "uproot_dask": uproot_dask,
    "uproot_dask_kernel": uproot_dask_kernel,
    "rdataframe": rdataframe,
}


def main(way: str, workers: str, repeats: str, *files: str) -> None:
    """Do it several times; tell the first and the best wall time, and what was counted."""
    wall = []
    with WAYS[way](list(files), int(workers)) as loop:
        for _ in range(int(repeats)):
            begun = time.perf_counter()
            total, entries = loop()
            wall.append(time.perf_counter() - begun)
    said = {"wall": min(wall), "first": wall[0], "entries": entries, "sum": [int(n) for n in total]}
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":  # workers import this file
    main(*sys.argv[1:])
