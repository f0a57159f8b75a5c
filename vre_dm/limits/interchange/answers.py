"""What the user says about a file where the file does not say it itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_args

from vre_dm.errors import InvalidCurve
from vre_dm.limits.construction import require_between
from vre_dm.limits.curve import Geometry, Kind
from vre_dm.limits.interchange import statements
from vre_dm.limits.metadata import UNKNOWN
from vre_dm.limits.quantities import QUANTITIES
from vre_dm.limits.spelling import require, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Answers to what a file leaves open; each goes before what the file says, and is noted when it differs.

    Attributes
    ----------
    quantity, channel
        Words of `vre_dm.limits.quantities`.
    x_unit, y_unit
        Unit of the masses and of the limited quantity: ``GeV``, ``eV``, ``pb``, ``cm2`` …
    experiment, year, label, id
        Who, when, text for people, identifier (of a file with one curve).
    reference
        arXiv identifier with version, or DOI, or an address that contains one.
    kind, geometry, cl, statistic, licence
        As in `Curve`.
    """

    quantity: str | None = None
    channel: str | None = None
    x_unit: str | None = None
    y_unit: str | None = None
    experiment: str | None = None
    reference: str | None = None
    year: int | None = None
    label: str | None = None
    id: str | None = None
    kind: str | None = None
    geometry: str | None = None
    cl: float | None = None
    statistic: str | None = None
    licence: str | None = None

    @property
    def given(self) -> dict[str, Any]:
        """What is answered, as keywords of `read`."""
        every = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in every.items() if value is not None}

    @property
    def facts(self) -> dict[str, Any]:
        """The answers as facts of a record; units are for the columns and no facts."""
        stated = {FACTS[name]: value for name, value in self.given.items() if name in FACTS}
        return {**stated, **(statements.reference(self.reference) if self.reference else {})}


YEARS = (1969, 2101)
"""What the schema allows lies between."""
FACTS = {
    "quantity": "quantity", "channel": "channel", "experiment": "experiment", "year": "year",
    "label": "title", "id": "name", "kind": "kind", "geometry": "geometry", "cl": "cl",
    "statistic": "statistic", "licence": "licenses.0.name",
}  # fmt: skip


def answers(given: Mapping[str, Any]) -> Answers:
    """Check the keywords of `read`.

    Raises
    ------
    InvalidCurve
        A keyword or a word of a controlled list is unknown, a number is none or cannot be, or a reference
        names no paper.
    """
    for name in given:
        require(name, [field.name for field in fields(Answers)], "answer")
    said = Answers(**given)
    for value, known, what in (
        (said.quantity, tuple(QUANTITIES), "quantity"),
        (said.kind, get_args(Kind), "kind"),
        (said.geometry, get_args(Geometry), "geometry"),
    ):
        if value is not None:
            require(value, known, what)
    if said.quantity is not None and said.channel not in (None, UNKNOWN):
        require(said.channel, QUANTITIES[said.quantity].channels, "channel")
    if said.cl is not None:
        require_between(said.cl, 0, 1, "cl")
    if said.year is not None:
        require_between(said.year, *YEARS, "year")
    text = said.reference
    if text is not None and not (isinstance(text, str) and statements.reference(text)):
        msg = f"reference {shown(text)} has no arXiv number and no DOI; write arXiv:2410.17036v2"
        raise InvalidCurve(msg)
    return said
