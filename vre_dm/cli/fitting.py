"""Tables on a terminal: as they are where they fit, else each row as a paragraph; elsewhere as they are."""

import shutil
import sys
import textwrap

import click

from vre_dm.lake.tables import Table, Tabular, clean

_STAYS = "\N{NO-BREAK SPACE}"  # where no line ends; no cell holds one, as `clean` escapes it


def show(found: object, *, err: bool = False) -> None:
    """Print a result, on standard output or beside it."""
    table = found.table() if isinstance(found, Tabular) else found
    if isinstance(table, Table) and (sys.stderr if err else sys.stdout).isatty():
        found = fitted(table, shutil.get_terminal_size().columns)
    click.echo(str(found), err=err)


def fitted(table: Table, width: int) -> str:
    """Text of a table in lines of at most so many characters, but for words that are longer."""
    text = str(table)
    if all(len(line) <= width for line in text.splitlines()):
        return text
    heads, *rows = ([clean(cell, table.widest) for cell in row] for row in (table.columns, *table.rows))
    told = [
        [f"{head}:{_STAYS}{cell}" if head else cell for head, cell in zip(heads, row, strict=True) if cell]
        for row in rows
    ]
    parts = [[clean(table.title, None)], *told, [clean(table.note, None)]]
    return "\n".join(_paragraph(part, width) for part in parts if any(part))


def _paragraph(cells: list[str], width: int) -> str:
    """Cells beside each other; those that fit into a line are not broken."""
    whole = [cell.replace(" ", _STAYS) if len(cell) < width - 2 else cell for cell in cells]
    lines = textwrap.wrap(
        "  ".join(whole), width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines).replace(_STAYS, " ")
