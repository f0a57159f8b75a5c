"""Bare tables of numbers, as CSV or white space; the user answers three questions where they are silent."""

import re
from collections.abc import Iterator, Mapping

from vre_dm.errors import InvalidCurve
from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange import facts as flat
from vre_dm.limits.interchange import numbers, statements, units
from vre_dm.limits.interchange.answers import QUESTIONS, Answers
from vre_dm.limits.interchange.draft import Draft, RawColumn
from vre_dm.limits.interchange.source import Source

_UNIT = re.compile(r"(?P<name>.*?)\s*[\[(](?P<unit>[^\[\]()]*)[\])]\s*\Z")
SUFFIXES = ("cm3_s", "cm2", "GeV", "TeV", "MeV", "keV", "eV", "pb", "fb", "1", "s")
"""Units that end a header in the catalogue's way: `limit_cm2`."""


def recognises(source: Source) -> bool:
    """Tell whether the file is rows of numbers below at most one header."""
    rows = [numbers.split(line) for _, line in rows_of(source.text)][:3]
    return bool(rows) and all(numbers.looks_numeric(row) for row in rows[1:] or rows)


def read(source: Source, answers: Answers) -> list[Draft]:
    """Read one curve.

    Raises
    ------
    InvalidCurve
        A cell is no number, a row has too many or too few, or a question stays open.
    """
    lines = list(rows_of(source.text))
    head = numbers.split(lines[0][1]) if lines else []
    headed = bool(head) and not numbers.looks_numeric(head)
    names = [_named(cell) for cell in head] if headed else [("m", ""), ("limit", "")]
    if not headed:
        names += [(f"column{place}", "") for place in range(3, len(head) + 1)]
    cells = [(number, numbers.split(line)) for number, line in (lines[1:] if headed else lines)]
    values = numbers.table(cells, [name for name, _ in names], source.name)
    stated = {**statements.reference(comments(source.text)), **remarks(source.text)}
    _require_answers(source, answers, stated, [unit for _, unit in names])
    columns = [RawColumn(name, unit, values[:, i]) for i, (name, unit) in enumerate(names)]
    rows = [number for number, _ in cells]
    return [Draft(where=source.name, id=source.stem, columns=columns, facts=stated, rows=rows)]


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
    known = {*flat.EMPTY, "name"}
    return {
        name: flat.from_text(value)
        for name, mark, value in pairs
        if mark and re.fullmatch(r"[a-z_]+(\.\w+){0,2}", name) and name.split(".")[0] in known
    }


def _named(cell: str) -> tuple[str, str]:
    """Name and unit of a header: `mass [GeV]`, `mass (GeV)` or `m_GeV`."""
    if match := _UNIT.match(cell):
        return match["name"], match["unit"] or "1"
    for suffix in SUFFIXES:
        if cell.endswith(f"_{suffix}"):
            return cell.removesuffix(f"_{suffix}"), units.unit(suffix.replace("_", "/"))
    return cell, ""


def _require_answers(
    source: Source, answers: Answers, stated: Mapping[str, object], found: list[str]
) -> None:
    """Ask all that is open at once, not one thing after the other."""
    silent = {
        "quantity": not stated.get("quantity"),
        "x_unit": not found[0],
        "y_unit": not all(found[1:]),
        "experiment": not stated.get("experiment"),
        "reference": not any(name.startswith("reference.") for name in stated),
    }
    open_ = [
        (question, keywords)
        for question in QUESTIONS
        if (keywords := [k for k in question.answers if silent[k] and getattr(answers, k) is None])
    ]
    if [k for _, keywords in open_ for k in keywords if k != "reference"]:
        asked = " ".join(f"{question.text} {' and '.join(f'{k}=' for k in ks)}." for question, ks in open_)
        msg = f"{source.name} leaves open: {asked} A reference that you do not know may stay out."
        raise InvalidCurve(msg)
