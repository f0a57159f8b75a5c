"""Columns that nobody is known to touch: made for a file, not for each chunk, as there may be thousands."""

from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import awkward as ak


class Refused(BaseException):
    """A value of a stand-in was asked for; no ``except Exception`` of a user keeps it."""


class StandIns:
    """Columns with the types of those of a file, and no values.

    To make columns that are read when they are touched takes some tenths of a millisecond each, and for each
    chunk anew. So only the first chunk of a file has them. The others have these, and one that touches any of
    them is done again with columns of its own.

    Parameters
    ----------
    names
        Which columns.
    like
        Those of a chunk, which are read when they are touched.
    log
        Has an entry when one was.
    """

    def __init__(self, names: tuple[str, ...], like: "ak.Array", log: list[Any]) -> None:
        self.names, self._log = names, log
        self._form, self._behavior = like.layout.form_with_key(), like.behavior
        self._last: ak.Array | None = None

    @property
    def touched(self) -> bool:
        """Whether a value of any was asked for since the file was opened: others should stand in no more."""
        return bool(self._log)

    def array(self, entries: int) -> "ak.Array":
        """Give the columns with so many entries: a longer one says of itself that it has more bytes."""
        import awkward as ak

        found = self._last
        if found is None or len(found) != entries:
            buffers = dict.fromkeys(self._form.expected_from_buffers(), self._refuse)
            found = self._last = ak.from_buffers(self._form, entries, buffers, behavior=self._behavior)
        return found  # and not the last one, which another thread may have made

    def _refuse(self) -> NoReturn:
        self._log.append("refused")
        raise Refused
