"""Columns that nobody is known to touch: made for a file, not for each chunk, as there may be thousands."""

from typing import TYPE_CHECKING, Any, NoReturn

from vre_dm.compute.plan import MOST_ENTRIES

if TYPE_CHECKING:
    import awkward as ak

    from vre_dm.compute.tree import Tree


class StandIns:
    """Columns with the types of those of a file, and no values.

    To make columns that are read when they are touched takes some tenths of a millisecond each, and for each
    chunk anew. So only the first chunk of a file has them. The others have these, and one that touches any of
    them is done again with columns of its own.

    Parameters
    ----------
    names
        Which columns.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self._log: list[Any] = []
        self._array: ak.Array | None = None

    @property
    def touched(self) -> bool:
        """Whether a value of any was asked for: then what came of that is worth nothing."""
        return bool(self._log)

    def first(self, table: "Tree", start: int, stop: int) -> "ak.Array":
        """Columns of a chunk that are read when they are touched; others are like them."""
        array = table.virtual(self.names, start, stop, self._log)
        self._form, self._behavior = array.layout.form_with_key(), array.behavior
        return array

    def array(self, table: "Tree", entries: int) -> "ak.Array":
        """The columns, with so many entries or more."""
        import awkward as ak

        if self._array is None or len(self._array) < entries:
            length = max(entries, min(MOST_ENTRIES, table.entries))
            buffers = dict.fromkeys(self._form.expected_from_buffers(), self._refuse)
            self._array = ak.from_buffers(self._form, length, buffers, behavior=self._behavior)
        return self._array

    def _refuse(self) -> NoReturn:
        self._log.append("refused")
        msg = "the chunk is done again with columns of its own"
        raise RuntimeError(msg)
