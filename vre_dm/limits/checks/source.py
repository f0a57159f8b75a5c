"""Checks of a curve against what its publication says: headline, year, channel, validity, licence."""

import re
from collections.abc import Iterator

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.checks.problem import Finding
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import UNKNOWN
from vre_dm.limits.quantities import quantity

PERMISSIVE = frozenset({"BSD-3-Clause", "MIT", "Apache-2.0", "CC0-1.0", "CC-BY-4.0"})
YEARS_TO_PRINT = 3
"""From the preprint to the article, at most; some preprints appear a year after it."""


def licence(curve: Curve) -> Iterator[Finding]:
    """The numbers may be passed on with the package."""
    if curve.licence not in PERMISSIVE:
        yield Finding(f"licence {curve.licence!r} is not one of {', '.join(sorted(PERMISSIVE))}")


def headline(curve: Curve) -> Iterator[Finding]:
    """The curve passes through the number that its publication states in words."""
    point = curve.headline
    if point is None:
        return
    try:
        ours = curve.at(point.x)
    except (OutOfRange, InvalidCurve) as error:
        yield Finding(str(error))
        return
    if not abs(ours / point.value - 1) <= point.rtol:
        text = f"{ours:g} at {point.x:g}, but {point.source} says {point.value:g} (within {point.rtol:.0%})"
        yield Finding(text)


def year(curve: Curve) -> Iterator[Finding]:
    """Year, title and arXiv number name one publication; what was computed may be later than its formula."""
    if curve.year is None or curve.kind == "theory" or curve.provenance.type == "derived":
        return
    named = {int(found) for found in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", curve.label)}
    if named and curve.year not in named:
        yield Finding(f"the title names {min(named)} where year is {curve.year}")
    found = re.match(r"(\d\d)\d\d\.|[a-z-]+/(\d\d)", curve.reference.arxiv)
    if found is None:
        return
    short = int(found[1] or found[2])
    preprint = (2000 if short < 90 else 1900) + short
    if not preprint - 1 <= curve.year <= preprint + YEARS_TO_PRINT:
        yield Finding(f"year {curve.year}, but arXiv:{curve.reference.arxiv} is of {preprint}")


def channel(curve: Curve) -> Iterator[Finding]:
    """A channel stands where the quantity asks for one, and is one of its words."""
    allowed = quantity(curve.quantity).channels
    if not allowed and curve.channel:
        yield Finding(f"{curve.quantity} takes no channel, but one is given: {curve.channel[:40]!r}")
    if allowed and curve.channel not in (*allowed, UNKNOWN):
        words = ", ".join((*allowed, UNKNOWN))
        yield Finding(f"channel {curve.channel[:40]!r} is not one of {words}")


def validity(curve: Curve) -> Iterator[Finding]:
    """The range of validity holds at least a part of the table."""
    low, high = curve.range
    if not low <= high:
        yield Finding(f"no mass of the table lies in the range of validity, which leaves {low:g} to {high:g}")
