"""A wide file of which a map needs little, on a server, and inputs that say where it is."""

from pathlib import Path
from typing import Any

import numpy as np
import uproot

from tests.faults.server import Act, Handler
from vre_dm.compute.inputs import Away, Input

ENTRIES, BASKET, WIDTH = 40_000, 5000, 40
NEEDED = ("x", "weight")
"""Columns of which there are little more than half a megabyte, of thirteen."""


def wide(path: Path, seed: int = 1) -> Path:
    """Write a tree whose noise is most of the file."""
    random = np.random.default_rng(seed)
    with uproot.recreate(path, compression=None) as file:
        tree = file.mktree("events", {"noise": ("f8", (WIDTH,)), "x": "f8", "weight": "f8"})
        for start in range(0, ENTRIES, BASKET):
            tree.extend(
                {
                    "noise": random.random((BASKET, WIDTH)),
                    "x": np.arange(start, start + BASKET, dtype="f8"),
                    "weight": random.random(BASKET),
                }
            )
    return path


def weighted(events: Any) -> dict[str, Any]:
    """Sums whose last bits depend on the order of chunks."""
    return {"sum": np.array([np.sum(np.asarray(events.x) * np.asarray(events.weight))]), "n": len(events)}


def away(body: bytes, *urls: str, run: str = "run", name: str = "test:wide.root") -> Input:
    """A file that is at some addresses, and not here."""
    copies = tuple((f"RSE-{at + 1}", url) for at, url in enumerate(urls))
    return Input(name, "", len(body), None, Away(run, copies), compared=False)


def ranged(body: bytes, *etags: str) -> Act:
    """A server that sends the ranges that it is asked for; each answer has the next etag."""
    left = list(etags)

    def act(h: Handler) -> None:
        first, last = (int(each) for each in h.headers["Range"].removeprefix("bytes=").split("-"))
        extra = {"ETag": left.pop(0) if len(left) > 1 else left[0]} if left else {}
        piece = body[first : last + 1]
        total = f"bytes {first}-{first + len(piece) - 1}/{len(body)}"
        h.answer(206, Content_Length=len(piece), Content_Range=total, **extra)
        h.send(piece)

    return act
