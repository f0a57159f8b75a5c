"""Expected events of any resonance in every bin: one matrix product with templates that are made once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from vre_dm.errors import OutOfRange
from vre_dm.physics.dilepton.breit_wigner import weights
from vre_dm.physics.dilepton.channels import Channel
from vre_dm.physics.dilepton.luminosity import CHUNK, FIDUCIAL_WIDTHS, PREFACTOR
from vre_dm.physics.dilepton.resonance import Resonance

Floats = NDArray[np.float64]

STEPS_PER_SIGMA = 5
"""Nodes within one standard deviation of the best resolution: bins are right to 0.2 % of the fullest one."""


class Templates:
    """Events that a unit of resonance at each true mass puts into each bin of both channels.

    Parameters
    ----------
    channels
        As made by `vre_dm.physics.dilepton.channels.read_channels`.
    luminosity
        As made by `vre_dm.physics.dilepton.luminosity.read_luminosity`.

    Raises
    ------
    OutOfRange
        No channel, or luminosities of another collision energy than the data.

    Attributes
    ----------
    channels
    nodes_gev : ndarray, shape (J,), GeV
        True masses, over the range in which every resolution is known.
    observed, background : ndarray, shape (bins,), events
        Of all channels, one after the other.
    """

    def __init__(self, channels: Sequence[Channel], luminosity: xr.DataArray) -> None:
        self.channels = tuple(channels)
        if not self.channels:
            msg = "templates need a channel or more; see vre_dm.physics.dilepton.channels.read_channels"
            raise OutOfRange(msg)
        energy_tev = luminosity.attrs["sqrt_s_TeV"]
        for channel in self.channels:
            if channel.sqrt_s_tev != energy_tev:
                msg = f"luminosities of {energy_tev:g} TeV do not fit data of {channel.sqrt_s_tev:g} TeV"
                raise OutOfRange(msg)
        self.observed = np.concatenate([channel.observed for channel in channels])
        self.background = np.concatenate([channel.background for channel in channels])
        self.nodes_gev = _nodes(self.channels, luminosity)
        self._tables = [_template(channel, luminosity, self.nodes_gev) for channel in channels]

    @property
    def range_gev(self) -> tuple[float, float]:
        """Masses between which a resonance must lie, with its widths below and above."""
        return float(self.nodes_gev[0]), float(self.nodes_gev[-1])

    def covers(self, resonances: Resonance) -> NDArray[np.bool_]:
        """Which resonances lie inside `range_gev` with two widths on either side."""
        margin = FIDUCIAL_WIDTHS * resonances.width_gev
        low, high = self.range_gev
        return (resonances.mass_gev - margin >= low) & (resonances.mass_gev + margin <= high)

    def events(self, resonances: Resonance) -> Floats:
        """Expected signal events.

        Only true masses from two widths below the pole on count, as in the fiducial region: farther down
        interference with the Standard Model, which is left out, is no longer small.

        Parameters
        ----------
        resonances
            n of them.

        Returns
        -------
        ndarray, shape (n, bins), events
            Columns as `observed`.

        Raises
        ------
        OutOfRange
            A resonance is not covered.
        """
        covered = self.covers(resonances)
        if not np.all(covered):
            mass, low, high = resonances.mass_gev[~covered][0], *self.range_gev
            msg = f"resonance of {mass:g} GeV with two widths is not inside {low:.0f} to {high:.0f} GeV"
            raise OutOfRange(msg)
        result = np.empty((resonances.mass_gev.size, self.observed.size))
        for start in range(0, len(result), CHUNK):
            self._fill(result[start : start + CHUNK], resonances, slice(start, start + CHUNK))
        return result

    def _fill(self, out: Floats, resonances: Resonance, part: slice) -> None:
        mass, width = resonances.mass_gev[part], resonances.width_gev[part]
        kernel = weights(self.nodes_gev, mass, width, mass - FIDUCIAL_WIDTHS * width)
        stop = 0
        for lepton, tables in enumerate(self._tables):
            start, stop = stop, stop + tables[0].shape[1]
            for quark, table in enumerate(tables):
                strength = resonances.strength[part, lepton, quark]
                if quark == 0:
                    out[:, start:stop] = (kernel * strength[:, None]) @ table
                else:
                    out[:, start:stop] += (kernel * strength[:, None]) @ table


def _nodes(channels: Sequence[Channel], luminosity: xr.DataArray) -> Floats:
    """As fine as the sharpest resolution asks for, over the masses that all tables know."""
    tables = [channel.resolution_gev for channel in channels]
    low = max(float(luminosity["mass"][0]), *(table[0, 0] for table in tables))
    high = min(float(luminosity["mass"][-1]), *(table[0, -1] for table in tables))
    sharpest = min(float(np.min(table[1] / table[0])) for table in tables)
    return np.geomspace(low, high, int(np.log(high / low) / sharpest * STEPS_PER_SIGMA) + 2)


def _template(channel: Channel, luminosity: xr.DataArray, nodes: Floats) -> Floats:
    """Shape (quark types, nodes, bins)."""
    known = luminosity.sel(flavour=channel.flavour)
    partons = np.array([np.interp(nodes, known["mass"].to_numpy(), row) for row in known.to_numpy()])
    seen = channel.response(nodes) * (PREFACTOR * channel.luminosity_fb)
    return np.asarray(partons[:, :, None] * seen)
