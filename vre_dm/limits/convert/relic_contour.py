"""Where an s-channel model leaves just the dark matter we see: Ωh² over the mass plane, and its contour."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.bisection import border
from vre_dm.limits.convert.derived import derived, theory
from vre_dm.limits.convert.domain import Array, between, elementwise, positive
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.limits.convert.thermal_average import COLDEST, HOTTEST, average
from vre_dm.limits.convert.thermal_relic import left_over
from vre_dm.limits.curve import Curve

LIGHTEST, HEAVIEST = 1.0, 1e5
"""Dark matter in GeV: below, quarks annihilate into single hadrons; above, unitarity."""

LARGEST_SHARE = 0.9
"""Dark matter over mediator mass: nearer to 1 pairs of mediators open, which are not included."""

WEAKEST = 1e-27
"""⟨σv⟩ in cm³/s at x = 10, where the solution starts, with which dark matter is in equilibrium there."""

Side = Literal["below", "above"]
TEMPERATURES = 40
DISTANCES = np.concatenate([np.geomspace(1e-3, 0.5, 20), 1 - np.geomspace(0.48, 1e-4, 30)])
"""Distances from the resonance, in shares of M/2, at which a crossing is sought: dense at both ends."""
OUTWARD = int(np.searchsorted(DISTANCES, 2 * LARGEST_SHARE - 1, side="right"))
"""How many of them stay inside `LARGEST_SHARE` above the resonance."""


@elementwise
def relic_abundance(model: SimplifiedModel, mediator_mass: ArrayLike, dm_mass: ArrayLike) -> Array:
    """Ωh² of particles and antiparticles that annihilate through the mediator into the Standard Model.

    Parameters
    ----------
    model
        Mediator, couplings, conventions.
    mediator_mass, dm_mass : array_like, GeV
        Of shapes that broadcast. Dark matter of 1 GeV to 100 TeV, at most 0.9 of the mediator.

    Returns
    -------
    ndarray
        Thermal relic of a plasma in kinetic equilibrium; just below half the mediator's mass early kinetic
        decoupling changes it (arXiv:1706.07433).

    Raises
    ------
    OutOfRange
        A mass outside the domain, a width that reaches the mass, or annihilation too weak for
        equilibrium.

    References
    ----------
    Gondolo, Gelmini, Nucl. Phys. B 360 (1991) 145, eq. 3.8; arXiv:1703.05703 (contours of this kind)
    """
    mass, dm = np.broadcast_arrays(
        positive("mediator mass in GeV", mediator_mass),
        between("dark-matter mass in GeV", dm_mass, LIGHTEST, HEAVIEST, low_included=True),
    )
    if np.any(dm > LARGEST_SHARE * mass):
        msg = (
            f"dark matter above {LARGEST_SHARE} of the mediator's mass also annihilates into it; not included"
        )
        raise OutOfRange(msg)
    relic = _relic(model, mass.ravel(), dm.ravel()).reshape(mass.shape)
    if np.isinf(relic).any():
        msg = f"dark matter of {dm[np.isinf(relic)][0]:g} GeV annihilates too little to be a thermal relic"
        raise OutOfRange(msg)
    return relic


def contour(
    model: SimplifiedModel,
    mediator_masses: ArrayLike,
    *,
    id: str,
    side: Side = "below",
    abundance: float = 0.12,
) -> Curve:
    """Dark-matter mass that leaves a given Ωh², over the mediator mass.

    Parameters
    ----------
    model
        Mediator, couplings, conventions.
    mediator_masses : array_like, shape (n,), GeV
        Rising.
    id
        Of the curve.
    side
        ``below`` or ``above`` half the mediator's mass. On each the crossing nearest to it is taken; between
        the two, dark matter is scarcer than measured.
    abundance
        Ωh²; Planck 2018 (arXiv:1807.06209) measured 0.120 ± 0.001.

    Returns
    -------
    Curve
        Line of ``mediator_plane``: mediator mass, dark-matter mass, GeV.

    Raises
    ------
    OutOfRange
        A mediator mass at which the line is not met inside the domain of `relic_abundance`; the message
        names the range in which it is.
    """
    masses = np.atleast_1d(positive("mediator mass in GeV", mediator_masses))
    target = float(between("abundance", abundance, 0.001, 10))
    near, far = map(np.log, _bracket(model, masses, target, side))

    def dark(log: Array) -> Array:
        return _dark(masses, np.exp(log), side)

    found = dark(border(lambda log: _relic(model, masses, dark(log)) < target, near, far, steps=12))
    label = f"Ωh² = {target:g}, {model.mediator}, g_q = {model.g_q:g}, g_DM = {model.g_dm:g}"
    return derived(
        theory(label),
        id=id,
        formula=f"relic/s-channel/{model.mediator}/Gondolo-Gelmini-1991",
        quantity="mediator_plane",
        columns=(mass_column(masses), limit_column(found, "mediator_plane")),
        inputs={"abundance": target, "side": side, **model.couplings, "quark masses": model.masses},
        assumptions=model.conventions | {"abundance": target, "side_of_resonance": side},
        notes="annihilation into Standard-Model pairs alone, dark matter in kinetic equilibrium",
    )


def _bracket(model: SimplifiedModel, masses: Array, target: float, side: Side) -> tuple[Array, Array]:
    """Distances next to the resonance between which dark matter turns from scarce to abundant."""
    distances = DISTANCES if side == "below" else DISTANCES[:OUTWARD]
    grid = _dark(masses[:, None], distances, side)
    inside = grid >= LIGHTEST
    relic = np.full(grid.shape, np.nan)
    relic[inside] = _relic(model, np.broadcast_to(masses[:, None], grid.shape)[inside], grid[inside])
    turns = (relic[:, :-1] < target) & (relic[:, 1:] >= target)
    met = np.asarray(turns.any(axis=1))
    if not met.all():
        raise OutOfRange(_unmet(masses, met, target, side))
    first = turns.argmax(axis=1)
    return distances[first], distances[first + 1]


def _unmet(masses: Array, met: NDArray[np.bool_], target: float, side: Side) -> str:
    where = f"{masses[~met][0]:g} GeV"
    found = f"found from {masses[met].min():g} to {masses[met].max():g} GeV" if met.any() else "found nowhere"
    return f"Ωh² = {target:g} is not met {side} the resonance of a mediator of {where}; it is {found}"


def _dark(masses: Array, distance: Array, side: Side) -> Array:
    """Dark-matter mass at a distance from half the mediator's mass."""
    return np.asarray(masses / 2 * (1 - distance if side == "below" else 1 + distance))


def _relic(model: SimplifiedModel, mass: Array, dm: Array) -> Array:
    """Ωh², infinite where there was no equilibrium at x = 10; ⟨σv⟩ is tabulated in temperature."""
    knots = np.geomspace(HOTTEST, COLDEST, TEMPERATURES)
    table = average(model, mass, dm, knots)
    logs = np.log(np.clip(table, 1e-60, None))

    def interpolated(x: Array) -> Array:
        place = np.interp(np.log(x), np.log(knots), np.arange(knots.size))
        low = np.minimum(place.astype(int), knots.size - 2)
        share = (place - low)[:, None]
        return np.asarray(np.exp(logs[low] * (1 - share) + logs[low + 1] * share))

    return np.where(table[0] < WEAKEST, np.inf, 2 * left_over(dm, interpolated))
