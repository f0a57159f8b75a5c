"""Backgrounds that one dwarf galaxy may have: the predicted one, or a lattice of them with their density."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.spelling import require
from vre_dm.physics.dwarfs.blank_sky import BlankSky
from vre_dm.physics.dwarfs.photon_counts import PhotonCounts

Array = NDArray[np.float64]
Shape = Literal["counts", "logarithms"]
STEP, REACH, DEPTH = 0.03, 3.0, 25.0
"""Lattice of ln b: step, reach around the prediction, and how far ln p may lie below its maximum."""


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """Photons of background in each bin, for k values of the nuisance parameter.

    Attributes
    ----------
    photons : ndarray, shape (k, bins)
    log_p : ndarray, shape (k,)
        Logarithm of their density from its maximum.
    """

    photons: Array
    log_p: Array

    @classmethod
    def known(cls, dwarf: PhotonCounts) -> Background:
        """Take the prediction for the truth."""
        return cls(np.exp(dwarf.ln_background)[None], np.zeros(1))

    @classmethod
    def learnt(
        cls, dwarf: PhotonCounts, sky: BlankSky, shape: Shape, without: int | None = None
    ) -> Background:
        r"""Let the first bin vary as the sky around does, the others with it.

        Parameters
        ----------
        shape
            ``counts``: all bins times one factor, :math:`b_e = b_0 \hat b_e / \hat b_0`. ``logarithms``:
            :math:`\ln b_e = \ln b_0 \ln\hat b_e / \ln\hat b_0`, as the code MLFermiLATDwarfs has it, where a
            larger background also has another spectrum.
        without
            Position of the sky to leave out.

        Raises
        ------
        OutOfRange
            No blank sky near, none that is like the prediction, or logarithms of one photon to scale.
        """
        require(shape, get_args(Shape), "shape of the background", error=OutOfRange)
        predicted = dwarf.ln_background
        ln_b = predicted[0] + np.arange(-REACH, REACH + STEP / 2, STEP)
        log_p = sky.log_density(dwarf.l_deg, dwarf.b_deg, ln_b, without=without)
        if log_p.argmax() in (0, ln_b.size - 1):
            msg = f"{dwarf.name}: the sky around has another background than predicted by e^{REACH:g}"
            raise OutOfRange(msg)
        if shape == "logarithms" and abs(predicted[0]) < STEP:
            msg = f"{dwarf.name}: the logarithm of one photon cannot be scaled; use shape='counts'"
            raise OutOfRange(msg)
        kept = log_p > log_p.max() - DEPTH
        kept[np.flatnonzero(kept)[0] : np.flatnonzero(kept)[-1]] = True  # a lattice without holes
        moved = ln_b[kept, None]
        ln_all = (
            moved * predicted / predicted[0] if shape == "logarithms" else moved + predicted - predicted[0]
        )
        return cls(np.exp(ln_all), log_p[kept] - log_p.max())
