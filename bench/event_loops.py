"""One event loop in one way, in a process of its own: ``python event_loops.py WAY FILE…`` tells what it took.

It runs in the peers' environments too, so it imports nothing of ours before it is needed.
"""

import json
import os
import struct
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.dielectron import COLUMNS, TREE, masses

CHUNK = 500_000
REPEATS = 5
_FORMATS = (">f4", ">f4", ">f4", ">f4", ">i4")


def bare(files: list[str]) -> tuple[Any, int]:
    """Only what cannot be spared: each basket read, decompressed, and given to the kernel as it is."""
    import uproot

    total, entries = 0, 0
    for path in files:
        with uproot.open(path) as file, Path(path).open("rb") as raw:
            tree = file[TREE]
            entries += tree.num_entries
            seeks = [tree[name].member("fBasketSeek") for name in ("nElectron", *COLUMNS)]
            sizes = [tree[name].member("fBasketBytes") for name in ("nElectron", *COLUMNS)]
            for basket in range(tree[COLUMNS[0]].num_baskets):
                places = zip(seeks, sizes, strict=True)
                found = [_basket(raw.fileno(), int(at[basket]), int(size[basket])) for at, size in places]
                counts = np.frombuffer(found[0], ">i4")
                offsets = np.concatenate([[0], np.cumsum(counts)])
                flat = zip(found[1:], _FORMATS, strict=True)
                total = total + masses(offsets, *(np.frombuffer(data, kind) for data, kind in flat))
    return total, entries


def _basket(file: int, seek: int, size: int) -> memoryview:
    """Content of a basket: the header's lengths, then blocks of zstd; offsets at the end are left out."""
    import cramjam

    raw = memoryview(os.pread(file, size, seek))
    length, key, last = struct.unpack_from(">i", raw, 6)[0], struct.unpack_from(">h", raw, 14)[0], 0
    last = struct.unpack_from(">i", raw, key - 5)[0]
    if size - key == length:
        return raw[key:last]
    made, at, done = memoryview(bytearray(length)), key, 0
    while done < length:
        packed, whole = (int.from_bytes(raw[at + i : at + i + 3], "little") for i in (3, 6))
        cramjam.zstd.decompress_into(raw[at + 9 : at + 9 + packed], made[done : done + whole])
        at, done = at + 9 + packed, done + whole
    return made[: last - key]


def iterate(files: list[str]) -> tuple[Any, int]:
    """uproot.iterate with the same kernel."""
    import uproot

    total, entries = 0, 0
    for events in uproot.iterate([f"{path}:{TREE}" for path in files], list(COLUMNS), step_size=CHUNK):
        total, entries = total + of_awkward(events), entries + len(events)
    return total, entries


def ours(files: list[str]) -> tuple[Any, int]:
    """What a map does in its process; from the second on it knows the files, as with coffea."""
    from vre_dm.compute.here import Here

    return mapped(files, Here(), Path(_known().name))


@cache
def _known() -> TemporaryDirectory[str]:
    return TemporaryDirectory()


def mapped(files: list[str], backend: Any, folder: Path) -> tuple[Any, int]:
    """What a map does, at a place; another one with the same folder knows what this one saw of the files."""
    import threading

    from vre_dm.compute.inputs import inputs_of
    from vre_dm.compute.preparing import draft
    from vre_dm.compute.reduction import Reduction
    from vre_dm.compute.run.folder import RunFolder
    from vre_dm.compute.run.looking import facts_for
    from vre_dm.compute.run.remembered import Remembered
    from vre_dm.lake.jobs.folder import JobFolder

    drafted = draft(fill, inputs_of(files), kind="numpy")
    run = RunFolder(JobFolder(folder))
    run.path.mkdir(exist_ok=True)
    known = Remembered(run, list, drafted)
    facts = facts_for(drafted, known, lambda look: look(), None, lambda _: None, threading.Event())
    prepared = drafted.prepared(facts)
    reduction, entries = Reduction(len(prepared.plan.chunks)), 0
    for index, part in backend.run(prepared.work, prepared.plan.calls(), threading.Event()):
        if isinstance(part, Exception):
            raise part
        reduction.add(index, part.value)
        entries += part.entries
    return reduction.value, entries


def fill(columns: Any) -> Any:
    """What a user of ours writes."""
    return masses(columns.offsets(COLUMNS[0]), *(columns[name] for name in COLUMNS))


def coffea(files: list[str]) -> tuple[Any, int]:
    """coffea's runner with its iterative executor."""
    from coffea import processor
    from coffea.nanoevents import BaseSchema

    class Masses(processor.ProcessorABC):  # type: ignore[misc, name-defined]
        def process(self, events: Any) -> Any:
            return {"masses": of_awkward(events), "entries": len(events)}

        def postprocess(self, accumulator: Any) -> Any:
            return accumulator

    runner = processor.Runner(
        executor=processor.IterativeExecutor(status=False), schema=BaseSchema, chunksize=CHUNK
    )
    made = runner({"events": {"files": dict.fromkeys(files, TREE)}}, Masses())
    return made["masses"], made["entries"]


def of_awkward(events: Any) -> Any:
    import awkward as ak

    lists = [ak.materialize(events[name]).layout for name in COLUMNS]
    return masses(np.asarray(lists[0].offsets.data), *(np.asarray(one.content.data) for one in lists))


WAYS: dict[str, Callable[[list[str]], tuple[Any, int]]] = {
    "bare": bare,
    "iterate": iterate,
    "ours": ours,
    "coffea": coffea,
}


def main(way: str, *files: str) -> None:
    """Do it several times; tell the best processor time and wall time, what was counted, and its digest."""
    cpu, wall = [], []
    for _ in range(REPEATS):
        begun = time.process_time(), time.perf_counter()
        total, entries = WAYS[way](list(files))
        cpu.append(time.process_time() - begun[0])
        wall.append(time.perf_counter() - begun[1])
    said = {
        "cpu": min(cpu),
        "wall": min(wall),
        "first": wall[0],
        "entries": entries,
        "sum": [int(n) for n in total],
    }
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
