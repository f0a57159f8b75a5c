"""The two files of a new curve: an empty table to fill in, and a sidecar that says what is known of it."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from vre_dm.errors import InvalidCurve
from vre_dm.limits.catalogue.entry import LARGEST_BYTES, files, sidecars_in
from vre_dm.limits.checks import check_record
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange.answers import Answers
from vre_dm.limits.metadata import UNKNOWN, Reference
from vre_dm.limits.placing import place
from vre_dm.limits.quantities import quantity
from vre_dm.limits.sidecar import to_json, to_record
from vre_dm.limits.slug import slug

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SHORT = {
    "sigma_SI": "si",
    "sigma_SDn": "sdn",
    "sigma_SDp": "sdp",
    "sigma_e": "e",
    "g_ae": "gae",
    "sigmav": "sv",
}
"""How identifiers of the catalogue begin, where that is shorter than the quantity."""


def identifier(said: Answers) -> str:
    """Identifier for what is known: ``si_lz_2024``."""
    name = SHORT.get(said.quantity or "", (said.quantity or "").casefold())
    return said.id or slug("_".join(filter(None, (name, said.experiment, str(said.year or "")))))


def write_blank(said: Answers, folder: Path) -> list[Path]:
    """Write a table without rows and its sidecar.

    Parameters
    ----------
    said
        At least quantity and experiment; what is not said is unknown in the sidecar.
    folder
        Exists and has no file of these names.

    Returns
    -------
    list of Path
        The CSV and the JSON file.

    Raises
    ------
    InvalidCurve
        The sidecar would break the schema.
    NotWritable
        A file exists already, or the folder cannot be written; nothing has changed.
    """
    record = to_record(_blank(said))
    header = ",".join(field["name"] for field in record["schema"]["fields"]) + "\n"
    record["hash"] = f"sha256:{hashlib.sha256(header.encode()).hexdigest()}"
    check_record(record, f"{record['name']}.json")
    return place({record["path"]: header, f"{record['name']}.json": to_json(record)}, folder)


def write_pairs(curves: Iterable[Curve], folder: Path) -> list[Path]:
    """Write curves that pass every check as pairs of files, all of them or none.

    Raises
    ------
    InvalidCurve
        A curve breaks the schema or a check; the message names the first one.
    NotWritable
        A file exists already, or the folder cannot be written; nothing has changed.
    """
    return place({name: text for curve in curves for name, text in files(curve).items()}, folder)


def accept(folder: Path) -> list[str]:
    """Note the checksums of tables that were edited after their sidecars.

    Returns
    -------
    list of str
        Names of the tables taken.
    """
    taken = []
    for sidecar in sidecars_in(folder):
        table = sidecar.with_suffix(".csv")
        if not (_is_small(sidecar) and _is_small(table)):
            continue
        said = sidecar.read_bytes()
        new = f'"hash": "sha256:{hashlib.sha256(table.read_bytes()).hexdigest()}"'.encode()
        changed = re.sub(rb'"hash"\s*:\s*"[^"]*"', new, said, count=1)
        if new not in said and changed != said:
            place({sidecar.name: changed}, folder, overwrite=True)
            taken.append(table.name)
    return taken


def _is_small(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST_BYTES


def _blank(said: Answers) -> Curve:
    """Record of a curve that has no numbers yet; one row stands in for them."""
    if not said.quantity or not said.experiment:
        msg = "a new curve needs at least its quantity and its experiment"
        raise InvalidCurve(msg)
    known = quantity(said.quantity)
    stated: dict[str, Any] = {
        name: getattr(said, name) for name in ("kind", "geometry", "statistic", "licence")
    }
    reference = {name.removeprefix("reference."): value for name, value in _reference(said).items()}
    return Curve(
        id=identifier(said),
        experiment=said.experiment,
        quantity=known.name,
        columns=(mass_column([1.0]), limit_column([known.high], known.name)),
        label=said.label or "",
        year=said.year,
        channel=said.channel or (UNKNOWN if known.channels else ""),
        cl=said.cl,
        reference=Reference(**reference),
        **{name: value for name, value in stated.items() if value is not None},
    )


def _reference(said: Answers) -> dict[str, str]:
    return {name: str(value) for name, value in said.facts.items() if name.startswith("reference.")}
