"""What must be said on the plot: that its curves do not mean the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vre_dm.limits.curve import Curve
from vre_dm.limits.display import plain
from vre_dm.limits.metadata import PARAMETERS

NAMED = 3


def notes(curves: Sequence[Curve], superseded: Mapping[str, Curve]) -> list[str]:
    """Sentences for the plot.

    Parameters
    ----------
    curves
        What is drawn.
    superseded
        For the id of a curve, what replaces it.
    """
    found = [*_levels(curves), *_channels(curves), *_references(curves)]
    return [plain(note) for note in (*found, *_superseded(curves, superseded))]


def _superseded(curves: Sequence[Curve], by: Mapping[str, Curve]) -> list[str]:
    old = [curve for curve in curves if curve.id in by]
    if len(old) > NAMED:
        return [f"{len(old)} curves are superseded by newer ones: {_some([curve.label for curve in old])}"]
    return [f"{curve.label} is superseded by {by[curve.id].label} ({by[curve.id].id})" for curve in old]


def _levels(curves: Sequence[Curve]) -> list[str]:
    known = sorted({curve.cl for curve in curves if curve.cl is not None})
    said = []
    if len(known) > 1:
        said.append(f"{_and([f'{100 * cl:.4g} %' for cl in known])} confidence levels are mixed")
    silent = [curve.label for curve in curves if curve.cl is None and curve.kind not in ("theory",)]
    if silent:
        said.append(f"confidence level unknown: {_some(silent)}")
    return said


def _channels(curves: Sequence[Curve]) -> list[str]:
    channels = list(dict.fromkeys(curve.channel for curve in curves if curve.channel not in ("", "any")))
    if len(channels) < 2:
        return []
    what = "channels"
    if curves[0].quantity == "sigma_e":
        # Others name a flux or a code for the atom, not a form factor.
        what = "form factors" if all(c.startswith("F") for c in channels) else "form factors and signals"
    return [f"{what} {_and(channels)} are mixed"]


def _references(curves: Sequence[Curve]) -> list[str]:
    said = []
    for name, parameter in PARAMETERS.items():
        values = sorted({s.reference for c in curves for s in c.scalings if s.parameter == name})
        if len(values) > 1:
            unit = f" {parameter.unit}" if parameter.unit else ""
            said.append(f"{parameter.symbol} differs: {_and([f'{v:g}' for v in values])}{unit}")
    return said


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _some(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - NAMED} more" if len(labels) > NAMED else ""
    return ", ".join(labels[:NAMED]) + more
