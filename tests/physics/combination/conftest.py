"""Toy instruments: Gaussian measurements of a flux, whose likelihoods are known in closed form."""

import numpy as np
import pytest
import xarray as xr

from vre_dm.physics.combination import LikelihoodTable
from vre_dm.physics.dwarfs.roster import JFactor

SIGMA_V = np.geomspace(1e-29, 1e-20, 451)
MASSES = np.array([100.0, 1000.0])
J = {"draco": JFactor(18.8, 0.2), "segue_1": JFactor(19.3, 0.4)}


class Toys:
    """Tables of instruments that see `seen` ± 1 in units of a cross section `scale` at J = 10^18."""

    @staticmethod
    def table(
        instrument: str,
        jfactors: dict[str, JFactor],
        *,
        seen: float = 0.3,
        scale: float = 1e-25,
        masses: np.ndarray = MASSES,
        sigma_v: np.ndarray = SIGMA_V,
        channel: str = "bb",
    ) -> LikelihoodTable:
        flux = np.array([10 ** (factor.log10_j - 18) for factor in jfactors.values()])
        signal = flux[:, None, None] * sigma_v / (scale * masses[:, None] / 100)
        lnl = -0.5 * (signal - seen) ** 2
        coords = {
            "target": list(jfactors),
            "mass": ("mass", masses, {"units": "GeV"}),
            "sigma_v": ("sigma_v", sigma_v, {"units": "cm3/s"}),
        }
        grid = xr.DataArray(lnl, coords, ("target", "mass", "sigma_v"), "lnL")
        return LikelihoodTable(instrument=instrument, channel=channel, lnl=grid, jfactors=jfactors)


@pytest.fixture
def toys() -> Toys:
    return Toys()
