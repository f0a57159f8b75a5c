"""HEPData, as a submission in YAML or as the JSON of the site: tables of variables into curves."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import facts as flat
from vre_dm.limits.interchange import hepdata_bands, hepdata_json, hepdata_yaml, statements
from vre_dm.limits.interchange.draft import Draft, Found, RawColumn, each, stem
from vre_dm.limits.interchange.hepdata_table import Table, Variable
from vre_dm.limits.interchange.source import Source
from vre_dm.limits.quantities import SIGNATURES

_MEDIATOR = r"med|z'|z\^\{?\\?prime|resonance"
# Words of a header, of the masses and of the description, and the quantity that they name.
MEANINGS: tuple[tuple[str, str, str, str], ...] = (
    (r"cross.section", "", r"fiducial", "sigma_fid_B"),
    (r"", "", r"cross section.*acceptance", "sigma_B_A"),
    (r"g_\{?q\}?", "", "", "g_q"),
    (r"g_\{?(l|\\ell)\}?", "", "", "g_l"),
    (r"m_\{?(\\chi|chi|dm)", _MEDIATOR, "", "mediator_plane"),
    (r"\\mu\b|signal strength", _MEDIATOR, "", "signal_strength"),
)


def recognises(source: Source) -> bool:
    """Tell whether the file is a submission, a table of one, or the site's JSON."""
    return hepdata_json.recognises(source) or hepdata_yaml.recognises(source)


def read(source: Source) -> Found:
    """Read the curves of each table.

    Raises
    ------
    InvalidCurve
        A table is malformed, has bins instead of masses, or more than two masses.
    """
    form = hepdata_json if source.path.suffix == ".json" or hepdata_json.recognises(source) else hepdata_yaml
    return each(form.tables(source), lambda table: _drafts(table()), source.name)


def _drafts(table: Table) -> Found:
    counts = {len(variable.cells) for variable in [*table.independents, *table.dependents]}
    if len(counts) != 1 or not 1 <= len(table.independents) <= 2 or not table.dependents:
        msg = (
            f"{table.where}: {len(table.independents)} independent and {len(table.dependents)} dependent "
            f"variables of {sorted(counts)} values; a limit has one mass, or two in a grid"
        )
        raise InvalidCurve(msg)
    if all(flat.whole(variable.qualifiers) for variable in table.dependents):
        return [_own(table)]
    groups = hepdata_bands.groups(table.dependents)
    if len(groups) == 1:
        return [_foreign(table, groups[0])]
    return each(list(enumerate(groups, start=1)), lambda item: [_one_of_several(table, *item)], table.where)


def _own(table: Table) -> Draft:
    """The curve that our writer put into one table."""
    rows = range(len(table.dependents[0].cells))
    columns = [
        RawColumn(variable.name, variable.units, variable.numbers(rows, table.where))
        for variable in [*table.independents, *table.dependents]
    ]
    return Draft(where=table.where, id=table.id, columns=columns, facts=dict(table.dependents[0].qualifiers))


def _one_of_several(table: Table, place: int, group: list[Variable]) -> Draft:
    draft = _foreign(table, group)
    draft.id, draft.facts["assumptions.variable"] = f"{table.id}_{place}", group[0].name
    return draft


def _foreign(table: Table, group: list[Variable]) -> Draft:
    filled = np.all([variable.filled for variable in [*table.independents, *group]], axis=0)
    rows = np.flatnonzero(filled).tolist()
    if not rows:
        msg = f"{table.where}: {group[0].name[:60]!r} has no row without an empty cell"
        raise InvalidCurve(msg)
    masses = _masses(table.independents)
    skipped: list[str] = []
    columns = [
        RawColumn(name, variable.units, variable.numbers(rows, table.where)) for name, variable in masses
    ]
    columns += hepdata_bands.columns(group, rows, table.where, skipped)
    draft = Draft(where=table.where, id=table.id, columns=columns, facts=_facts(table, group))
    draft.rows = [row + 1 for row in rows]
    empty = len(filled) - len(rows)
    draft.treatment = [*([f"{empty} rows with empty cells left out"] if empty else []), *sorted({*skipped})]
    return draft


def _masses(independents: list[Variable]) -> list[tuple[str, Variable]]:
    """Masses under their column names; of two, the mediator's comes first."""
    ordered = sorted(independents, key=lambda v: not re.search(_MEDIATOR, v.name, re.IGNORECASE))
    return list(zip(("m", "m_DM"), ordered, strict=False))


def _facts(table: Table, group: list[Variable]) -> dict[str, Any]:
    first = group[0]
    text = " ".join([first.name, table.name, table.description])
    facts: dict[str, Any] = {
        "quantity": _quantity(table, first),
        "title": table.name,
        "kind": hepdata_bands.kind(first),
        "geometry": "grid" if len(table.independents) == 2 else None,
        "notes": statements.plain(table.description),
        "reference.figure": re.sub(r"^Data from |\.$", "", table.location.strip()),
        "provenance.type": "HEPData",
        "provenance.source": table.doi,
        "licenses.0.name": table.licence,
        **statements.confidence(text),
    }
    for name, value in first.qualifiers.items():
        if name.casefold() == "channel" and value in SIGNATURES:
            facts["channel"] = value
        elif not hepdata_bands.says_kind(name, value) and isinstance(value, str | int | float):
            facts[f"assumptions.{stem(name)}"] = value
    return facts


def _quantity(table: Table, variable: Variable) -> str:
    """The one quantity that the words of the table name; open when they name none or several."""
    masses = " ".join(independent.name for independent in table.independents)
    said = (variable.name, masses, table.description)
    named = {
        name
        for *patterns, name in MEANINGS
        if all(re.search(p, text, re.IGNORECASE | re.DOTALL) for p, text in zip(patterns, said, strict=True))
    }
    return named.pop() if len(named) == 1 else ""
