"""Recoil spectra over the year, as the Earth moves with the Sun's motion and against it."""

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from vre_dm.errors import OutOfRange
from vre_dm.physics.direct_detection.rates import recoil_spectrum
from vre_dm.physics.halo import detector_speed_km_s
from vre_dm.physics.halo.earth import utc
from vre_dm.physics.halo.protocol import MovingHalo


def annual_spectrum(
    mass_gev: ArrayLike,
    energy_kev: ArrayLike,
    when: ArrayLike,
    *,
    halo: MovingHalo,
    circular_km_s: float,
    **how: Any,
) -> xr.DataArray:
    """Recoil spectrum on some dates.

    Parameters
    ----------
    mass_gev, energy_kev : array_like, shapes (n,) and (k,), GeV and keV
        As for `recoil_spectrum`.
    when : array_like of dates, shape (t,)
        As for `vre_dm.physics.halo.earth_velocity_km_s`.
    halo
        Its detector speed is replaced by that of each date; all else stays.
    circular_km_s
        Speed of the local standard of rest; in the Standard Halo Model it is ``halo.v0_km_s``.
    **how
        Cross section, target, interaction: as for `recoil_spectrum`.

    Returns
    -------
    xarray.DataArray
        Dimensions ``time``, ``mass`` (GeV) and ``energy`` (keV), with the coordinate ``detector_speed`` in
        km/s; events / (tonne year keV).

    Raises
    ------
    OutOfRange
        As `recoil_spectrum`; no date, or one outside 1900 to 2100; a halo that is known in one detector's
        frame only.

    References
    ----------
    arXiv:1312.1355 (motion of the Earth), arXiv:2105.00599 (motion of the Sun).
    """
    dates = np.atleast_1d(utc(when))
    if dates.ndim != 1 or not dates.size:
        msg = f"dates are one or a list of some, not an array of the shape {dates.shape}"
        raise OutOfRange(msg)
    speeds = detector_speed_km_s(dates, circular_km_s=circular_km_s)
    rates = [recoil_spectrum(mass_gev, energy_kev, halo=halo.seen_at(float(v)), **how) for v in speeds]
    coords = {
        "time": dates.astype("datetime64[ns]"),
        "mass": ("mass", np.atleast_1d(np.asarray(mass_gev, dtype=np.float64)), {"units": "GeV"}),
        "energy": ("energy", np.atleast_1d(np.asarray(energy_kev, dtype=np.float64)), {"units": "keV"}),
        "detector_speed": ("time", speeds, {"units": "km/s"}),
    }
    attrs = {"units": "events/(tonne year keV)", **halo.assumptions(), "circular_km_s": circular_km_s}
    attrs.pop("vE_km_s", None)
    return xr.DataArray(rates, dims=("time", "mass", "energy"), coords=coords, name="rate", attrs=attrs)
