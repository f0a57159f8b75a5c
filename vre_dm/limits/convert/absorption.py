"""Absorption of galactic dark matter by electrons: a limit on κ of a dark photon as one on g_ae, and back.

Both are absorbed with the photoelectric cross section at the energy of their mass, so that the ratio of the
two limits depends on the mass alone, not on the detector.
"""

import math
from typing import Literal

from numpy.typing import ArrayLike

from vre_dm.errors import InvalidCurve
from vre_dm.limits.column import Column
from vre_dm.limits.convert.constants import ALPHA, ELECTRON_MASS
from vre_dm.limits.convert.derived import derived
from vre_dm.limits.convert.domain import Array, between, elementwise, is_curve, positive
from vre_dm.limits.convert.local_density import from_halo
from vre_dm.limits.curve import Curve
from vre_dm.limits.quantities import header, quantity

FORMULA = "absorption/photoelectric/0807.3279"
HIGHEST_MASS = 1e-3
"""GeV; heavier than two electrons a boson decays at once."""

KAPPA_PER_COUPLING = math.sqrt(3 / (4 * math.pi * ALPHA)) / (2 * ELECTRON_MASS)
"""κ over g_ae and mass, GeV⁻¹."""


@elementwise
def kappa(mass: ArrayLike, g_ae: ArrayLike) -> Array:
    """Kinetic mixing with which a dark photon is absorbed as often as an axion-like particle.

    Parameters
    ----------
    mass, g_ae : array_like, of shapes that broadcast
        Mass in GeV, below 1 MeV; coupling to electrons.

    Returns
    -------
    ndarray
        κ = g_ae · m/(2 m_e) · √(3/(4πα)).

    Raises
    ------
    OutOfRange
        A number is not positive, or a mass above 1 MeV.

    Notes
    -----
    Without screening by the medium, which matters for dark photons below some 100 eV. Publications that
    work with rounded rate constants differ from this ratio by 1 to 2 %.

    References
    ----------
    arXiv:0807.3279 (absorption of pseudoscalars and vectors against the photoelectric effect)
    """
    return KAPPA_PER_COUPLING * _mass(mass) * positive("g_ae", g_ae)


@elementwise
def g_ae(mass: ArrayLike, kappa: ArrayLike) -> Array:
    """Coupling of an axion-like particle absorbed as often as a dark photon; the inverse of `kappa`."""
    return positive("kappa", kappa) / (KAPPA_PER_COUPLING * _mass(mass))


def convert(
    curve: Curve, to: Literal["kappa", "g_ae"], *, absorbed: Literal["dark matter"], id: str = ""
) -> Curve:
    """Restate a limit on one coupling as a limit on the other.

    Parameters
    ----------
    curve
        Of quantity ``g_ae`` or ``kappa``.
    to
        The other of the two.
    absorbed
        Say ``dark matter``: limits from the Sun or from stars do not translate, and a curve does not say by
        itself what its experiment absorbed.
    id
        Of the new curve; made of the source's when left out.

    Raises
    ------
    InvalidCurve
        Another quantity, the same quantity, or not dark matter.
    OutOfRange
        A mass lies above 1 MeV.
    """
    pair = {"kappa": "g_ae", "g_ae": "kappa"}
    is_curve(curve)
    if pair.get(to) != curve.quantity:
        msg = f"curve {curve.id} is about {curve.quantity}: only g_ae becomes kappa and kappa becomes g_ae"
        raise InvalidCurve(msg)
    if absorbed != "dark matter" or not from_halo(curve):
        msg = f"curve {curve.id}: only a limit on dark matter around us translates, not one from Sun or stars"
        raise InvalidCurve(msg)
    change = kappa if to == "kappa" else g_ae
    unit = quantity(to).unit
    limits = [Column(header(c.stem, unit), unit, change(curve.x, c.values)) for c in curve.columns[1:]]
    return derived(
        curve,
        id=id or f"{curve.id}_as_{to}",
        label=f"{curve.label} (from {curve.quantity})",
        formula=FORMULA,
        quantity=to,
        geometry=curve.geometry,
        columns=(curve.columns[0], *limits),
        inputs={"alpha": ALPHA, "m_e_GeV": ELECTRON_MASS},
        assumptions={"absorbed": absorbed, "screening": "none"},
        scalings=curve.scalings,  # the two are proportional
        validity=curve.validity,
    )


def _mass(mass: ArrayLike) -> Array:
    return between("mass in GeV", mass, 0, HIGHEST_MASS)
