"""Tables for people: the same rows as text and as escaped HTML."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


@dataclass(frozen=True)
class Table:
    """Rows under a title, with a note about what is not shown.

    Attributes
    ----------
    title
        What the table is.
    columns, rows
        Headings and cells; numbers are set to the right.
    note
        A sentence below the table.
    widest
        Characters at which a cell is cut, visibly.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]] = field(default_factory=list)
    note: str = ""
    widest: int = 80

    def __str__(self) -> str:
        lines = [clean(self.title, None)]
        cells = [[clean(cell, self.widest) for cell in row] for row in self.rows]
        if cells:
            heads = [self._heads()] if any(self.columns) else []
            widths = [max(map(len, column)) for column in zip(*heads, *cells, strict=True)]
            sides = [str.rjust if right else str.ljust for right in self._numeric()]
            for row in [*heads, *cells]:
                fitted = (side(cell, width) for side, cell, width in zip(sides, row, widths, strict=True))
                lines.append("  ".join(fitted).rstrip())
        return "\n".join([*lines, clean(self.note, None)] if self.note else lines)

    def html(self) -> str:
        """HTML table; every text in it is escaped."""
        styles = [f"text-align:{'right' if right else 'left'}" for right in self._numeric()]
        rows = [[clean(cell, self.widest) for cell in row] for row in self.rows]
        head = _html_row("th", styles, self._heads()) if any(self.columns) else ""
        body = "".join(_html_row("td", styles, row) for row in rows)
        table = f"<table><thead>{head}</thead><tbody>{body}</tbody></table>" if rows else ""
        note = f"<div>{escape(clean(self.note, None))}</div>" if self.note else ""
        return f"<div><strong>{escape(clean(self.title, None))}</strong>{table}{note}</div>"

    def _heads(self) -> list[str]:
        return [clean(head, self.widest) for head in self.columns]

    def _numeric(self) -> list[bool]:
        """Columns that hold numbers only."""
        columns = zip(*self.rows, strict=True) if self.rows else [()] * len(self.columns)
        return [bool(column) and all(type(cell) in {int, float} for cell in column) for column in columns]


class Tabular(ABC):
    """An object that shows itself as a table, in a terminal and in a notebook."""

    @abstractmethod
    def table(self) -> Table:
        """Say what is shown."""

    def __repr__(self) -> str:
        return str(self.table())

    def _repr_html_(self) -> str:
        return self.table().html()


def clean(value: object, longest: int | None = 80) -> str:
    """Text of a cell: on one line, control characters escaped, cut visibly when longer than allowed."""
    if value is None:
        return ""
    text = f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return text if longest is None or len(text) <= longest else text[: longest - 1] + "…"


def size_text(size: float | None) -> str:
    """Bytes in decimal units with three figures, ``1.23 MB``; empty when unknown."""
    if size is None:
        return ""
    if size < 1000:
        return f"{size:.0f} B"
    for unit in _UNITS[1:]:
        size /= 1000
        if size < 999.5 or unit == _UNITS[-1]:
            return f"{size:.3g} {unit}"
    raise AssertionError


def plural(count: int, noun: str) -> str:
    """Count with its noun: ``no files``, ``1 file``, ``2 files``."""
    return f"{count} {noun}" if count == 1 else f"{count or 'no'} {noun}s"


def left_out(names: Sequence[str]) -> str:
    """Sentence about names that no safe DID can hold; empty when there are none."""
    if not names:
        return ""
    shown = ", ".join(clean(ascii(name)) for name in names[:3])
    return f"{len(names)} names are left out because they are not safe: {shown}."


def _html_row(tag: str, styles: Sequence[str], cells: Sequence[str]) -> str:
    pairs = zip(styles, cells, strict=True)
    marked = (f'<{tag} style="{style}">{escape(cell)}</{tag}>' for style, cell in pairs)
    return f"<tr>{''.join(marked)}</tr>"
