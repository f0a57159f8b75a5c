"""Collider curves for other couplings: grids of signal strength, exclusion contours, limits on g_q.

The relative cross sections come from `coupling_rescaling` (arXiv:2203.12035), which says what they refuse.
"""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.column import Column, limit_column, mass_column
from vre_dm.limits.convert.bisection import border
from vre_dm.limits.convert.coupling_rescaling import Signature, phase_space, quark_coupling, ratio
from vre_dm.limits.convert.derived import derived, restated
from vre_dm.limits.convert.domain import Array, number, positive, require_curve
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.limits.convert.widths import total_width
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import Validity

Mask = NDArray[np.bool_]

FORMULA = "coupling-rescaling/{}/2203.12035"


def strength(
    curve: Curve, old: SimplifiedModel, new: SimplifiedModel, *, signature: Signature, id: str
) -> Curve:
    """Limits on the signal strength of another model, on the same grid of masses.

    Parameters
    ----------
    curve
        ``signal_strength`` over mediator and dark-matter mass, made for `old`.
    old, new
        The publication's couplings and the wanted ones; see `coupling_rescaling.ratio`.
    signature
        ``mono-X``, ``dijet`` or ``dilepton``.
    id
        Of the new curve.

    Raises
    ------
    InvalidCurve
        Another quantity or no grid.
    """
    mediator, dm = _grid(curve)
    return restated(
        curve,
        ratio(old, new, mediator, dm, signature),
        id=id,
        label=_label(curve, new),
        formula=FORMULA.format(signature),
        inputs=_inputs(old, new),
        assumptions=new.conventions,
    )


def contour(curve: Curve, *, id: str) -> Curve:
    """Masses at which a grid of signal strengths passes one: the border of the exclusion.

    Between neighbours of equal dark-matter mass, and of equal mediator mass, the logarithm of the strength is
    interpolated; where the grid ends with an excluded point the contour stays open.

    Raises
    ------
    InvalidCurve
        Another quantity, no grid, or a strength that passes one nowhere.
    """
    mediator, dm = _grid(curve)
    log = np.log(curve.column("limit_1"))
    crossings = [*_crossings(mediator, dm, log), *((m, n) for n, m in _crossings(dm, mediator, log))]
    if len(crossings) < 2:
        msg = f"curve {curve.id}: the signal strength passes one nowhere on the grid"
        raise InvalidCurve(msg)
    points = np.array(crossings)
    # The excluded region touches the axis of massless dark matter: seen from there the border is a fan.
    foot = mediator[log < 0].mean()
    order = np.argsort(np.arctan2(points[:, 1] / dm.max(), (foot - points[:, 0]) / mediator.max()))
    return derived(
        curve,
        id=id,
        formula="contour/signal-strength-1",
        quantity="mediator_plane",
        geometry="contour",
        columns=_plane(*points[order].T),
        inputs={"level": 1.0},
    )


def resonant_contour(curve: Curve, old: SimplifiedModel, new: SimplifiedModel, *, id: str) -> Curve:
    """Exclusion contour of mono-X for another model, from a contour alone.

    A point on the contour says which cross section is excluded at its mediator mass. On resonance that limit
    hardly depends on the dark-matter mass, so the new contour is where the new model has that cross section.
    Points off resonance, before or after, are left out.

    Parameters
    ----------
    curve
        ``mediator_plane``, made for `old`.
    old, new, id
        As of `strength`; vector or axial.

    Raises
    ------
    InvalidCurve
        Another quantity, or no point remains.
    """
    require_curve(curve, "mediator_plane", "contour")
    on = curve.x > 2 * curve.y
    mediator, dm = curve.x[on], curve.y[on]
    excluded = phase_space(old, mediator, dm)
    light, heavy = mediator * 1e-6, mediator / 2
    crosses = (phase_space(new, mediator, light) > excluded) & (phase_space(new, mediator, heavy) < excluded)
    mediator, excluded, light, heavy = (x[crosses] for x in (mediator, excluded, light, heavy))
    if not mediator.size:
        msg = f"curve {curve.id}: no point of the new contour lies on resonance; rescale the grid instead"
        raise InvalidCurve(msg)
    dm = border(lambda dark: phase_space(new, mediator, dark) > excluded, light, heavy, steps=50)
    return derived(
        curve,
        id=id,
        label=_label(curve, new),
        formula=FORMULA.format("contour/mono-X"),
        quantity="mediator_plane",
        channel=curve.channel,
        geometry="contour",
        columns=_plane(mediator, dm),
        inputs={**_inputs(old, new), "points left out": curve.x.size - mediator.size},
        assumptions=new.conventions,
    )


def coupling(
    curve: Curve,
    old: SimplifiedModel,
    new: SimplifiedModel,
    *,
    old_dm_mass: float,
    new_dm_mass: ArrayLike,
    signature: Signature,
    id: str,
    max_width: float = 0.1,
) -> Curve:
    """Limit on g_q in another model.

    Parameters
    ----------
    curve
        ``g_q`` over the mediator mass, made for `old`.
    old, new
        Other couplings of the publication and the wanted ones; their own g_q is not used.
    old_dm_mass, new_dm_mass : GeV
        Dark-matter mass there and here; the latter one number, or one a row of the curve.
    signature, id
        As of `strength`.
    max_width
        Broadest resonance, Γ/M, to which a search for narrow ones still applies.

    Returns
    -------
    Curve
        The longest stretch of masses on which a coupling is excluded and the resonance narrow enough.

    Raises
    ------
    InvalidCurve
        Another quantity.
    OutOfRange
        No row remains.
    """
    require_curve(curve, "g_q")
    new_dm = positive("dark-matter mass in GeV", new_dm_mass)
    if new_dm.shape not in ((), curve.x.shape):
        msg = f"curve {curve.id} has {curve.x.size} rows, new_dm_mass {new_dm.size}; give one, or one a row"
        raise OutOfRange(msg)
    new_dm = np.broadcast_to(new_dm, curve.x.shape)
    max_width = number("max_width", max_width)
    limits = [
        quark_coupling(
            c.values, old, new, curve.x, old_dm_mass=old_dm_mass, new_dm_mass=new_dm, signature=signature
        )
        for c in curve.columns[1:]
    ]
    keep = _longest(np.all([_narrow(g, new, curve.x, new_dm, max_width) for g in limits], axis=0))
    if not keep.any():
        msg = f"curve {curve.id}: no coupling of a resonance with width/mass below {max_width:g} is excluded"
        raise OutOfRange(msg)
    columns = [Column(c.name, c.unit, g[keep]) for c, g in zip(curve.columns[1:], limits, strict=True)]
    masses = curve.x[keep]
    reason = f"published masses, width/mass below {max_width:g}"
    return derived(
        curve,
        id=id,
        label=_label(curve, new),
        formula=FORMULA.format(signature),
        quantity="g_q",
        channel=curve.channel,
        columns=(mass_column(masses), *columns),
        inputs={**_inputs(old, new), "m_DM_before_GeV": old_dm_mass, "m_DM_GeV": _span(new_dm)},
        assumptions=new.without_g_q,
        validity=Validity(float(masses[0]), float(masses[-1]), reason),
    )


def _grid(curve: Curve) -> tuple[Array, Array]:
    require_curve(curve, "signal_strength", "grid")
    return curve.x, curve.column("m_DM_GeV")


def _label(curve: Curve, new: SimplifiedModel) -> str:
    """Say in the label for which model the numbers now are; the publication's stays readable in front."""
    couplings = ", ".join(f"{name} = {value:g}" for name, value in new.couplings.items() if value)
    return f"{curve.label} for {new.mediator}, {couplings}"


def _inputs(old: SimplifiedModel, new: SimplifiedModel) -> Mapping[str, str | float]:
    before = {f"{name}_before": value for name, value in old.conventions.items()}
    return {**before, **new.conventions, "quark masses": new.masses}


def _crossings(along: Array, fixed: Array, log: Array) -> list[tuple[float, float]]:
    """Where the logarithm passes zero between neighbours in `along` at one value of `fixed`."""
    found = []
    for value in np.unique(fixed):
        row = np.flatnonzero(fixed == value)
        row = row[np.argsort(along[row])]
        for a, b in pairwise(row):
            if (log[a] < 0) != (log[b] < 0):
                share = log[a] / (log[a] - log[b])
                found.append((float(along[a] + share * (along[b] - along[a])), float(value)))
    return found


def _plane(mediator: Array, dm: Array) -> tuple[Column, Column]:
    return mass_column(mediator), limit_column(dm, "mediator_plane")


def _narrow(g_q: Array, model: SimplifiedModel, mass: Array, dm: Array, max_width: float) -> Mask:
    """Whether each limit is finite and its resonance narrow: widths fall with g_q², all else is fixed."""
    fixed = total_width(replace(model, g_q=0.0), mass, dm) if model.g_dm or model.g_l else 0 * mass
    quarks = total_width(replace(model, g_q=0.1, g_dm=0.0, g_l=0.0), mass, dm) / 0.01
    finite = np.where(np.isfinite(g_q), g_q, 1e3)
    return np.asarray(fixed + finite**2 * quarks < max_width * mass)


def _longest(mask: Mask) -> Mask:
    """The longest unbroken stretch of a mask."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    kept = np.zeros(mask.shape, dtype=bool)
    if edges.size:
        first = np.argmax(edges[1::2] - edges[::2])
        kept[edges[2 * first] : edges[2 * first + 1]] = True
    return kept


def _span(values: Array) -> str:
    low, high = float(values.min()), float(values.max())
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
