"""Parton luminosities inside the acceptance, and the cross section of a resonance in the fiducial region."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number, positive
from vre_dm.limits.floats import floats
from vre_dm.limits.spelling import require
from vre_dm.physics.dilepton.breit_wigner import weights
from vre_dm.physics.dilepton.resonance import FLAVOURS, QUARK_TYPES, Resonance
from vre_dm.physics.dilepton.tables import columns, require_rising

Floats = NDArray[np.float64]

FB_PER_GEV2 = 1e12 / 2.56819
"""(ħc)² as arXiv:1912.06374 and its code have it, with the luminosities' own normalisation."""
PREFACTOR = FB_PER_GEV2 / (24 * math.pi) / 4
"""Of ∫ ds T(m) strength / ((s - M²)² + M²Γ²), as (m/2) dm = ds/4."""
FIDUCIAL_WIDTHS = 2.0
"""The fiducial region begins this many widths below the pole."""
CHUNK = 512


def read_luminosity(path: Path) -> xr.DataArray:
    r"""Read parton luminosities of the lake.

    Parameters
    ----------
    path
        Parquet with ``mass_GeV`` and a column for each flavour and quark type, as ``ee_u``.

    Returns
    -------
    xarray.DataArray
        Dimensions ``flavour`` (ee: electrons within their acceptance; mumu: \|η\| < 2.5), ``quark`` (u: up
        and charm; d: down, strange, bottom) and ``mass`` in GeV.

    Raises
    ------
    OutOfRange
        The file is another one, or its masses do not rise.
    """
    names = {f"{flavour}_{quark}": "1" for flavour in FLAVOURS for quark in QUARK_TYPES}
    mass, *values = columns(path, {"mass_GeV": "GeV"} | names, "a table of parton luminosities")
    shape = (len(FLAVOURS), len(QUARK_TYPES), mass.size)
    return luminosity_table(mass, np.reshape(values, shape), sqrt_s_tev=13.0)


def luminosity_table(mass_gev: ArrayLike, values: ArrayLike, *, sqrt_s_tev: float) -> xr.DataArray:
    """Luminosities of one's own, such as those of another collision energy.

    Parameters
    ----------
    mass_gev : array_like, shape (n,), GeV
        Rising.
    values : array_like, shape (2, 2, n)
        T(m) of `fiducial_cross_section`; axes as `FLAVOURS` and `QUARK_TYPES`, not negative.
    sqrt_s_tev
        Collision energy, TeV.

    Returns
    -------
    xarray.DataArray
        As of `read_luminosity`.

    Raises
    ------
    OutOfRange
        Shapes do not fit, masses do not rise, or a luminosity is negative or not finite.
    """
    mass, table = floats(mass_gev, "mass", "GeV"), floats(values, "parton luminosity")
    if table.shape != (len(FLAVOURS), len(QUARK_TYPES), mass.size):
        msg = f"luminosities of shape {table.shape} do not fit 2 flavours, 2 quark types, {mass.size} masses"
        raise OutOfRange(msg)
    require_rising(mass, "masses of the luminosities")
    positive("parton luminosity", table, zero=True)
    coords = {
        "flavour": list(FLAVOURS),
        "quark": list(QUARK_TYPES),
        "mass": ("mass", mass, {"units": "GeV"}),
    }
    attrs = {"units": "1", "sqrt_s_TeV": number("collision energy in TeV", sqrt_s_tev)}
    return xr.DataArray(table, coords, ("flavour", "quark", "mass"), attrs=attrs)


def fiducial_cross_section(luminosity: xr.DataArray, resonances: Resonance, flavour: str = "mumu") -> Floats:
    r"""Leading-order cross section times branching ratio into one lepton flavour, fiducial.

    .. math:: \sigma = \frac{1}{96 \pi} \int_{(M - 2\Gamma)^2} ds
       \sum_q \frac{2 (g_{qV}^2 + g_{qA}^2)(g_{lV}^2 + g_{lA}^2)\, T_q(\sqrt s)}{(s - M^2)^2 + M^2 \Gamma^2}

    Interference with photon and Z is left out. The fiducial region of the published limits has leptons of
    \|η\| < 2.5 and p_T > 30 GeV, which is the acceptance of ``mumu`` for either flavour.

    Parameters
    ----------
    luminosity
        As made by `read_luminosity`.
    resonances
        n of them.
    flavour
        ``mumu`` or ``ee``: whose acceptance, and whose couplings.

    Returns
    -------
    ndarray, shape (n,), fb

    Raises
    ------
    OutOfRange
        A resonance begins below the luminosities or ends above them, or the flavour is another one.

    References
    ----------
    arXiv:1912.06374 (formula, luminosities); arXiv:1903.06248 (fiducial region)
    """
    require(flavour, FLAVOURS, "flavour", error=OutOfRange)
    nodes = luminosity["mass"].to_numpy()
    low = resonances.mass_gev - FIDUCIAL_WIDTHS * resonances.width_gev
    high = resonances.mass_gev + FIDUCIAL_WIDTHS * resonances.width_gev
    if not (np.all(low > nodes[0]) and np.all(high < nodes[-1])):
        worst = resonances.mass_gev[np.argmax((low <= nodes[0]) | (high >= nodes[-1]))]
        msg = f"resonance of {worst:g} GeV is not inside the luminosities, {nodes[0]:g} to {nodes[-1]:g} GeV"
        raise OutOfRange(msg)
    lepton = list(FLAVOURS).index(flavour)
    table = luminosity.sel(flavour=flavour).to_numpy()
    cross_section = np.empty(resonances.mass_gev.size)
    for start in range(0, cross_section.size, CHUNK):
        part = slice(start, start + CHUNK)
        kernel = weights(nodes, resonances.mass_gev[part], resonances.width_gev[part], low[part])
        cross_section[part] = np.sum((kernel @ table.T) * resonances.strength[part, lepton], axis=1)
    return PREFACTOR * cross_section
