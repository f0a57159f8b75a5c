"""Write the shipped limit catalogue from a folder of candidate curves: `python -m builders.curves FOLDER`.

A candidate is treated or refused, and either is said; what its source does not state stays unknown.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from builders import curves_columns as steps
from builders.curves_columns import Table, Treated
from builders.curves_derived import derived
from builders.curves_facts import Facts, density_scaling, facts, headline, reference, validity
from builders.curves_manifest import MANIFEST, Row, rows
from builders.curves_quantities import PER_GEV, Meaning, columns, meaning, split
from vre_dm.errors import InvalidCurve
from vre_dm.limits import datapackage
from vre_dm.limits.catalogue import SEAL, SHIPPED, load
from vre_dm.limits.catalogue.entry import files, read, sidecars_in, write_seal
from vre_dm.limits.checks import PERMISSIVE, check_licence
from vre_dm.limits.completeness import ASSUMED
from vre_dm.limits.curve import Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.metadata import UNKNOWN, Assumptions, Provenance
from vre_dm.limits.placing import place
from vre_dm.limits.quantities import quantity

PROVENANCE = {
    "collaboration file": ("collaboration file", UNKNOWN),
    "HEPData": ("HEPData", UNKNOWN),
    "curve trace": ("digitised", UNKNOWN),
    "WebPlotDigitizer": ("digitised", "WebPlotDigitizer"),
    "digitised by repo author": ("digitised", UNKNOWN),
}
KINDS = {"signal contour": "signal region"}


class Refused(Exception):
    """A candidate that must not enter the catalogue."""


def build(source: Path, target: Path) -> Iterator[str]:
    """Write every acceptable candidate; yields one line for each, also for the refused."""
    for row in sorted(rows(source / MANIFEST), key=lambda row: row["id"]):
        try:
            for curve in treat(row, source / row["file"]):
                ship(curve, target)
                yield f"written {curve.id}: {curve.x.size} points. {curve.provenance.treatment}"
        except (Refused, InvalidCurve) as reason:
            yield f"refused {row['id']}: {reason}"


def build_all(source: Path, target: Path) -> Iterator[str]:
    """Candidates and computed curves; what is neither any more leaves the folder."""
    written = set()
    for line in build(source, target):
        yield line
        written |= set(re.findall(r"^written (\S+):", line))
    for curve in derived(CurveSet(read(target / f"{name}.json") for name in sorted(written))):
        ship(curve, target)
        written.add(curve.id)
        yield f"computed {curve.id}: {curve.x.size} points. {curve.provenance.formula}"
    for sidecar in sidecars_in(target):
        if sidecar.stem not in written:
            sidecar.unlink()
            sidecar.with_suffix(".csv").unlink()
            yield f"removed {sidecar.stem}"


def ship(curve: Curve, target: Path) -> None:
    """Write a curve that passes every check, under a licence that lets it be passed on."""
    for problem in check_licence(curve):
        raise problem.error()
    place(files(curve), target, overwrite=True)


def treat(row: Row, numbers: Path) -> list[Curve]:
    """Turn one candidate into curves, or say why not."""
    if row["licence_class"] != "A":
        msg = f"licence class {row['licence_class']}"
        raise Refused(msg)
    if row["source_repo"] == "computed here":
        msg = "derived; the conversions write those with their formula"
        raise Refused(msg)
    what = meaning(row)
    if what is None:
        msg = f"no quantity of the catalogue: {row['quantity']}, {row.get('channel', '')}"
        raise Refused(msg)
    found = []
    for suffix, table in split(steps.read(numbers), row["id"]).items():
        known = facts(row, row["id"] + suffix)
        if "refused" in known:
            raise Refused(known["refused"])
        pieces = treated(row, what, table, known)
        names = [""] if len(pieces) == 1 else [f"_part{i}" for i in range(1, len(pieces) + 1)]
        found += [
            curve_of(row, what, known, row["id"] + suffix + name, piece)
            for name, piece in zip(names, pieces, strict=True)
        ]
    return found


def treated(row: Row, what: Meaning, table: Treated, known: Facts) -> list[Treated]:
    """The tables of a candidate after every step that its geometry and its origin call for."""
    limits = quantity(what.quantity)
    masses = [name for name in table.header if name.endswith("_GeV")]
    if row["geometry"] == "grid" or len(masses) > 1:
        return [steps.closed_below(steps.above_axis(table))] if known.get("below") else [table]
    table = steps.without_sentinels(table, limits.low, limits.high)
    if row["geometry"] == "contour":
        return [steps.closed(table)]
    if provenance_type(row)[0] == "digitised":
        table = steps.without_prolongation(steps.without_walls(table))
    table = steps.without_steps_back(steps.without_doubles(table))
    return steps.parts(table, [tuple(gap) for gap in known.get("gaps", ())])


def curve_of(row: Row, what: Meaning, known: Facts, name: str, table: Treated) -> Curve:
    """Put numbers and facts together."""
    parts = columns(table, what.quantity, row["id"])
    curve = Curve(
        id=name.lower(),
        label=label(row, known, span(parts[0].values, what) if "_part" in name else ""),
        experiment=known.get("experiment", row["experiment"]),
        year=year(row, known),
        quantity=what.quantity,
        channel=what.channel,
        kind=KINDS.get(row["kind"], row["kind"]),  # type: ignore[arg-type]
        geometry=row["geometry"],  # type: ignore[arg-type]
        columns=parts,
        cl=known.get("cl"),
        statistic=known.get("statistic", UNKNOWN),
        reference=reference(row, known),
        provenance=provenance(row, known, "; ".join(table.said)),
        assumptions=Assumptions(
            dict.fromkeys(ASSUMED.get(what.quantity, ()), UNKNOWN) | known["assumptions"]
        ),
        validity=validity(known),
        licence=spdx(row["licence"]),
        supersedes=known.get("supersedes", ""),
        supersedes_reason=known.get("supersedes_reason", ""),
        erratum=known.get("erratum", ""),
        headline=headline(known),
        notes=notes(row, known),
    )
    return replace(curve, scalings=density_scaling(curve))


def year(row: Row, known: Facts) -> int | None:
    """Year of the publication; ``unknown`` in the facts where the manifest names a wrong one."""
    stated = known.get("year", row["year"])
    return None if stated == UNKNOWN else int(stated)


def span(masses: Table, what: Meaning) -> str:
    """Range of the masses in the unit that an axis shows."""
    unit = quantity(what.quantity).shown_mass
    low, high = masses.min() * PER_GEV[unit], masses.max() * PER_GEV[unit]
    return f"{low:.0f} to {high:.0f} {unit}"


def notes(row: Row, known: Facts) -> str:
    """What the manifest, its correction and public text say beyond the fields."""
    where = known.get("cl_source")
    stated = f"{100 * known['cl']:g} % CL is stated in the {where}" if where else ""
    official = known.get("error_source")
    compared = f"digitisation error by comparison with {official}" if official else ""
    return "; ".join(filter(None, (known.get("says", row["notes"]), known.get("notes"), stated, compared)))


def label(row: Row, known: Facts, span: str = "") -> str:
    """Name a curve so that two of one experiment and year differ."""
    if "label" in known:
        return str(known["label"])
    variant = ", ".join(filter(None, (known.get("variant"), span)))
    if row["kind"] == "projection" and "projection" not in variant:
        variant = ", ".join(filter(None, (variant, "projection")))
    name = f"{known.get('experiment', row['experiment'])} {year(row, known) or ''}".strip()
    return f"{name} ({variant})" if variant else name


def provenance_type(row: Row) -> tuple[str, str]:
    """How the numbers came about, and with which tool."""
    origin = row["provenance"]
    if origin.startswith("DMTools") or "e-mail" in origin:
        return "collaboration file", origin
    return PROVENANCE.get(origin, (UNKNOWN, UNKNOWN))


def provenance(row: Row, known: Facts, treatment: str) -> Provenance:
    """Where the numbers were found, down to the git blob."""
    kind, tool = provenance_type(row)
    return Provenance(
        type="derived" if "formula" in known else known.get("provenance", kind),
        tool=tool,
        error_dex=known.get("error_dex"),
        source=row["source_repo"] or UNKNOWN,
        path=row["source_path"] or UNKNOWN,
        commit=row["source_commit"] or UNKNOWN,
        blob=row["source_blob_sha1"] or UNKNOWN,
        formula=known.get("formula", UNKNOWN),
        inputs=tuple(known.get("inputs", ())),
        treatment=treatment,
    )


def spdx(licence: str) -> str:
    """The numbers' licence, not that of the code beside them."""
    stated = re.sub(r" \(.*", "", licence)
    return next((name for name in sorted(PERMISSIVE) if name in stated), stated)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m builders.curves SOURCE_FOLDER")
    print("\n".join(build_all(Path(sys.argv[1]), SHIPPED)))
    write_seal(SHIPPED, SEAL)
    datapackage.write(load(SHIPPED), SHIPPED)
