"""Write the shipped limit catalogue from a folder of candidate curves: `python -m builders.curves FOLDER`.

A candidate is treated or refused, and either is said; what its source does not state stays unknown.
"""

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builders.curves_manifest import MANIFEST, Row, rows
from vre_dm.errors import InvalidCurve
from vre_dm.limits.catalogue import SEAL, SHIPPED
from vre_dm.limits.catalogue.entry import write, write_seal
from vre_dm.limits.curve import Column, Curve
from vre_dm.limits.metadata import UNKNOWN, Assumptions, Headline, Provenance, Reference

Mask = NDArray[np.bool_]

QUANTITIES = {
    "sigma_SI nucleon": "sigma_SI",
    "sigma_SI neutrino floor": "sigma_SI",
    "sigma_SI neutrino fog (Xe)": "sigma_SI",
}
PROVENANCE = {
    "collaboration file": ("collaboration file", UNKNOWN),
    "curve trace": ("digitised", UNKNOWN),
    "WebPlotDigitizer": ("digitised", "WebPlotDigitizer"),
    "digitised by repo author": ("digitised", UNKNOWN),
}
# What the publications themselves state in their abstracts: (mass in GeV, cm², tolerance).
HEADLINES = {
    "si_lz_2024": (40, 2.2e-48, 0.03),
    "si_lz_2022": (36, 9.2e-48, 0.03),
    "si_xenonnt_2025": (30, 1.7e-47, 0.03),
    "si_xenonnt_2023": (28, 2.58e-47, 0.03),
    "si_pandax4t_2024": (40, 1.6e-47, 0.05),
    "si_pandax4t_2021": (40, 3.8e-47, 0.15),
    "si_xenon1t_2018": (30, 4.1e-47, 0.03),
    "si_deap3600_2019": (100, 3.9e-45, 0.1),
    "si_ds50_2015_highmass": (100, 2.0e-44, 0.05),
    "si_lux_2016": (50, 1.1e-46, 0.03),
    "si_xenonnt_2026_s2only": (5, 6.0e-45, 0.02),
}
# Where a publication states 90 % CL; all others stay unknown.
STATED_90 = {
    "si_lz_2024": "abstract",
    "si_xenonnt_2023": "abstract",
    "si_xenonnt_2025": "abstract",
    "si_xenonnt_2026_s2only": "abstract",
    "si_xenonnt_2026_b8": "README of the release",
    "si_xenon1t_2018": "abstract",
    "si_xenon1t_2019_s2only": "article",
    "si_pandax4t_2021": "abstract",
    "si_pandax4t_2024": "abstract",
    "si_lux_2016": "abstract",
    "si_deap3600_2019": "abstract",
    "si_ds50_2015_highmass": "abstract",
    "si_ds50_2018_lowmass": "abstract",
    "si_ds50_2022_nq": "abstract",
    "si_cresst2_2015": "title of the DMTools file",
}
STATISTICS = {
    "si_xenon1t_2019_s2only": "Poisson upper limit; signal and background lowered by 1.28 sigma",
}
NOTES = {
    "si_lz_2024": "the article's abstract says 2.2e-48 cm2 at 40 GeV, which these numbers follow; "
    "another version of the preprint says 2.1e-48 cm2 at 36 GeV",
    "si_xenon1t_2019_s2only": "with this statistic the counts and backgrounds of the data release give every "
    "published limit on the signal events",
}
ERRATA = {
    "si_pandax4t_2021": "corrected later by the collaboration; these are the numbers before the correction",
}
# Headers without a unit: the XENONnT releases of 2026 give these columns in cm² (manifest, y_unit).
HEADERS = {
    "limit": "limit_cm2",
    "mmed_GeV": "m_GeV",
    "sens_m2": "sensitivity_m2sigma_cm2",
    "sens_m1": "sensitivity_m1sigma_cm2",
    "sens_median": "median_cm2",
    "sens_p1": "sensitivity_p1sigma_cm2",
    "sens_p2": "sensitivity_p2sigma_cm2",
}
VARIANTS = {
    "s2only": "S2-only",
    "migdal": "Migdal",
    "b8": "⁸B",
    "cevns": "⁸B",
    "lowmass": "low mass",
    "highmass": "high mass",
    "crdm": "boosted by cosmic rays",
    "nq": "no quenching fluctuations",
    "sos": "silicon on sapphire",
    "100ty": "100 t y",
    "200ty": "200 t y",
    "1000ty": "1000 t y",
    "proj20ty": "20 t y",
    "proj": "projection",
    "proj2016": "projection",
}
SIGNAL = {"migdal": "Migdal effect", "crdm": "dark matter boosted by cosmic rays"}


class Refused(Exception):
    """A candidate that must not enter the catalogue."""


def build(source: Path, target: Path) -> Iterator[str]:
    """Write every acceptable candidate; yields one line for each, also for the refused."""
    candidates = [row for row in rows(source / MANIFEST) if row["quantity"] in QUANTITIES]
    for row in sorted(candidates, key=lambda row: row["id"]):
        try:
            curve = treat(row, source / row["file"])
            write(curve, target)
        except (Refused, InvalidCurve) as reason:
            yield f"refused {row['id']}: {reason}"
        else:
            yield f"written {curve.id}: {curve.x.size} points. {curve.provenance.treatment}"


def treat(row: Row, numbers: Path) -> Curve:
    """Turn one candidate into a curve, or say why not."""
    if row["licence_class"] != "A":
        msg = f"licence class {row['licence_class']}"
        raise Refused(msg)
    if row["source_repo"] == "computed here":
        msg = "derived; the conversions write those with their formula"
        raise Refused(msg)
    columns, treatment = treated_columns(numbers)
    point = HEADLINES.get(row["id"])
    return Curve(
        id=row["id"],
        label=label(row),
        experiment=row["experiment"],
        year=int(row["year"]),
        quantity=QUANTITIES[row["quantity"]],
        kind="signal region" if row["kind"] == "signal contour" else row["kind"],  # type: ignore[arg-type]
        geometry=row["geometry"],  # type: ignore[arg-type]
        columns=columns,
        cl=0.9 if row["id"] in STATED_90 else None,
        statistic=STATISTICS.get(row["id"], UNKNOWN),
        reference=Reference(
            arxiv=row["arxiv"] or UNKNOWN,
            arxiv_version=row["arxiv_version"] or UNKNOWN,
            doi=row["doi"] or UNKNOWN,
        ),
        provenance=provenance(row, treatment),
        assumptions=assumptions(row["id"]),
        licence=re.sub(r" \(.*", "", row["licence"]),
        erratum=ERRATA.get(row["id"], ""),
        headline=Headline(*point, f"abstract of {row['doi'] or row['arxiv']}") if point else None,
        notes=notes(row),
    )


def notes(row: Row) -> str:
    """What the manifest, its correction and this builder know beyond the fields."""
    where = STATED_90.get(row["id"])
    stated = f"90 % CL is stated in the {where}" if where else ""
    return "; ".join(filter(None, (row["notes"], NOTES.get(row["id"]), stated)))


def label(row: Row) -> str:
    """Name a curve so that two of one experiment and year differ."""
    words = row["id"].split("_")
    variant = next((text for word, text in VARIANTS.items() if word in words), "")
    if row["kind"] == "theory":
        return {"billard": "neutrino floor 2013", "appec": "neutrino floor 2021"}.get(
            re.sub(r"[^a-z]", "", words[-1]), "neutrino fog (Xe) 2021"
        )
    name = "DAMA/LIBRA " + words[2] if words[1] == "dama" else row["experiment"]
    return f"{name} {row['year']}" + (f" ({variant})" if variant else "")


def provenance(row: Row, treatment: str) -> Provenance:
    """Where the numbers were found, down to the git blob."""
    kind, tool = PROVENANCE.get(row["provenance"], (UNKNOWN, UNKNOWN))
    if row["provenance"].startswith("DMTools"):
        kind, tool = "collaboration file", row["provenance"]
    return Provenance(
        type=kind,
        tool=tool,
        source=row["source_repo"] or UNKNOWN,
        path=row["source_path"] or UNKNOWN,
        commit=row["source_commit"] or UNKNOWN,
        blob=row["source_blob_sha1"] or UNKNOWN,
        treatment=treatment,
    )


def assumptions(identifier: str) -> Assumptions:
    """Say that no source states its halo; the candidate's name tells a signal other than a recoil."""
    stated = {"halo": UNKNOWN, "form_factor": UNKNOWN}
    signals = [text for word, text in SIGNAL.items() if word in identifier]
    return Assumptions(stated | ({"signal": signals[0]} if signals else {}))


def treated_columns(numbers: Path) -> tuple[tuple[Column, ...], str]:
    """Columns without sentinels, doubled masses and walls, and a sentence on what was taken out."""
    with numbers.open(newline="", encoding="utf-8") as stream:
        header, *rows = csv.reader(stream)
    table = np.array([[float(cell) if cell else np.nan for cell in row] for row in rows])
    said = []
    for step, note in ((_without_sentinels, "sentinel"), (_without_walls, "wall or doubled")):
        keep = step(table)
        if not keep.all():
            said.append(f"{np.count_nonzero(~keep)} {note} rows dropped")
        table = table[keep]
    header = [HEADERS.get(name, name) for name in header]
    columns = (Column(name, name.rpartition("_")[2], table[:, i]) for i, name in enumerate(header))
    return tuple(columns), "; ".join(said)


def _without_sentinels(table: NDArray[np.float64]) -> Mask:
    """Rows that only close a polygon: no number at all, or a value no cross section can have."""
    return np.all(np.isfinite(table) & (table > 0), axis=1) & np.all(table[:, 1:] < 1e-20, axis=1)


def _without_walls(table: NDArray[np.float64]) -> Mask:
    """Of points that share a mass to 1e-6 only the one with the weakest limit is kept."""
    keep = np.ones(len(table), dtype=bool)
    for i in range(1, len(table)):
        if abs(table[i, 0] / table[i - 1, 0] - 1) < 1e-6:
            keep[i if table[i, 1] < table[i - 1, 1] else i - 1] = False
    return keep


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m builders.curves SOURCE_FOLDER")
    print("\n".join(build(Path(sys.argv[1]), SHIPPED)))
    write_seal(SHIPPED, SEAL)
