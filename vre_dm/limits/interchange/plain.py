"""Bare tables of numbers, as CSV or white space; the user answers three questions where they are silent."""

import re
from collections.abc import Iterator

from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange import facts as flat
from vre_dm.limits.interchange import numbers, statements, units
from vre_dm.limits.interchange.draft import Draft, RawColumn
from vre_dm.limits.interchange.source import Source

_UNIT = re.compile(r"(?P<name>.*?)\s*[\[(](?P<unit>[^\[\]()]*)[\])]\s*\Z")
LONGEST_HEAD = 300
SUFFIXES = ("cm3_s", "cm2", "GeV", "TeV", "MeV", "keV", "eV", "pb", "fb", "1", "s")
"""Units that end a header in the catalogue's way: `limit_cm2`."""


def recognises(source: Source) -> bool:
    """Tell whether the file is rows of numbers below at most one header."""
    rows = [numbers.split(line) for _, line in rows_of(source.text)][:3]
    return bool(rows) and all(numbers.looks_numeric(row) for row in rows[1:] or rows)


def read(source: Source) -> list[Draft]:
    """Read one curve.

    Raises
    ------
    InvalidCurve
        A cell is no number, or a row has too many or too few.
    """
    lines = list(rows_of(source.text))
    head = numbers.split(lines[0][1]) if lines else []
    headed = numbers.looks_like_header(head)
    names = [_named(cell) for cell in head] if headed else [("m", ""), ("limit", "")]
    if not headed:
        names += [(f"column{place}", "") for place in range(3, len(head) + 1)]
    cells = [(number, numbers.split(line)) for number, line in (lines[1:] if headed else lines)]
    values = numbers.table(cells, [name for name, _ in names], source.name)
    own = remarks(source.text)
    stated = own if flat.whole(own) else {**statements.reference(comments(source.text)), **own}
    columns = [RawColumn(name, unit, values[:, i]) for i, (name, unit) in enumerate(names)]
    rows = [number for number, _ in cells]
    bare = not flat.whole(own)
    return [Draft(where=source.name, id=source.stem, columns=columns, facts=stated, rows=rows, bare=bare)]


def write(curve: Curve) -> dict[str, str]:
    """One CSV with the record as comments before the header; reads back as it was."""
    remarks = [f"# {name}: {flat.to_text(value)}" for name, value in flat.facts(curve).items()]
    return {f"{curve.id}.csv": "\n".join([*remarks, curve.csv])}


def rows_of(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines that are neither empty nor comments."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith(("#", "%")):
            yield number, line


def comments(text: str) -> str:
    """The comment lines without their marks."""
    lines = (line.lstrip() for line in text.splitlines())
    return "\n".join(line.lstrip("#% ") for line in lines if line.startswith(("#", "%")))


def remarks(text: str) -> dict[str, flat.Scalar]:
    """Facts that comments of the form ``name: value`` state, as `write` leaves them."""
    pairs = (line.partition(": ") for line in comments(text).splitlines())
    return {
        name: flat.from_text(value)
        for name, mark, value in pairs
        if mark
        and re.fullmatch(r"[a-z_]+(\.\w+){0,2}", name)
        and name.split(".")[0] in {*flat.EMPTY, flat.COLUMN}
    }


def _named(cell: str) -> tuple[str, str]:
    """Name and unit of a header: `mass [GeV]`, `mass (GeV)` or `m_GeV`."""
    # No header is that long, and the pattern takes the square of a length.
    if len(cell) <= LONGEST_HEAD and (match := _UNIT.match(cell)):
        return match["name"], match["unit"] or "1"
    for suffix in SUFFIXES:
        if cell.endswith(f"_{suffix}"):
            return cell.removesuffix(f"_{suffix}"), units.unit(suffix.replace("_", "/"))
    return cell, ""
