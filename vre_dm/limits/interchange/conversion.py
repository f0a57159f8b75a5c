"""The columns of a draft in the units of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vre_dm.limits.column import Column
from vre_dm.limits.interchange import shape, units
from vre_dm.limits.interchange.draft import stem
from vre_dm.limits.quantities import header

if TYPE_CHECKING:
    from vre_dm.limits.interchange.answers import Answers
    from vre_dm.limits.interchange.draft import Draft, RawColumn
    from vre_dm.limits.quantities import Quantity


def points(draft: Draft, limited: Quantity, answers: Answers, changes: list[str]) -> shape.Points:
    """Convert every column, to numbers that are positive and of a magnitude that makes sense.

    Parameters
    ----------
    draft, limited, answers
        What was found, what it limits, and the units that the user states.
    changes
        Grows by what is done.

    Raises
    ------
    InvalidCurve
        A unit does not fit, or a number cannot be a mass or a limit.
    """
    converted = []
    for place, column in enumerate(draft.columns):
        masses = _is_mass(place, column, draft, limited)
        said = answers.x_unit if masses else answers.y_unit
        wanted = "GeV" if masses else limited.unit
        by = units.power(said or column.unit, wanted, f"{draft.where}, column {column.stem}")
        if said and column.unit and units.unit(said) != units.unit(column.unit):
            changes.append(f"unit {said} of {column.stem} is the user's, the file says {column.unit}"[:200])
        if by:
            changes.append(f"{column.stem} from {units.unit(said or column.unit)} to {wanted}")
        name = header(stem(column.stem), wanted)
        converted.append(Column(name, wanted, units.shifted(column.values, by)))
    found = shape.Points(converted, list(draft.rows), draft.where, draft.repeats)
    shape.require_positive(found)
    shape.require_magnitude(found, limited)
    return found


def _is_mass(place: int, column: RawColumn, draft: Draft, limited: Quantity) -> bool:
    """Whether a column is the mass, the second mass of a grid, or another mass beside the limit."""
    if place < 2:
        return place == 0 or draft.facts.get("geometry") == "grid"
    return units.is_mass(column.unit) and limited.unit != "GeV"
