"""The paths of fetched files, as a list that shows itself as a table."""

from pathlib import Path

from vre_dm.lake.tables import Table, Tabular, plural, size_text

_SHOWN = 20


class Fetched(Tabular, list[Path]):
    """Paths of verified files, one a file in the order of names; a list in every other respect."""

    def table(self) -> Table:
        """Names and sizes under the folder they share."""
        folder = self._folder()
        rows = [(str(path.relative_to(folder)), size_text(_size(path))) for path in self[:_SHOWN]]
        more = len(self) - len(rows)
        note = f"{more} more are not shown; take them with [{_SHOWN}:]." if more else ""
        return Table(f"{plural(len(self), 'file')} in {folder}", ("path", "size"), rows, note)

    def _folder(self) -> Path:
        parents = [set(path.parents) for path in self]
        shared = set.intersection(*parents) if parents else {Path()}
        return max(shared, key=lambda path: len(path.parts))


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None  # moved away since
