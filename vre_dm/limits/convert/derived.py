"""How the result of a formula becomes a curve: what went in, whose numbers they were, what was assumed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from vre_dm.errors import InvalidCurve
from vre_dm.limits.column import Column, multiplied
from vre_dm.limits.convert.domain import Array
from vre_dm.limits.curve import Curve, Geometry, Kind
from vre_dm.limits.metadata import UNKNOWN, Assumptions, Provenance, Reference, Scaling, Validity


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who stated the number that a formula starts from, where it is no curve.

    Attributes
    ----------
    experiment, year, label, kind, cl, statistic, reference, licence
        As of a `Curve`.
    """

    experiment: str
    year: int | None = None
    label: str = ""
    kind: Kind = "observed"
    cl: float | None = None
    statistic: str = UNKNOWN
    reference: Reference = field(default_factory=Reference)
    licence: str = UNKNOWN


def theory(label: str) -> Origin:
    """Origin of a line that this package computes from nothing but a model."""
    return Origin(experiment="theory", kind="theory", label=label, licence="BSD-3-Clause")


def derived(
    source: Curve | Origin,
    *,
    id: str,
    formula: str,
    quantity: str,
    columns: Sequence[Column],
    inputs: Mapping[str, float | str] | None = None,
    files: Iterable[str] = (),
    assumptions: Mapping[str, float | str] | None = None,
    scalings: Sequence[Scaling] = (),
    geometry: Geometry = "line",
    channel: str = "",
    validity: Validity | None = None,
    label: str = "",
    notes: str = "",
) -> Curve:
    """Make the curve that a formula gives.

    Parameters
    ----------
    source
        The curve whose numbers went in, or who stated the number that did. Experiment, year, kind, CL,
        statistic, reference and licence are carried over; a headline number is not.
    id
        Identifier of the new curve.
    formula
        What was done, and where it is written: ``higgs-portal/majorana/1112.3299``.
    quantity, columns, geometry, channel, validity, notes
        Of the new curve. Columns are finite and positive.
    inputs
        Every number the formula used, units in the names; recorded as ``name = value``.
    files
        Files that went in, as ``scope:name adler32:xxxxxxxx``; recorded as ``file 1 = …`` in this order.
    assumptions
        Conventions, added to those of the source.
    scalings
        How the result moves with what was assumed; those of the source do not carry over by themselves.
    label
        For people; the source's by default.

    Raises
    ------
    InvalidCurve
        A number is not finite or not positive.
    """
    for column in columns:
        _require_positive(column, id)
    earlier = source.assumptions if isinstance(source, Curve) else {}
    return Curve(
        id=id,
        label=label or source.label,
        experiment=source.experiment,
        year=source.year,
        quantity=quantity,
        channel=channel,
        kind=source.kind,
        geometry=geometry,
        columns=tuple(columns),
        cl=source.cl,
        statistic=source.statistic,
        reference=source.reference,
        provenance=_provenance(source, formula, {**(inputs or {}), **_numbered(files)}),
        assumptions=Assumptions({**earlier, **(assumptions or {})}),
        validity=validity,
        scalings=tuple(scalings),
        licence=source.licence,
        notes=notes,
    )


def restated(
    curve: Curve,
    factor: float | Array,
    *,
    id: str,
    label: str,
    formula: str,
    inputs: Mapping[str, float | str],
    assumptions: Mapping[str, float | str],
    scalings: Sequence[Scaling] = (),
) -> Curve:
    """Make the same limit under another assumption: it and its bands times a factor, one or one a row."""
    return derived(
        curve,
        id=id,
        label=label,
        formula=formula,
        quantity=curve.quantity,
        channel=curve.channel,
        geometry=curve.geometry,
        columns=multiplied(curve, factor),
        inputs=inputs,
        assumptions=assumptions,
        scalings=scalings,
        validity=curve.validity,
        notes=curve.notes,
    )


def _provenance(source: Curve | Origin, formula: str, inputs: Mapping[str, float | str]) -> Provenance:
    used = tuple(f"{name} = {value}" for name, value in inputs.items())
    if isinstance(source, Origin):
        return Provenance(type="derived", source=source.reference.text, formula=formula, inputs=used)
    before = source.provenance
    lineage: tuple[str, ...] = (f"curve {source.id}", f"sha256:{source.sha256}")
    if before.type == "derived":
        lineage += (f"itself derived: {before.formula}", *before.inputs)
    return Provenance(
        type="derived",
        source=f"curve {source.id}",
        tool=before.tool,
        error_dex=before.error_dex,  # decades on the source's own axes
        formula=formula,
        inputs=(*used, *lineage),
    )


def _numbered(files: Iterable[str]) -> dict[str, str]:
    given = (files,) if isinstance(files, str) else files
    return {f"file {number}": text for number, text in enumerate(given, start=1)}


def _require_positive(column: Column, id: str) -> None:
    bad = np.flatnonzero(~(np.isfinite(column.values) & (column.values > 0)))
    if bad.size:
        value = column.values[bad[0]]
        msg = f"curve {id}: column {column.name}, row {bad[0] + 1} comes out as {value}; check the inputs"
        raise InvalidCurve(msg)
