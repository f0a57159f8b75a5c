"""A mediator at given masses as a resonance: its width, and how strongly it joins quarks to leptons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.constants import CHARGED_LEPTONS, QUARKS, MassSet
from vre_dm.limits.convert.domain import positive
from vre_dm.limits.convert.widths import pair
from vre_dm.physics.dilepton.couplings import GROUPS, Mediator, checked

Floats = NDArray[np.float64]
FLAVOURS = {"ee": "e", "mumu": "mu"}
"""Final states, and the lepton in each."""
QUARK_TYPES = {"u": ("u", "c"), "d": ("d", "s", "b")}
"""Parton luminosities are summed over these quarks, so each must couple alike."""


@dataclass(frozen=True, slots=True)
class Resonance:
    """One or many resonances.

    Attributes
    ----------
    name
        Of the model.
    mass_gev, width_gev : ndarray, shape (n,), GeV
    strength : ndarray, shape (n, 2, 2)
        2 (g_V² + g_A²) of the quark times g_V² + g_A² of the lepton; axes as `FLAVOURS` and `QUARK_TYPES`.
    """

    name: str
    mass_gev: Floats
    width_gev: Floats
    strength: Floats

    @property
    def relative_width(self) -> Floats:
        """Width over mass, shape (n,)."""
        return self.width_gev / self.mass_gev

    def only(self, chosen: NDArray[np.bool_]) -> Resonance:
        """Some of them."""
        return Resonance(self.name, self.mass_gev[chosen], self.width_gev[chosen], self.strength[chosen])


def partial_widths(
    model: Mediator, mass_gev: ArrayLike, dm_mass_gev: ArrayLike, masses: MassSet = "DMWG"
) -> dict[str, Floats]:
    """Width into each fermion; a channel below its threshold has width zero.

    Parameters
    ----------
    model
        Couplings to each fermion.
    mass_gev, dm_mass_gev : array_like, GeV
        Of the mediator and of dark matter, of shapes that broadcast.
    masses
        Set of quark masses, see `vre_dm.limits.convert.constants.QUARKS`.

    Returns
    -------
    dict
        Fermion to ndarray, GeV.

    Raises
    ------
    OutOfRange
        A mass is not positive, the shapes do not go together, or a coupling is no number up to √(4π).

    References
    ----------
    arXiv:1507.00966, sec. 2; arXiv:1912.06374
    """
    heavy, dark = _together(
        positive("mediator mass in GeV", mass_gev), positive("dark-matter mass in GeV", dm_mass_gev)
    )
    fermions = [(f.name, f.mass, f.colours) for f in (*QUARKS[masses], *CHARGED_LEPTONS)]
    fermions += [(name, 0.0, 1) for name in GROUPS["neutrino"]]
    widths = {name: colours * _width(model, name, heavy, mass) for name, mass, colours in fermions}
    widths["DM"] = _width(model, "DM", heavy, dark)
    return widths


def resonance(model: Mediator, mass_gev: ArrayLike, dm_mass_gev: ArrayLike) -> Resonance:
    """Resonances of one model at several masses.

    Parameters
    ----------
    model
        Couplings to each fermion.
    mass_gev, dm_mass_gev : array_like, GeV
        Of shapes that broadcast; the result is flat.

    Raises
    ------
    OutOfRange
        A mass is not positive, the width reaches the mass, or quarks whose luminosities are summed couple
        differently.
    """
    widths = partial_widths(model, mass_gev, dm_mass_gev)
    total = np.sum(list(widths.values()), axis=0).ravel()
    mass = np.broadcast_to(np.asarray(mass_gev, dtype=np.float64), widths["DM"].shape).ravel()
    if not np.all(total < mass):
        worst = int(np.argmax(total / mass))
        msg = f"{model.name}: the width at {mass[worst]:g} GeV, {total[worst]:g} GeV, reaches the mass"
        raise OutOfRange(msg)
    strength = np.broadcast_to(_strength(model), (mass.size, len(FLAVOURS), len(QUARK_TYPES)))
    return Resonance(model.name, mass, total, strength)


def joined(resonances: list[Resonance]) -> Resonance:
    """One after the other, as when a coupling is scanned."""
    parts = zip(*((r.mass_gev, r.width_gev, r.strength) for r in resonances), strict=True)
    return Resonance(resonances[0].name, *(np.concatenate(part) for part in parts))


def _together(heavy: Floats, dark: Floats) -> tuple[Floats, Floats]:
    try:
        together = np.broadcast_arrays(heavy, dark)
    except ValueError:
        shapes = f"shape {heavy.shape} and dark-matter masses of {dark.shape}"
        msg = f"mediator masses of {shapes} do not go together"
        raise OutOfRange(msg) from None
    return together[0], together[1]


def _width(model: Mediator, name: str, heavy: Floats, fermion: ArrayLike) -> Floats:
    vector, axial = checked(model, name)
    return pair(heavy, fermion, "vector", vector) + pair(heavy, fermion, "axial", axial)


def _strength(model: Mediator) -> Floats:
    for quarks in QUARK_TYPES.values():
        if len({checked(model, quark) for quark in quarks}) > 1:
            msg = f"{model.name} couples differently to {', '.join(quarks)}; the luminosities sum over them"
            raise OutOfRange(msg)
    lepton, quark = ([_square(model, name) for name in names] for names in (FLAVOURS.values(), QUARK_TYPES))
    return 2 * np.outer(lepton, quark)


def _square(model: Mediator, fermion: str) -> float:
    vector, axial = checked(model, fermion)
    return vector**2 + axial**2
