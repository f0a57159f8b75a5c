"""What a file of likelihoods says of itself, in JSON: instrument, J factors, and whose numbers they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from vre_dm.errors import OutOfRange
from vre_dm.limits.metadata import UNKNOWN, Reference
from vre_dm.limits.spelling import near, require, shown
from vre_dm.physics.dwarfs.roster import JFactor
from vre_dm.strict_json import loads

if TYPE_CHECKING:
    from vre_dm.physics.combination.table import LikelihoodTable

FORMAT = "vre-dm likelihoods 1"
HELD = "central value"
NEEDED = ("format", "instrument", "J", "targets")
FIELDS = (*NEEDED, "kind", "year", "reference", "licence", "inputs", "notes")


def to_header(table: LikelihoodTable, targets: Mapping[str, JFactor]) -> str:
    """Header of a file with these targets, as JSON."""
    return json.dumps(
        {
            "format": FORMAT,
            "instrument": table.instrument,
            "kind": table.kind,
            "J": HELD,
            "targets": {name: asdict(factor) for name, factor in targets.items()},
            "year": table.year,
            "reference": {k: v for k, v in asdict(table.reference).items() if v != UNKNOWN},
            "licence": table.licence,
            "inputs": list(table.inputs),
            "notes": table.notes,
        },
        indent=2,
        ensure_ascii=False,
    )


def from_header(text: str | bytes, where: str) -> dict[str, Any]:
    """Read a header into what `LikelihoodTable` takes, but for channel and ln L.

    Parameters
    ----------
    text
        JSON.
    where
        File name for messages.

    Raises
    ------
    OutOfRange
        It is no such header, lacks or misspells a field, or says that J is profiled already.
    """
    said = _fields(text, where)
    if said["J"] != HELD:
        msg = f"{where}: J is {shown(said['J'])}; a combination needs ln L with J held at its {HELD!r}"
        raise OutOfRange(msg)
    try:
        return {
            "instrument": str(said["instrument"]),
            "jfactors": {name: JFactor(**factor) for name, factor in said["targets"].items()},
            "kind": said.get("kind", "observed"),
            "year": _year(said.get("year"), where),
            "reference": Reference(**said.get("reference", {})),
            "licence": str(said.get("licence", UNKNOWN)),
            "inputs": tuple(map(str, said.get("inputs", ()))),
            "notes": str(said.get("notes", "")),
        }
    except (TypeError, AttributeError) as error:
        msg = f"{where}: targets, reference or inputs are not as documented ({error})"
        raise OutOfRange(msg) from error


def _year(said: object, where: str) -> int | None:
    if said is not None and (not isinstance(said, int) or isinstance(said, bool) or not 1970 <= said <= 2100):
        msg = f"{where}: the year is {shown(said)}; give a whole number from 1970 to 2100, or null"
        raise OutOfRange(msg)
    return said


def _fields(text: str | bytes, where: str) -> dict[str, Any]:
    try:
        said = loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"{where}: the header is no JSON ({error})"
        raise OutOfRange(msg) from error
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        msg = f"{where} is no file of likelihoods: its header does not begin with format {FORMAT!r}"
        raise OutOfRange(msg)
    for name in said:
        require(name, FIELDS, f"field of {where}", error=OutOfRange)
    lacking = [name for name in NEEDED if name not in said]
    if lacking:
        msg = f"{where}: the header lacks {lacking[0]!r}; {near(lacking[0], said)}"
        raise OutOfRange(msg)
    return said
