"""What a curve takes for granted and where it comes from, as text for tooltips and comparison."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vre_dm.limits.curve import Curve
from vre_dm.limits.display import level, plain
from vre_dm.limits.metadata import UNKNOWN


def text(curve: Curve) -> dict[str, str]:
    """Facts shown under the pointer and in the side table."""
    assumed = ", ".join(f"{key} {value}" for key, value in curve.assumptions.items())
    facts = {
        "experiment": curve.experiment,
        "year": str(curve.year or UNKNOWN),
        "kind": curve.kind,
        "channel": curve.channel or "none",
        "cl": level(curve),
        "statistic": curve.statistic,
        "reference": curve.reference.text,
        "doi": curve.reference.doi,
        "figure": curve.reference.figure,
        "provenance": _provenance(curve),
        "licence": curve.licence,
        "assumptions": assumed or UNKNOWN,
        "completeness": "{} of {} fields known".format(*curve.completeness),
    }
    return {key: plain(value) for key, value in facts.items()}


def assumptions(curves: Sequence[Curve]) -> list[dict[str, str]]:
    """What a comparison holds side by side: the same names for every curve, in one order."""
    names = dict.fromkeys(name for curve in curves for name in curve.assumptions)
    return [_assumptions(curve, names) for curve in curves]


def _assumptions(curve: Curve, names: Iterable[str]) -> dict[str, str]:
    own = {name: str(curve.assumptions.get(name, UNKNOWN)) for name in names}
    error = curve.provenance.error_dex
    known = curve.validity
    facts = {
        "CL": level(curve),
        "statistic": curve.statistic,
        "kind": curve.kind,
        "channel": curve.channel or "none",
        **own,
        "digitisation error": "none, not digitised" if curve.provenance.type != "digitised" else UNKNOWN,
        "arXiv": curve.reference.text,
        "figure": curve.reference.figure,
        "provenance": _provenance(curve),
        "valid range": f"{known.low:g} to {known.high:g} GeV ({known.reason})" if known else UNKNOWN,
        "licence": curve.licence,
    }
    if error is not None:
        facts["digitisation error"] = f"{error:g} dex"
    elif curve.provenance.type == UNKNOWN:
        facts["digitisation error"] = UNKNOWN
    return {plain(key): plain(value) for key, value in facts.items()}


def _provenance(curve: Curve) -> str:
    made = curve.provenance
    if made.type == "derived":
        return f"derived: {made.formula} from {', '.join(made.inputs) or UNKNOWN}"
    return made.type if made.tool == UNKNOWN else f"{made.type} with {made.tool}"
