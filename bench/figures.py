"""A figure and its peer: measured in turns, so that a busy machine is busy for both, and shown as a ratio."""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

Call = Callable[[], object]
HEAD = ("figure", "ours", "peer", "ours/peer", "who the peer is; notes")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Attributes
    ----------
    ours, peer
        Medians, in ``unit``: ``s``, ``MB`` or ``%``.
    note
        Who the peer is, and what else a reader must know.
    """

    name: str
    ours: float
    peer: float | None = None
    unit: str = "s"
    note: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """Texts of the line, in the order of `HEAD`."""
        ratio = f"{self.ours / self.peer:.3g}" if self.peer else ""
        peer = "" if self.peer is None else shown(self.peer, self.unit)
        return self.name, shown(self.ours, self.unit), peer, ratio, self.note


class Figures:
    """The figures of one run, in the order they were measured."""

    def __init__(self) -> None:
        self._all: list[Figure] = []

    def add(self, name: str, ours: Iterable[float], peer: Iterable[float] = (), **more: str) -> None:
        """Keep the medians of what was measured otherwise."""
        theirs = list(peer)
        self._all.append(Figure(name, median(ours), median(theirs) if theirs else None, **more))

    def compare(
        self,
        benchmark: Any,
        name: str,
        ours: Call,
        peers: Mapping[str, Call] | None = None,
        *,
        rounds: int,
        warmup: int = 1,
        before: Call = lambda: None,
        note: str = "",
    ) -> None:
        """Time ours and each peer in turns; what ``before`` does ahead of every single call is not timed."""
        theirs: dict[str, list[float]] = {who: [] for who in peers or {}}

        def turns() -> None:
            for who, call in (peers or {}).items():
                before()
                theirs[who].append(seconds(call))
            before()

        benchmark.pedantic(ours, setup=turns, rounds=rounds, warmup_rounds=warmup)
        mine = [benchmark.stats.stats.median]
        for who, times in theirs.items():
            self.add(name, mine, times[warmup:], note="; ".join(filter(None, (who, note))))
        if not theirs:
            self.add(name, mine, note=note)

    def lines(self) -> list[str]:
        """The table as text; nothing when nothing was measured."""
        if not self._all:
            return []
        rows = [HEAD, *(figure.cells for figure in self._all)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
        load = " ".join(f"{value:.1f}" for value in os.getloadavg())
        return [*(_line(row, widths) for row in rows), f"{os.cpu_count()} cores, load at the end {load}"]


def seconds(call: Call) -> float:
    """Seconds that a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def shown(value: float, unit: str) -> str:
    """A figure with three digits and its unit."""
    if unit == "s" and value < 1:
        return f"{value * 1e3:.3g} ms"
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    name, *numbers, note = row
    middle = "  ".join(text.rjust(width) for text, width in zip(numbers, widths[1:-1], strict=True))
    return f"{name:<{widths[0]}}  {middle}  {note}".rstrip()
