"""Values of all chunks made one, by a tree whose shape depends on their number alone."""

from collections.abc import Callable, Iterable
from typing import Any

from vre_dm.compute.merging import merge

_Node = tuple[int, int]


class _Skipped:
    """In place of a value that never comes."""


_SKIPPED = _Skipped()


class Reduction:
    """Merges values as they come: whatever the order, the same ones meet, so the sum is the same to the bit.

    Chunk 0 meets 1, 2 meets 3, then (0, 1) meets (2, 3); a chunk that is left over waits a level higher, and
    one that was skipped leaves the place to its neighbour. Where values come in order, no more of them are
    held than the tree has levels.

    Parameters
    ----------
    count
        Number of chunks.
    reduce
        Merges two values, the one of the earlier chunks first; `vre_dm.compute.merging.merge` when left out.
    """

    def __init__(self, count: int, reduce: Callable[[Any, Any], Any] | None = None) -> None:
        self._count, self._reduce = count, reduce or merge
        self._waiting: dict[_Node, Any] = {}
        self._widths = [count]
        while self._widths[-1] > 1:
            self._widths.append((self._widths[-1] + 1) // 2)

    @property
    def held(self) -> int:
        """How many values wait for another."""
        return len(self._waiting)

    def add(self, index: int, value: Any) -> None:
        """Take the value of a chunk; each once.

        Raises
        ------
        Unmergeable
            It does not fit the others.
        """
        level, at = 0, index
        while True:
            other = at ^ 1
            if other < self._widths[level]:
                if (level, other) not in self._waiting:
                    self._waiting[level, at] = value
                    return
                neighbour = self._waiting.pop((level, other))
                value = self._meet(neighbour, value) if other < at else self._meet(value, neighbour)
            elif level == len(self._widths) - 1:
                self._waiting[level, at] = value
                return
            level, at = level + 1, at // 2

    def missing(self, indices: Iterable[int]) -> None:
        """Say that these chunks were skipped."""
        for index in indices:
            self.add(index, _SKIPPED)

    @property
    def value(self) -> Any:
        """All values, merged, once all have come; None where there was no chunk, or all were skipped."""
        found = self._waiting.get((len(self._widths) - 1, 0), _SKIPPED)
        return None if isinstance(found, _Skipped) else found

    def _meet(self, left: Any, right: Any) -> Any:
        if isinstance(left, _Skipped):
            return right
        return left if isinstance(right, _Skipped) else self._reduce(left, right)
