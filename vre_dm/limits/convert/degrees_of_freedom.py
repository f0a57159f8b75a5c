"""Effective degrees of freedom of the Standard-Model plasma, from a table that ships with the package.

The table and its note (``degrees_of_freedom.csv``, ``.json``) are written by ``builders.degrees_of_freedom``.
"""

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import Array, elementwise
from vre_dm.limits.floats import floats


@elementwise
def energy(temperature: ArrayLike) -> Array:
    """Degrees of freedom g_ρ in the energy density, ρ = π²/30 g_ρ T⁴.

    Parameters
    ----------
    temperature : array_like, any shape, GeV
        10 keV to 100 TeV.

    Returns
    -------
    ndarray, same shape

    Raises
    ------
    OutOfRange
        A temperature lies outside the table.

    References
    ----------
    arXiv:1803.01038, appendix C; within 6 % of the lattice calculation of arXiv:1606.07494, table S2.
    """
    return _interpolate(temperature, 1)


@elementwise
def entropy(temperature: ArrayLike) -> Array:
    """Degrees of freedom g_s in the entropy density, s = 2π²/45 g_s T³; else as `energy`."""
    return _interpolate(temperature, 2)


@elementwise
def freeze_out(temperature: ArrayLike) -> Array:
    """The combination that drives freeze-out, g_s/√g_ρ · (1 + ⅓ d ln g_s/d ln T); else as `energy`.

    References
    ----------
    Gondolo, Gelmini, Nucl. Phys. B 360 (1991) 145, there g*^(1/2)
    """
    return _interpolate(temperature, 3)


def _interpolate(temperature: ArrayLike, column: int) -> Array:
    table = _table()
    wanted = floats(temperature, "temperature", "GeV")
    low, high = table[[0, -1], 0]
    if not np.all((wanted >= low) & (wanted <= high)):
        msg = f"temperatures must lie within {low:g} to {high:g} GeV, the range of the table of g*"
        raise OutOfRange(msg)
    return np.asarray(np.interp(np.log(wanted), np.log(table[:, 0]), table[:, column]))


@cache
def _table() -> Array:
    """Columns: temperature, g_rho, g_s, and the freeze-out combination."""
    text = (files(__package__) / "degrees_of_freedom.csv").read_text(encoding="utf-8")
    table = np.loadtxt(text.splitlines(), delimiter=",", skiprows=1)
    log, rho, s = np.log(table[:, 0]), table[:, 1], table[:, 2]
    slope = np.gradient(np.log(s), log)
    result = np.column_stack([table, s / np.sqrt(rho) * (1 + slope / 3)])
    result.setflags(write=False)
    return result
