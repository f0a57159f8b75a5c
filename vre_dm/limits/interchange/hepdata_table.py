"""A HEPData table, whether it came as YAML or as JSON: variables, qualifiers, errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vre_dm.limits.interchange import numbers

EMPTY = {"", "-", "--", "n/a"}
"""What a cell without a number holds; submitters leave gaps this way."""

Error = dict[str, Any]


@dataclass(slots=True)
class Variable:
    """A column: its cells as they came, and of a dependent one its qualifiers and the errors of each cell."""

    name: str
    units: str
    cells: list[Any]
    qualifiers: dict[str, Any] = field(default_factory=dict)
    errors: list[list[Error]] = field(default_factory=list)

    @property
    def filled(self) -> NDArray[np.bool_]:
        """Which cells hold something."""
        return np.array([not (isinstance(cell, str) and cell.strip() in EMPTY) for cell in self.cells])

    def numbers(self, rows: Sequence[int], where: str) -> NDArray[np.float64]:
        """The cells of these rows.

        Raises
        ------
        InvalidCurve
            One is no number.
        """
        place = f"column {self.name[:60]}"
        return np.array([numbers.number(self.cells[i], f"{where} row {i + 1}, {place}") for i in rows])


@dataclass(slots=True, kw_only=True)
class Table:
    """One table with what its submission says about it."""

    where: str
    id: str
    independents: list[Variable]
    dependents: list[Variable]
    name: str = ""
    description: str = ""
    location: str = ""
    doi: str = ""
    licence: str = ""
