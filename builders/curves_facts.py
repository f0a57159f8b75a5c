"""Facts that public text states of a curve, beyond the manifest: read from curves_facts.toml.

A ``paper`` holds what all curves of one publication share, a ``curve`` what is its own; ``says`` stands for
the manifest's note, where that breaks off. Nothing is in there that was not read: in the source's files, an
abstract, a HEPData record or a README.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from builders.curves_manifest import Row
from vre_dm.limits.convert.local_density import CEILING, POWERS, from_halo
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import UNKNOWN, Headline, Reference, Scaling, Validity
from vre_dm.limits.technique import is_fog, technique

FACTS = Path(__file__).with_name("curves_facts.toml")
Facts = dict[str, Any]


@cache
def _all() -> Facts:
    return tomllib.loads(FACTS.read_text(encoding="utf-8"))


def facts(row: Row, curve: str) -> Facts:
    """Everything known of one curve: its own facts before its candidate's before its paper's."""
    known = _all()
    paper = known["paper"].get(row["arxiv"] or row["doi"], {})
    own = known["curve"].get(row["id"], {}) | known["curve"].get(curve, {})
    shared = paper.get("assumptions", {})
    return paper | own | {"assumptions": shared | own.get("assumptions", {})}


def reference(row: Row, known: Facts) -> Reference:
    """The publication; a DOI of HEPData is the release's, not the article's, and a report has its number."""
    arxiv, doi = known.get("arxiv", row["arxiv"]), row["doi"]
    article = doi if doi.startswith("10.") and "hepdata" not in doi else ""
    release = doi.removeprefix("10.17182/hepdata ") if "hepdata" in doi else ""
    return Reference(
        arxiv=arxiv or UNKNOWN,
        arxiv_version=known.get("version") or row["arxiv_version"] or UNKNOWN,
        doi=known.get("doi") or article or UNKNOWN,
        figure=known.get("figure", UNKNOWN),
        title=known.get("title", UNKNOWN),
        authors=known.get("authors", UNKNOWN),
        report=known.get("report") or ("" if doi.startswith("10.") else doi) or UNKNOWN,
        release=known.get("release") or release or UNKNOWN,
    )


def headline(known: Facts) -> Headline | None:
    """The number that the publication states in words, with the place."""
    return Headline(*known["headline"]) if "headline" in known else None


def validity(known: Facts) -> Validity | None:
    """Where the curve may be used, and why not beyond."""
    return Validity(*known["validity"]) if "validity" in known else None


def density_scaling(curve: Curve) -> tuple[Scaling, ...]:
    """How a limit on dark matter around us moves with its local density, also where none is stated."""
    detected = technique(curve) in ("direct detection", "DM-electron", "absorption") or is_fog(curve)
    # Rates of these signals are not proportional to density times cross section.
    signal = str(curve.assumptions.get("signal", ""))
    if not detected or not from_halo(curve) or signal.startswith("dark matter boosted"):
        return ()
    # Near the cross section at which rock and air stop dark matter the flux is no longer the halo's.
    if any(column.stem == CEILING for column in curve.columns):
        return ()
    return (Scaling("rho0_ratio", 1.0, POWERS[curve.quantity]),)
