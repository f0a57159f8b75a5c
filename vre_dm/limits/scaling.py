"""A curve under another value of a parameter it assumed: exact, for every mass alike, and a new curve."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from numbers import Real

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.column import multiplied
from vre_dm.limits.curve import Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.metadata import PARAMETERS, Assumptions, Scaling
from vre_dm.limits.spelling import require, shown

FORMULA = "scaling with an assumed parameter"


def given(values: object) -> dict[str, float]:
    """Values of parameters as a user wrote them.

    Raises
    ------
    InvalidCurve
        They are no dict, or a parameter is unknown.
    OutOfRange
        A value is no number.
    """
    if not isinstance(values, Mapping):
        msg = f"assume is {shown(values)}; give parameters with their values, such as {{'rho0': 0.4}}"
        raise InvalidCurve(msg)
    found = {}
    for name, value in values.items():
        require(name, PARAMETERS, "parameter")
        try:
            # A numpy number would make a script that cannot be run.
            found[name] = float(value) if isinstance(value, Real) else math.nan
        except OverflowError:
            found[name] = math.inf
        if not math.isfinite(found[name]):
            msg = f"{name} {shown(value)} is not a finite number; such as {name}={PARAMETERS[name].high:g}"
            raise OutOfRange(msg)
    return found


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
        A value is not positive, not below 1 for a branching ratio, or too far off for a float.
    """
    for name, value in values.items():
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
        columns=multiplied(curve, factor),
        scalings=tuple(replace(s, reference=values.get(s.parameter, s.reference)) for s in curve.scalings),
        assumptions=Assumptions({**curve.assumptions, **said}),
        provenance=replace(curve.provenance, type="derived", formula=FORMULA, inputs=(curve.id,)),
        # The publication states its number for its own assumption.
        headline=None,
    )


def factor_of(scaling: Scaling, value: float) -> float:
    """What a limit is multiplied by when the parameter takes this value."""
    try:
        return math.pow(_odds(value, scaling) / _odds(scaling.reference, scaling), scaling.power)
    except (OverflowError, ValueError):  # too large for a float, or 0 to a negative power
        msg = (
            f"{scaling.parameter} {value:g} is too far from {scaling.reference:g}; give a value nearer to it"
        )
        raise OutOfRange(msg) from None


def _odds(value: float, scaling: Scaling) -> float:
    top = 1.0 if scaling.form == "odds" else math.inf
    if not 0 < value < top:
        msg = f"{scaling.parameter} {value!r}: must lie between 0 and {top:g}, both excluded"
        raise OutOfRange(msg)
    return value / (1 - value) if scaling.form == "odds" else value


def _said(name: str, value: float) -> str:
    return f"{PARAMETERS[name].symbol} = {value:g} {PARAMETERS[name].unit}".strip()
