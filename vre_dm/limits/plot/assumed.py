"""What a curve takes for granted and where it comes from, as text for tooltips and comparison."""

from __future__ import annotations

from vre_dm.limits.completeness import assumed
from vre_dm.limits.curve import Curve
from vre_dm.limits.display import level, plain
from vre_dm.limits.metadata import UNKNOWN
from vre_dm.limits.words import spelled


def text(curve: Curve) -> dict[str, str]:
    """Facts shown under the pointer and in the side table."""
    assumed = ", ".join(f"{spelled(key)}: {value}" for key, value in curve.assumptions.items())
    return _printable(
        {
            "experiment": curve.experiment,
            "year": str(curve.year or UNKNOWN),
            "kind": curve.kind,
            "channel": curve.channel or "none",
            "CL": level(curve),
            "statistic": curve.statistic,
            "assumptions": assumed or UNKNOWN,
            "reference": curve.reference.text,
            "DOI": curve.reference.doi,
            "figure or table": curve.reference.figure,
            "provenance": _provenance(curve),
            "licence": curve.licence,
            "facts known": "{} of {}".format(*curve.completeness),
        }
    )


def assumptions(curve: Curve) -> dict[str, str]:
    """What a comparison holds beside the same of another curve; couplings only where a model has any."""
    known = curve.validity
    return _printable(
        {
            "CL": level(curve),
            "statistic": curve.statistic,
            "kind": curve.kind,
            "channel": curve.channel or "none",
            **{
                spelled(name): str(value)
                for name, value in (assumed(curve) | dict(curve.assumptions)).items()
            },
            "digitisation error": _error(curve),
            "reference": curve.reference.text,
            "figure or table": curve.reference.figure,
            "provenance": _provenance(curve),
            "valid range": f"{known.low:g} to {known.high:g} GeV ({known.reason})" if known else UNKNOWN,
            "licence": curve.licence,
        }
    )


def _error(curve: Curve) -> str:
    made = curve.provenance
    if made.error_dex is not None:
        return f"{made.error_dex:g} dex"
    return UNKNOWN if made.type in ("digitised", UNKNOWN) else "none, not digitised"


def _provenance(curve: Curve) -> str:
    made = curve.provenance
    if made.type == "derived":
        return f"derived: {made.formula} from {', '.join(made.inputs) or UNKNOWN}"
    return made.type if made.tool == UNKNOWN else f"{made.type} with {made.tool}"


def _printable(facts: dict[str, str]) -> dict[str, str]:
    """Make control characters visible; nearly always there are none, which one look at all of it tells."""
    if "".join(facts).isprintable() and "".join(facts.values()).isprintable():
        return facts
    return {plain(name): plain(value) for name, value in facts.items()}
