"""Limit curves whose licence allows shipping (class A), unchecked candidates with their whole provenance."""

import re
from pathlib import Path

import numpy as np

from builders import curves_manifest
from builders.seed import raw
from builders.seed.model import UNKNOWN, Column, Container, Dataset, File, Metadata, Source, record

MANIFEST = f"curves/{curves_manifest.MANIFEST}"
CANDIDATE = (
    "Unchecked candidate: may hold points that only close a polygon or prolong a line, and doubled masses."
)
DATASETS = {
    "direct detection": ("curves.direct", "direct detection", "nuclear recoils"),
    "DM-electron": ("curves.electron", "direct detection", "scattering off electrons"),
    "ALP/dark-photon absorption": (
        "curves.absorption",
        "direct detection",
        "absorption of axion-like particles and dark photons",
    ),
    "indirect: gamma": ("curves.gamma", "gamma rays", "annihilation into photons"),
    "indirect: neutrino": (
        "curves.neutrino",
        "neutrinos",
        "capture and annihilation in the Sun, seen in neutrinos",
    ),
    "collider": (
        "curves.collider",
        "collider",
        "mediators, invisible Higgs decays and resonances at colliders",
    ),
}
RSES = ("CERN-EOSPILOT", "DESY-DCACHE")
UNITS = {"cm^2": "cm2", "cm^3/s": "cm3 / s", "1": "1", "GeV": "GeV", "eV": "eV", "pb": "pb"}
SUFFIXES = (
    ("_GeV", "GeV"),
    ("_eV", "eV"),
    ("_cm2", "cm2"),
    ("_cm3s", "cm3 / s"),
    ("_pb", "pb"),
    ("_fb", "fb"),
)
BANDS = {
    "m2sigma": "expected limit, −2σ",
    "m1sigma": "expected limit, −1σ",
    "median": "expected limit, median",
    "p1sigma": "expected limit, +1σ",
    "p2sigma": "expected limit, +2σ",
    "unconstrained": "upper limit without power constraint",
    "discovery": "3σ discovery sensitivity",
    "lower_limit": "lower end of the interval",
    "nucl_unc": "limit shifted by the nuclear-structure uncertainty",
    "nuclear_uncert": "limit shifted by the nuclear-structure uncertainty",
    "theory": "predicted cross section",
    "nufloor": "neutrino floor",
    "nufog": "neutrino fog contour",
    "mu_limit": "limit on the signal strength",
    "mdm": "mass of the dark-matter particle",
    "mmed": "mass of the mediator",
    "m1sigmaJ": "limit with the J factor at −1σ",
    "p1sigmaJ": "limit with the J factor at +1σ",
    "_m2": "expected limit, −2σ",
    "_m1": "expected limit, −1σ",
    "_p1": "expected limit, +1σ",
    "_p2": "expected limit, +2σ",
    "_exp": "expected limit",
}
INDEX = {
    "curve": ("", "identifier, the name of its file without suffix"),
    "dataset": ("", "dataset of the scope limits that holds it"),
    "experiment": ("", "experiment or author"),
    "year": ("yr", "year of the result"),
    "quantity": ("", "quantity that is limited"),
    "channel": ("", "channel or model, empty where there is only one"),
    "curve_kind": ("", "observed, expected, projection, theory or signal contour"),
    "geometry": ("", "line, contour or grid"),
    "cl": ("1", "confidence level, NaN where it has no meaning"),
    "arxiv": ("", "arXiv identifier, or unknown"),
    "doi": ("", "DOI, or unknown"),
    "origin": ("", "how the numbers came about"),
    "licence": ("", "licence of the numbers"),
    "checked": ("1", "whether the curve passed the catalogue's checks"),
}
# HEPData's header says pb, the values are fb: the same numbers as atlas:dilepton.2018.limits.
IN_FEMTOBARN = {"xs_atlas_2019_dilepton139"}


def described(name: str, row: dict[str, str]) -> str:
    first, *others = renamed(row)
    if name == first:
        return (
            "mass of the mediator"
            if name.startswith("mmed")
            else "mass of the dark-matter particle or resonance"
        )
    for key in sorted(BANDS, key=len, reverse=True):
        if key in name:
            return BANDS[key]
    what = ", ".join(filter(None, (row["quantity"], row["channel"], row["kind"])))
    return what if name == others[0] else f"{what} ({name})"


def renamed(row: dict[str, str]) -> list[str]:
    """Names of the columns, with the unit that the values really have."""
    names = row["columns"].split()
    return [re.sub("_pb$", "_fb", name) for name in names] if row["id"] in IN_FEMTOBARN else names


def unit(name: str, row: dict[str, str]) -> str:
    if name in ("mu_limit", "gq", "gq_obs", "gq_exp"):
        return "1"
    for suffix, found in SUFFIXES:
        if name.endswith(suffix):
            return found
    return UNITS[row["y_unit"]]


def columns(folder: Path, row: dict[str, str]) -> tuple[Column, ...]:
    table = raw.csv(folder / "curves" / row["file"])
    found = []
    for old, name in zip(row["columns"].split(), renamed(row), strict=True):
        found.append(Column(name, unit(name, row), described(name, row), table[old].to_numpy(float)))
    return tuple(found)


def arxiv(row: dict[str, str]) -> Metadata:
    stated = row["arxiv"] if re.fullmatch(r"\d{4}\.\d{4,5}", row["arxiv"]) else UNKNOWN
    more = {"arxiv": stated, "arxiv_version": row["arxiv_version"] or UNKNOWN}
    return more | ({"report": row["arxiv"]} if row["arxiv"] and stated == UNKNOWN else {})


def provenance(row: dict[str, str]) -> Metadata:
    """Make the whole record of one curve; what the manifest leaves empty is unknown."""
    commit = f" commit {row['source_commit'][:12]}, {row['source_path']}" if row["source_commit"] else ""
    notes = row["notes"]
    if row["id"] in IN_FEMTOBARN:
        notes = "HEPData's header says pb, the values are fb (3.57 at 250 GeV, 0.014 at 6 TeV): stored as fb"
    title = ": ".join(filter(None, (f"{row['experiment']} {row['year']}, {row['quantity']}", row["channel"])))
    found: Metadata = {
        "curve": row["id"],
        "title": title,
        "description": f"{row['kind'].capitalize()} {row['geometry']}. {CANDIDATE}",
        "experiment": row["experiment"],
        "year": int(row["year"]),
        **arxiv(row),
        "doi": row["doi"] or UNKNOWN,
        "quantity": row["quantity"],
        "channel": row["channel"],
        "curve_kind": row["kind"],
        "geometry": row["geometry"],
        "cl_source": row["CL_source"] or UNKNOWN,
        "origin": row["provenance"] or UNKNOWN,
        "licence": row["licence"],
        "source": f"{row['source_repo']}{commit}",
        "source_blob": row["source_blob_sha1"] or UNKNOWN,
        "citation": citation(row),
        "notes": notes,
        "checked": False,
    }
    found = {key: value for key, value in found.items() if value != ""}
    return found | ({"cl": float(row["CL"])} if row["CL"] else {})


def citation(row: dict[str, str]) -> str:
    where = next(
        (f"{label}{row[key]}" for key, label in (("doi", "doi:"), ("arxiv", "arXiv:")) if row[key]), UNKNOWN
    )
    return f"{row['cited']} ({row['year']}), {where}"


def class_a(folder: Path) -> list[dict[str, str]]:
    rows = [row for row in curves_manifest.rows(folder / MANIFEST) if row["licence_class"] == "A"]
    # A name that looks like an HTML tag has no place in metadata.
    return [row | {"quantity": row["quantity"].replace("<sigma v>", "sigma v")} for row in rows]


def common(title: str, description: str, technique: str, rows: list[dict[str, str]]) -> Metadata:
    return record(
        title=title,
        description=description,
        experiment="several",
        technique=technique,
        kind="curves",
        year=max(int(row["year"]) for row in rows),
        licence="permissive or public domain, stated in the record of each curve",
        source="stated in the record of each curve",
        citation="cite the paper in the record of each curve",
        checked=False,
        curves=len(rows),
    )


def dataset(folder: Path, subfield: str, rows: list[dict[str, str]]) -> Dataset:
    name, technique, meaning = DATASETS[subfield]
    files = tuple(
        File(f"{row['id']}.parquet", columns(folder, row), f"curves/{row['file']}", provenance(row))
        for row in rows
    )
    metadata = common(
        f"Limit curves: {meaning}", f"One file a curve, with its record. {CANDIDATE}", technique, rows
    )
    return Dataset("limits", name, RSES, metadata, files)


def index(rows: list[dict[str, str]]) -> Dataset:
    """One table of all records, so that a user can choose curves before fetching them."""
    records = [provenance(row) | {"dataset": DATASETS[row["subfield"]][0]} for row in rows]
    table = tuple(
        Column(key, unit, text, np.array([each.get(key, np.nan if unit else "") for each in records]))
        for key, (unit, text) in INDEX.items()
    )
    metadata = common(
        "Limit curves: index", "One row a curve of the catalogue, with its record.", "summary", rows
    )
    file = File("curves.index.parquet", table, MANIFEST)
    return Dataset(
        "limits", "curves.index", ("CERN-EOSPILOT", "CNAF-STORM", "DESY-DCACHE"), metadata, (file,)
    )


def read(folder: Path) -> Source:
    rows = class_a(folder)
    grouped = {field: [row for row in rows if row["subfield"] == field] for field in DATASETS}
    datasets = (*(dataset(folder, field, found) for field, found in grouped.items()), index(rows))
    metadata = common(
        "Candidate limit curves of all techniques",
        f"Every curve whose licence allows redistribution, with its record. {CANDIDATE}",
        "summary",
        rows,
    )
    children = tuple(f"limits:{each.name}" for each in datasets)
    scopes = {"limits": "Published limit curves, candidates with provenance"}
    return Source(scopes, datasets, (Container("limits", "catalogue", children, metadata),))
