"""The same responses as gammapy's objects, for those who go on with gammapy."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from vre_dm.errors import MissingExtra
from vre_dm.physics.neutrino.irf import Responses, edges


def as_gammapy(responses: Responses) -> dict[str, Any]:
    """Effective area, energy dispersion, point spread and backgrounds as gammapy has them.

    The zenith angle takes the place of the offset, as KM3NeT does it. The energy dispersion is the density
    dP/dmigra that gammapy expects. Where gammapy reads the files itself it takes KM3NeT's probabilities for
    densities, and events land at energies several times too high.

    Parameters
    ----------
    responses
        As of `vre_dm.physics.neutrino.irf.read_responses`.

    Returns
    -------
    dict
        ``aeff`` (EffectiveAreaTable2D), ``edisp`` (EnergyDispersion2D), ``psf`` (PSF3D), and each background
        (Background2D) by its name.

    Raises
    ------
    MissingExtra
        gammapy is not installed.
    """
    try:
        from gammapy.irf import PSF3D, Background2D, EffectiveAreaTable2D, EnergyDispersion2D
    except ImportError as error:
        msg = f"gammapy cannot be imported ({error}); install it with: pip install 'vre-dm[gamma]'"
        raise MissingExtra(msg) from error

    area, spread, migration = responses.effective_area, responses.point_spread, responses.dispersion
    widths = xr.DataArray(np.diff(edges(migration, "migra")), dims="migra")
    made: dict[str, Any] = {
        "aeff": _made(EffectiveAreaTable2D, area, ("energy_true", "offset")),
        "edisp": _made(EnergyDispersion2D, migration / widths, ("energy_true", "migra", "offset"), migration),
        "psf": _made(PSF3D, spread, ("energy_true", "offset", "rad")),
    }
    for name, background in responses.backgrounds.items():
        made[name] = _made(Background2D, background, ("energy", "offset"))
    return made


def _made(kind: Any, array: xr.DataArray, order: tuple[str, ...], axes_of: xr.DataArray | None = None) -> Any:
    from gammapy.maps import MapAxis

    ours = {"energy_true": "energy", "offset": "zenith"}
    described = array if axes_of is None else axes_of
    names = [ours.get(name, name) for name in order]
    axes = [
        MapAxis.from_edges(
            edges(described, ours_name),
            name=name,
            unit="" if ours_name == "migra" else described[ours_name].attrs["units"],
            interp="log" if ours_name in ("energy", "migra") else "lin",
        )
        for name, ours_name in zip(order, names, strict=True)
    ]
    unit = "" if kind.tag == "edisp_2d" else described.attrs["units"]
    return kind(axes=axes, data=array.transpose(*names).to_numpy(), unit=unit)
