"""A HEPData submission: `submission.yaml` and one YAML file a table, as the site takes and gives it.

References
----------
Submission schema 1.1.1, https://hepdata-submission.readthedocs.io
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from vre_dm.errors import InvalidCurve
from vre_dm.limits.column import Column
from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange import facts as flat
from vre_dm.limits.interchange import yaml_text
from vre_dm.limits.interchange.hepdata_table import Table, Variable
from vre_dm.limits.interchange.source import Source
from vre_dm.limits.quantities import quantity

SUBMISSION = "submission.yaml"
LONGEST_NAME = 64
LICENCES = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "BSD-3-Clause": "https://spdx.org/licenses/BSD-3-Clause.html",
    "MIT": "https://spdx.org/licenses/MIT.html",
    "Apache-2.0": "https://spdx.org/licenses/Apache-2.0.html",
}


def recognises(source: Source) -> bool:
    """Tell whether the file is a submission or one of its tables."""
    table = "independent_variables:" in source.text and "dependent_variables:" in source.text
    return source.path.suffix in {".yaml", ".yml"} and (table or "data_file:" in source.text)


def tables(source: Source) -> list[Callable[[], Table]]:
    """How to read each table of a submission, or the one of a table's own file.

    Raises
    ------
    InvalidCurve
        The file is no YAML or names no table; a table that is missing or malformed does when it is read.
    """
    found = [item for item in yaml_text.documents(source.text, source.name) if isinstance(item, dict)]
    if any("independent_variables" in item for item in found):
        return [partial(_table, source, found[0], {})]
    described = [item for item in found if isinstance(item.get("data_file"), str)]
    if not described:
        msg = f"{source.name} names no table (data_file)"
        raise InvalidCurve(msg)
    names = [item["data_file"] for item in described]
    if twice := [name for name, often in Counter(names).items() if often > 1]:
        msg = f"{source.name} names {twice[0][:60]!r} more than once; each table has a file of its own"
        raise InvalidCurve(msg)
    return [partial(_described, source, item) for item in described]


def write(curves: Sequence[Curve]) -> dict[str, str]:
    """A submission with one table a curve; the record travels as qualifiers, each column is a variable."""
    names = _names(curves)
    heads = [_head(curve, name) for curve, name in zip(curves, names, strict=True)]
    comment = {"comment": "Limit curves, one a table. Qualifiers hold what is known of each."}
    files = {SUBMISSION: yaml_text.dump([comment, *heads])}
    return {**files, **{f"{curve.id}.yaml": yaml_text.dump([_body(curve)]) for curve in curves}}


def _names(curves: Sequence[Curve]) -> list[str]:
    """Names of tables: unique and within the schema's length."""
    names: list[str] = []
    for place, curve in enumerate(curves, start=1):
        short = curve.id[:LONGEST_NAME]
        names.append(f"{short[:-6]}_{place}" if short in names else short)
    return names


def _head(curve: Curve, name: str) -> dict[str, Any]:
    figure = curve.reference.figure
    words = [quantity(curve.quantity).symbol, curve.kind, *filter(None, [curve.channel])]
    head: dict[str, Any] = {
        "name": name,
        "location": f"Data from {figure}"[:256],
        "description": f"{curve.label}. {curve.notes}".strip(),
        "keywords": [
            {"name": "observables", "values": ["LIMIT"]},
            {"name": "phrases", "values": ["Dark Matter", *words]},
        ],
        "data_file": f"{curve.id}.yaml",
    }
    if address := LICENCES.get(curve.licence):
        head["data_license"] = {"name": curve.licence, "url": address}
    return head


def _body(curve: Curve) -> dict[str, Any]:
    count = 2 if curve.geometry == "grid" else 1
    stated = flat.facts(curve)
    masses = [_variable(column) for column in curve.columns[:count]]
    # A list of its own for each variable, or YAML would write an alias.
    limits = [
        {
            **_variable(column),
            "qualifiers": [{"name": name, "value": value} for name, value in stated.items()],
        }
        for column in curve.columns[count:]
    ]
    return {"independent_variables": masses, "dependent_variables": limits}


def _variable(column: Column) -> dict[str, Any]:
    head = {"name": column.stem} if column.unit == "1" else {"name": column.stem, "units": column.unit}
    return {"header": head, "values": [{"value": value} for value in column.values.tolist()]}


def _described(submission: Source, item: dict[str, Any]) -> Table:
    source = submission.beside(item["data_file"])
    found = yaml_text.documents(source.text, source.name)
    return _table(source, found[0] if found and isinstance(found[0], dict) else {}, item)


def _table(source: Source, found: dict[str, Any], item: dict[str, Any]) -> Table:
    licence = item.get("data_license")
    text = {key: value for key, value in item.items() if isinstance(value, str)}
    return Table(
        where=source.name,
        id=source.stem,
        independents=_variables(found, "independent_variables", source.name),
        dependents=_variables(found, "dependent_variables", source.name),
        name=text.get("name", ""),
        description=text.get("description", ""),
        location=text.get("location", ""),
        doi=text.get("table_doi", ""),
        licence=str(licence.get("name", "")) if isinstance(licence, dict) else "",
    )


def _variables(found: dict[str, Any], key: str, where: str) -> list[Variable]:
    listed = found.get(key)
    if isinstance(listed, list) and all(isinstance(item, dict) for item in listed):
        return [_read(item, f"{where} {key}") for item in listed]
    msg = f"{where}: {key} is no list of variables"
    raise InvalidCurve(msg)


def _read(item: dict[str, Any], where: str) -> Variable:
    head: Any = item.get("header")
    values: Any = item.get("values")
    qualifiers: Any = item.get("qualifiers", [])
    if not isinstance(head, dict) or not _entries(values) or not _entries(qualifiers):
        msg = f"{where}: a variable has no header, or its values or qualifiers are no list of entries"
        raise InvalidCurve(msg)
    named = {str(entry.get("name", "")): _qualified(entry) for entry in qualifiers}
    cells = [cell.get("value") for cell in values]
    errors = [cell["errors"] if _entries(cell.get("errors")) else [] for cell in values]
    return Variable(str(head.get("name", "")), str(head.get("units", "") or "1"), cells, named, errors)


def _entries(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _qualified(entry: dict[str, Any]) -> Any:
    value = entry.get("value", "")
    return f"{value} {entry['units']}" if entry.get("units") else value
