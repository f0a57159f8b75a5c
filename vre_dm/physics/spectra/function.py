"""A spectrum that a user writes as a function of mass and energy."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import positive
from vre_dm.physics.spectra.spectrum import Range, require_mass


@dataclass(frozen=True, slots=True)
class FunctionSpectrum:
    """A user's dN/dE.

    Attributes
    ----------
    function
        Of mass and energies in GeV, an array; gives particles per annihilation and GeV, one for each energy.
        It is asked for energies up to the mass only; above there is nothing. Integrals see what is wider
        than a hundredth of its energy, and find an edge to one in a thousand; give a narrower line as a
        `TabulatedSpectrum`.
    name
        For labels and messages.
    mass_range_gev
        Masses for which it may be used; ``None`` for any.
    particle
        What is counted, ``photon`` or ``muon neutrino``; empty if not said.
    """

    function: Callable[[float, NDArray[np.float64]], ArrayLike]
    name: str
    mass_range_gev: Range | None = None
    particle: str = ""

    def dn_de(self, mass_gev: float, energy_gev: ArrayLike) -> NDArray[np.float64]:
        """Particles per annihilation and energy, 1/GeV, in the shape of `energy_gev`.

        Raises
        ------
        OutOfRange
            The mass is out of range, or the function gave a negative number, none, or another shape.
        """
        mass, energy = require_mass(self, mass_gev), positive("energy in GeV", energy_gev)
        below = energy <= mass
        asked = np.atleast_1d(energy[below])
        given = np.asarray(self.function(mass, asked), dtype=np.float64)
        if given.shape != asked.shape:
            msg = (
                f"spectrum {self.name}: the function gave the shape {given.shape} for {asked.shape} energies"
            )
            raise OutOfRange(msg)
        result = np.zeros(energy.shape)
        result[below] = positive(f"spectrum {self.name}: dN/dE in 1/GeV", given, zero=True)
        return result
