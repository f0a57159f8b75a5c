"""A curve under another value of a parameter it assumed: exact, for every mass alike, and a new curve."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.curve import Column, Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.metadata import PARAMETERS, Assumptions, Scaling
from vre_dm.limits.spelling import require

FORMULA = "scaling with an assumed parameter"


def moved(curves: CurveSet, values: Mapping[str, float]) -> CurveSet:
    """Curves with the parameters at these values; a curve that scales with none of them stays as it is.

    Parameters
    ----------
    curves
        As published.
    values
        New value for each word of `vre_dm.limits.metadata.PARAMETERS`, in its unit.

    Raises
    ------
    InvalidCurve
        A parameter is unknown, or no curve says how it scales with it.
    OutOfRange
        A value is not positive, or not below 1 for a branching ratio.
    """
    for name, value in values.items():
        require(name, PARAMETERS, "parameter")
        scalings = [s for curve in curves for s in curve.scalings if s.parameter == name]
        if not scalings:
            others = ", ".join(sorted({s.parameter for curve in curves for s in curve.scalings})) or "nothing"
            msg = f"none of the curves says how it scales with {name}; what they scale with: {others}"
            raise InvalidCurve(msg)
        for scaling in scalings:
            _odds(value, scaling)
    return CurveSet(_moved(curve, values) for curve in curves)


def _moved(curve: Curve, values: Mapping[str, float]) -> Curve:
    mine = [s for s in curve.scalings if s.parameter in values and values[s.parameter] != s.reference]
    if not mine:
        return curve
    factor = math.prod(factor_of(s, values[s.parameter]) for s in mine)
    said = {s.parameter: values[s.parameter] for s in mine}
    return replace(
        curve,
        id=curve.id + "".join(f".{name.lower()}-{value:g}" for name, value in said.items()),
        label=f"{curve.label}, {', '.join(_said(name, value) for name, value in said.items())}",
        columns=tuple(_multiplied(column, curve.columns[1].unit, factor) for column in curve.columns),
        scalings=tuple(replace(s, reference=values.get(s.parameter, s.reference)) for s in curve.scalings),
        assumptions=Assumptions({**curve.assumptions, **said}),
        provenance=replace(curve.provenance, type="derived", formula=FORMULA, inputs=(curve.id,)),
        # The publication states its number for its own assumption.
        headline=None,
    )


def factor_of(scaling: Scaling, value: float) -> float:
    """What a limit is multiplied by when the parameter takes this value."""
    return math.pow(_odds(value, scaling) / _odds(scaling.reference, scaling), scaling.power)


def _odds(value: float, scaling: Scaling) -> float:
    top = 1.0 if scaling.form == "odds" else math.inf
    if not 0 < value < top:
        msg = f"{scaling.parameter} {value!r}: must lie between 0 and {top:g}, both excluded"
        raise OutOfRange(msg)
    return value / (1 - value) if scaling.form == "odds" else value


def _said(name: str, value: float) -> str:
    return f"{PARAMETERS[name].symbol} = {value:g} {PARAMETERS[name].unit}".strip()


def _multiplied(column: Column, unit: str, factor: float) -> Column:
    return Column(column.name, unit, column.values * factor) if column.unit == unit else column
