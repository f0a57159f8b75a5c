"""Expected limits of the data-driven stack: the dwarf galaxies put where there are none, again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number, positive
from vre_dm.physics.dwarfs.blank_sky import BlankSky
from vre_dm.physics.dwarfs.data_driven import DROP, DataDrivenStack, DwarfLikelihood, stacked_limits
from vre_dm.physics.dwarfs.photon_counts import PhotonCounts

if TYPE_CHECKING:
    from vre_dm.physics.spectra import Spectrum

LATITUDES_DEG = 10.0
ALIKE = 0.15
"""How far ln of the predicted background may be from the dwarf's."""
TRIES = 3000


def blank_sky_limits(
    stack: DataDrivenStack,
    spectrum: Spectrum,
    mass_gev: ArrayLike,
    *,
    rng: np.random.Generator,
    sky: BlankSky | None = None,
    experiments: int = 200,
    drop: float = DROP,
) -> xr.DataArray:
    """Compute the limits that the same stack would have set on blank sky.

    In each pseudo-experiment every dwarf takes the place of a blank-sky position whose predicted background
    is like its own, with the photons that the LAT saw there, and with the prediction from the positions
    around it, itself left out. Exposure and J stay the dwarf's. No photon is simulated.

    Parameters
    ----------
    stack
        Its dwarfs, its way with the background, and its J factors.
    spectrum
        Photons of one annihilation.
    mass_gev : array_like, shape (n,), GeV
    rng
        Where the positions come from; the same state gives the same limits.
    sky
        Positions to draw from, where the stack takes its backgrounds as known; else they are its own.
    experiments
        How many.
    drop
        As of `DataDrivenStack.limits`.

    Returns
    -------
    xarray.DataArray
        cm³/s, dimensions ``experiment`` and ``mass``. Positions are drawn with replacement from the few
        thousand that are alike: what this says beyond two standard deviations rests on few of them.

    Raises
    ------
    OutOfRange
        No blank sky is given, no experiment asked for, no position is like a dwarf's, or as
        `DataDrivenStack.limits`.
    """
    number("number of pseudo-experiments", experiments, 1, 1e6, low_included=True)
    masses = np.atleast_1d(positive("dark-matter mass in GeV", mass_gev))
    places = stack.sky or sky
    if places is None:
        msg = "pseudo-experiments need the blank sky: sky=read_blank_sky(...)"
        raise OutOfRange(msg)
    limits = [
        stacked_limits(_elsewhere(stack, places, rng), spectrum, masses, drop)
        for _ in range(int(experiments))
    ]
    coords = {"mass": ("mass", masses, {"units": "GeV"})}
    attrs = {"units": "cm3/s", "spectrum": spectrum.name}
    return xr.DataArray(np.array(limits), coords, ("experiment", "mass"), "limit", attrs)


def _elsewhere(stack: DataDrivenStack, sky: BlankSky, rng: np.random.Generator) -> Sequence[DwarfLikelihood]:
    """The targets of one pseudo-experiment."""
    moved = (_moved(dwarf, sky, rng) for dwarf in stack.dwarfs)
    return [stack.target(dwarf, without=position) for dwarf, position in moved]


def _moved(dwarf: PhotonCounts, sky: BlankSky, rng: np.random.Generator) -> tuple[PhotonCounts, int]:
    """The dwarf at a position of the blank sky, and which one that is."""
    near: NDArray[np.int64] = np.flatnonzero(np.abs(sky.b_deg - dwarf.b_deg) < LATITUDES_DEG)
    if sky.counts.shape[1] != dwarf.counts.size:
        msg = f"blank sky has {sky.counts.shape[1]} bins of photons, {dwarf.name} has {dwarf.counts.size}"
        raise OutOfRange(msg)
    for position in rng.permutation(near)[:TRIES]:
        place = float(sky.l_deg[position]), float(sky.b_deg[position])
        predicted = sky.predicted(*place, without=int(position))
        if abs(predicted[0] - dwarf.ln_background[0]) < ALIKE:
            there = replace(
                dwarf,
                l_deg=place[0],
                b_deg=place[1],
                counts=sky.counts[position],
                ln_background=predicted,
            )
            return there, int(position)
    msg = f"{dwarf.name}: no blank-sky position within {LATITUDES_DEG:g} deg of latitude is like it"
    raise OutOfRange(msg)
