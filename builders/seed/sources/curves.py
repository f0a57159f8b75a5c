"""The catalogue of limit curves as it ships: every CSV with its sidecar, the schema and the data package."""

import re

from builders.seed.model import UNKNOWN, Column, Dataset, File, Metadata, Source, record
from vre_dm.limits.catalogue import SHIPPED, load
from vre_dm.limits.curve import Curve

RSES = ("CERN-EOSPILOT", "CNAF-STORM", "DESY-DCACHE")
ALONE = ("datapackage.json", "schema.json")
"""Files that belong to no curve."""
MEANINGS = {
    "limit": "limit, or predicted value of a theory curve",
    "median": "expected limit, median",
    "sensitivity_m2sigma": "expected limit, −2σ",
    "sensitivity_m1sigma": "expected limit, −1σ",
    "sensitivity_p1sigma": "expected limit, +1σ",
    "sensitivity_p2sigma": "expected limit, +2σ",
    "upper_limit_unconstrained": "upper limit without power constraint",
    "discovery_3sigma": "cross section that is discovered at 3σ",
    "ceiling": "cross section above which rock and air stop dark matter, so that nothing is excluded",
    "nufloor": "neutrino floor",
    "nufog_2d5": "neutrino fog, n = 2.5",
    "nufog_3d0": "neutrino fog, n = 3",
    "m": "mass of the dark matter, or of the mediator or resonance",
    "m_DM": "mass of the dark matter",
    "limit_m1sigma_J": "limit with the J factor at −1σ",
    "limit_p1sigma_J": "limit with the J factor at +1σ",
}
UNITS = {"cm3/s": "cm3 / s"}


def described(stem: str) -> str:
    """What a column holds, by its name without the unit."""
    width = re.fullmatch(r"limit_w(\d+)(?:p(\d+))?", stem)
    if width:
        return f"limit for a resonance of {'.'.join(filter(None, width.groups()))} % relative width"
    if "nucl" in stem:
        return "limit shifted by the uncertainty of the nuclear structure"
    return MEANINGS[stem]


def columns(curve: Curve) -> tuple[Column, ...]:
    return tuple(
        Column(c.name, UNITS.get(c.unit, c.unit), described(c.stem), c.values) for c in curve.columns
    )


def metadata(curve: Curve) -> Metadata:
    """The part of a curve's record that a search of the lake may ask for; the sidecar has all of it."""
    reference, origin = curve.reference, curve.provenance
    old = "/" in reference.arxiv
    found: Metadata = {
        "curve": curve.id,
        "title": curve.label,
        "experiment": curve.experiment,
        "arxiv": UNKNOWN if old else reference.arxiv,
        "arxiv_version": reference.arxiv_version,
        "doi": reference.doi,
        "quantity": curve.quantity,
        "channel": curve.channel,
        "curve_kind": curve.kind,
        "geometry": curve.geometry,
        "origin": origin.type,
        "licence": curve.licence,
        "source": origin.source
        if origin.commit == UNKNOWN
        else f"{origin.source} commit {origin.commit[:12]}",
        "citation": reference.text,
        "checked": True,
    }
    numbers = {key: value for key, value in (("year", curve.year), ("cl", curve.cl)) if value is not None}
    return {key: value for key, value in found.items() if value != ""} | numbers


def files(curve: Curve) -> tuple[File, File]:
    numbers, sidecar = (SHIPPED / f"{curve.id}.{suffix}" for suffix in ("csv", "json"))
    return (
        File(numbers.name, columns(curve), str(numbers), metadata(curve), content=numbers.read_bytes()),
        File(sidecar.name, (), str(sidecar), content=sidecar.read_bytes()),
    )


def read() -> Source:
    """The one dataset of the scope; it comes from the catalogue, not from the folder of raw inputs."""
    curves = load()
    found = [file for curve in curves for file in files(curve)]
    found += [File(name, (), str(SHIPPED / name), content=(SHIPPED / name).read_bytes()) for name in ALONE]
    about = record(
        title="Catalogue of dark-matter limit curves",
        description="What dm.curves() shows, as a data package: a checked CSV and a JSON sidecar a curve.",
        experiment="several",
        technique="summary",
        kind="curves",
        year=max(curve.year or 0 for curve in curves),
        licence="permissive or public domain, stated in the record of each curve",
        source="stated in the record of each curve",
        citation="cite the papers of the curves: vre_dm.limits.bibtex",
        checked=True,
        curves=len(curves),
    )
    dataset = Dataset("limits", "catalogue", RSES, about, tuple(found))
    return Source({"limits": "Published limit curves, checked"}, (dataset,))
