"""What a worker does to itself before it reads."""

import os
import subprocess
import sys

from vre_dm.compute.memory import MALLOC

# Faults of two hundred arrays of four megabytes, made and freed: each page that is mapped anew is one.
# Pages are small ones, whatever the machine prefers: THP is switched off.
FAULTS = """
import ctypes, resource, sys
import numpy as np
from vre_dm.compute.cluster.worker_memory import adapt_allocator

assert ctypes.CDLL(None).prctl(41, *map(ctypes.c_ulong, (1, 0, 0, 0))) == 0
if sys.argv[1] == "adapted":
    adapt_allocator()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(200):
    np.ones(500_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
PAGES = 200 * 500_000 * 8 // os.sysconf("SC_PAGE_SIZE")

# A worker that may fill 300 MB asks for more, then for less.
LIMITED = """
import numpy as np
from vre_dm.compute.cluster.worker_memory import limit_memory

limit_memory(300_000_000)
try:
    np.ones(100_000_000)
except MemoryError:
    print(np.ones(10_000_000).size)
"""


def said(program: str, *arguments: str, **environment: str) -> int:
    """What a program prints, started as Dask starts a worker."""
    command = [sys.executable, "-c", program, *arguments]
    whole = os.environ | {"MALLOC_TRIM_THRESHOLD_": "65536"} | environment
    return int(subprocess.run(command, env=whole, capture_output=True, text=True, check=True).stdout)


def test_what_a_chunk_frees_the_next_one_uses_however_dask_started_the_worker() -> None:
    assert said(FAULTS, "as started") > 0.9 * PAGES  # else Dask has changed, and nothing need be done
    assert said(FAULTS, "adapted") < 0.05 * PAGES
    assert said(FAULTS, "as started", **MALLOC) < 0.05 * PAGES


def test_more_memory_than_a_worker_has_is_refused_at_once_and_it_goes_on() -> None:
    assert said(LIMITED) == 10_000_000
