"""How curves show themselves: text for a terminal, tables for a notebook. Metadata is text, never HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from vre_dm.limits import technique
from vre_dm.limits.metadata import UNKNOWN
from vre_dm.limits.quantities import quantity
from vre_dm.limits.words import shown_unit, spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sized

    from vre_dm.limits.curve import Curve


def facts(curve: Curve) -> dict[str, str]:
    """List what a reader asks of a curve first, as text in reading order."""
    low, high = curve.range
    return {
        "quantity": f"{curve.quantity}, {_named(curve)}",
        "kind": f"{curve.kind} {curve.geometry}",
        "technique": technique.described(curve),
        "mass range": f"{low:g} to {high:g} {curve.columns[0].unit}, {curve.x.size} points",
        "CL": level(curve),
        "statistic": curve.statistic,
        "reference": curve.reference.text,
        "DOI": curve.reference.doi,
        "provenance": curve.provenance.type,
        "licence": curve.licence,
        "supersedes": ": ".join(filter(None, (curve.supersedes, curve.supersedes_reason))) or "nothing known",
        "notes": curve.notes or "none",
        "facts known": known(curve),
    }


def _named(curve: Curve) -> str:
    """What the limit is on, as an axis says it."""
    of = quantity(curve.quantity)
    return f"{of.symbol} in {shown_unit(of.unit)}" if shown_unit(of.unit) else of.symbol


def known(curve: Curve) -> str:
    """How much of what a user needs is stated, and what is not."""
    text = "{} of {}".format(*curve.completeness)
    return f"{text}; not stated: {', '.join(map(spelled, curve.unknowns))}" if curve.unknowns else text


def level(curve: Curve) -> str:
    """Confidence level in per cent, or why there is none."""
    if curve.cl is not None:
        return f"{curve.cl:.0%}"
    return "none" if curve.kind == "theory" else UNKNOWN


def curve_text(curve: Curve) -> str:
    """Facts and assumptions, one a line, control characters made visible."""
    stated = [(plain(name), plain(value)) for name, value in _stated(curve)]
    width = max(len(name) for name, _ in stated)
    lines = (f"  {name:<{width}} {value}" for name, value in stated)
    return "\n".join([f"Curve {plain(curve.id)}: {plain(curve.label)}", *lines])


def curve_html(curve: Curve) -> str:
    """Write the same as a table."""
    return table_html(("", curve.label), _stated(curve))


def _stated(curve: Curve) -> list[tuple[str, str]]:
    first = facts(curve)
    return [
        *first.items(),
        *((spelled(name), str(value)) for name, value in curve.assumptions.items() if name not in first),
    ]


def table_html(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a table of escaped text, the first cell of each row its heading."""
    head = "".join(_head_html(cell) for cell in header)
    body = "".join(_row_html(row) for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def table_text(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write the same table for a fixed-width font."""
    lines = [tuple(plain(cell) for cell in row) for row in (header, *rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    return "\n".join(
        "  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def counted(curves: Sized) -> str:
    """How many curves there are, in words."""
    return f"{len(curves)} curve{'' if len(curves) == 1 else 's'}"


def overview(curves: Iterable[Curve]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows of a table with one curve a row."""
    words = "id experiment year quantity kind CL reference provenance licence"
    header = (*words.split(), "facts known")
    rows: list[tuple[str, ...]] = [
        (
            curve.id,
            curve.experiment,
            str(curve.year or UNKNOWN),
            curve.quantity,
            curve.kind,
            level(curve),
            curve.reference.text,
            curve.provenance.type,
            curve.licence,
            "{} of {}".format(*curve.completeness),
        )
        for curve in curves
    ]
    return header, rows


def _head_html(cell: str) -> str:
    # A heading that says nothing is read out all the same.
    return f'<th scope="col" style="text-align:left">{escape(cell)}</th>' if cell else "<td></td>"


def _row_html(row: tuple[str, ...]) -> str:
    first, *others = (escape(cell) for cell in row)
    cells = "".join(f'<td style="text-align:left">{cell}</td>' for cell in others)
    return f'<tr><th scope="row" style="text-align:left">{first}</th>{cells}</tr>'


def plain(text: str) -> str:
    """Make control and other unprintable characters visible."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
