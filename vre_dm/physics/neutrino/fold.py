"""From fluxes of neutrinos to the events a telescope reconstructs, by energy and distance from a source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number
from vre_dm.physics.constants import SECONDS_PER_YEAR
from vre_dm.physics.neutrino.angles import angles, rising
from vre_dm.physics.neutrino.blur import circles, inside, probabilities
from vre_dm.physics.neutrino.flux import Flux
from vre_dm.physics.neutrino.irf import Responses, edges
from vre_dm.physics.neutrino.sources import Source
from vre_dm.physics.neutrino.visibility import ARCA_LATITUDE_DEG, around, zenith_fractions
from vre_dm.physics.spectra.spectrum import require_edges

Array = NDArray[np.float64]
CM2_PER_M2 = 1e4
PER_BIN = 4
"""Steps in true energy for each bin of the effective area."""
DEFAULT_ENERGIES_GEV = np.geomspace(1e2, 1e6, 17)
DEFAULT_RINGS_DEG = (0.0, 0.2, 0.4, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 11.0, 15.0, 20.0, 25.0, 30.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telescope:
    """A neutrino telescope at a place, looking down.

    Attributes
    ----------
    responses
        As of `vre_dm.physics.neutrino.irf.read_responses`.
    name
        For the curves.
    latitude_deg
        Of the site.
    above_zenith_deg
        Only larger zenith angles are looked at; ARCA's responses hold above 80°. They are averages over whole
        bins, so those of a bin that the cut divides are scaled to the part that was filled.
    """

    responses: Responses
    name: str = "KM3NeT/ARCA230"
    latitude_deg: float = ARCA_LATITUDE_DEG
    above_zenith_deg: float = 80.0

    def __post_init__(self) -> None:
        angles("zenith cut", self.above_zenith_deg, 0, 179)

    def zenith_bins(self, response: xr.DataArray) -> tuple[NDArray[np.intp], Array, Array]:
        """Rows of a response above the cut (z,), their edges in deg (z + 1,), factors for them (z,)."""
        limits = edges(response, "zenith")
        rows = np.flatnonzero(limits[1:] > self.above_zenith_deg + 1e-6)
        seen = np.append(np.maximum(limits[rows], self.above_zenith_deg), limits[-1])
        whole = -np.diff(np.cos(np.deg2rad(limits)))[rows]
        return rows, seen, whole / -np.diff(np.cos(np.deg2rad(seen)))

    def visibility(self, declination_deg: ArrayLike) -> Array:
        """Share of the time for which a direction is looked at, 0 to 1, in the shape of the declinations."""
        limits = np.array([self.above_zenith_deg, 180.0])
        return zenith_fractions(declination_deg, limits, latitude_deg=self.latitude_deg)[..., 0]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fold:
    """One source as one telescope sees it: fluxes in, events out.

    Attributes
    ----------
    source, telescope, years
    kernel : (energy_true, energy, ring), cm² s
        Events for a flux of 1/(cm² s) in each step of true energy, times the source's unit.
    background : (background, energy, ring), events
    """

    source: Source
    telescope: Telescope
    years: float
    kernel: xr.DataArray
    background: xr.DataArray

    def events(self, fluxes: Flux | Sequence[Flux]) -> xr.DataArray:
        """Events that one flux gives, or each of several.

        Returns
        -------
        DataArray, dims (energy, ring), or (flux, energy, ring) for a sequence

        Raises
        ------
        OutOfRange
            No flux, or one for something else than the source, such as one per sr for a point.
        """
        several = isinstance(fluxes, Sequence)
        listed: Sequence[Flux] = fluxes if isinstance(fluxes, Sequence) else [fluxes]
        if not listed:
            msg = "give one flux or more to fold, not an empty list"
            raise OutOfRange(msg)
        for flux in listed:
            if flux.per != self.source.per:
                msg = f"the flux is per {flux.per}, the source shines per {self.source.per}: they must agree"
                raise OutOfRange(msg)
        limits = edges(self.kernel, "energy_true")
        table = np.stack([flux.in_bins(limits) for flux in listed])
        values = np.tensordot(table, self.kernel.to_numpy(), axes=1)
        coords = {name: self.kernel[name] for name in ("energy", "ring")}
        array = xr.DataArray(
            values, coords, ("flux", "energy", "ring"), name="events", attrs={"units": "events"}
        )
        return array if several else array[0]


def fold(
    telescope: Telescope,
    source: Source,
    *,
    years: float,
    energy_edges_gev: ArrayLike = DEFAULT_ENERGIES_GEV,
    ring_edges_deg: ArrayLike = DEFAULT_RINGS_DEG,
) -> Fold:
    """Prepare a source and a telescope for any number of fluxes.

    Parameters
    ----------
    telescope, source
    years
        Live time; the telescope looks at all of the sky that its cut allows, all the time.
    energy_edges_gev : array_like, shape (e + 1,), GeV
        Bins in reconstructed energy.
    ring_edges_deg : array_like, shape (r + 1,), deg
        Rings around the source in which events are counted, rising from 0 or above.

    Raises
    ------
    OutOfRange
        Bins that do not rise, energies beyond the backgrounds', or a source that is never looked at.

    Notes
    -----
    The effective area is linear in ln E between the centres of its bins, as in gammapy, and constant in the
    outer halves of the first and the last; energy dispersion and point spread are those of their bins. The
    zenith cut is on the true direction.
    """
    duration = number("live time in years", years) * SECONDS_PER_YEAR
    energies, rings = require_edges(energy_edges_gev), rising("edge of a ring", ring_edges_deg)
    kernel = duration * CM2_PER_M2 * _kernel(telescope, source, energies, rings)
    if not kernel.any():
        msg = (
            f"{telescope.name} never looks at declination {source.declination_deg:g} deg:"
            f" zenith angles above {telescope.above_zenith_deg:g} deg only"
        )
        raise OutOfRange(msg)
    true = _steps(telescope.responses.effective_area)
    axes = {"energy": _axis("energy", energies, "GeV"), "ring": _axis("ring", rings, "deg")}
    background = duration * _background(telescope, source.declination_deg, energies, rings)
    return Fold(
        source=source,
        telescope=telescope,
        years=years,
        kernel=xr.DataArray(
            kernel,
            {"energy_true": _axis("energy_true", true, "GeV"), **axes},
            ("energy_true", "energy", "ring"),
            attrs={"units": f"cm2 s ({source.per})"},
        ),
        background=xr.DataArray(
            background,
            {"background": list(telescope.responses.backgrounds), **axes},
            ("background", "energy", "ring"),
            attrs={"units": "events"},
        ),
    )


def _kernel(telescope: Telescope, source: Source, energies: Array, rings: Array) -> Array:
    """Mean of area times both probabilities over the time, m²."""
    responses = telescope.responses
    rows, zenith, scale = telescope.zenith_bins(responses.effective_area)
    middle = np.rad2deg(np.arccos((np.cos(np.deg2rad(zenith[1:])) + np.cos(np.deg2rad(zenith[:-1]))) / 2))
    true = _steps(responses.effective_area)
    centre = np.sqrt(true[1:] * true[:-1])

    distances, weights = source.rings()
    time = _time(telescope, source.declination_deg, distances, zenith)  # (s, z)
    shares = inside(distances, circles(responses.point_spread), rings)  # (s, c, r)
    seen = np.tensordot((weights[:, None] * time).T, shares, axes=1)  # (z, c, r)
    of_energy = np.digitize(centre, edges(responses.point_spread, "energy")[1:-1])
    near = np.einsum("zpc,zcr->zpr", probabilities(responses.point_spread, middle), seen)[:, of_energy]

    known = responses.effective_area
    area = np.stack([np.interp(np.log(centre), np.log(known["energy"]), known[row]) for row in rows])
    migrated = _migration(responses.dispersion, middle, centre, energies)
    kernel: Array = np.einsum("ze,zef,zer->efr", area * scale[:, None], migrated, near, optimize=True)
    return kernel


def _migration(dispersion: xr.DataArray, zenith: Array, true: Array, energies: Array) -> Array:
    """Probability of each bin in reconstructed energy, shape (z, true, energies - 1)."""
    row = np.digitize(zenith, edges(dispersion, "zenith")[1:-1])
    column = np.digitize(true, edges(dispersion, "energy")[1:-1])
    below = np.cumsum(dispersion.to_numpy()[row][:, :, column], axis=1)  # (z, migra, true)
    if np.any(empty := below[:, -1].min(axis=1) < 0.5):
        angle = zenith[empty][0]
        msg = f"the energy dispersion is not filled at a zenith angle of {angle:.0f} deg; look at larger ones"
        raise OutOfRange(msg)
    below = np.concatenate([np.zeros_like(below[:, :1]), below], axis=1)
    migra = np.log(edges(dispersion, "migra"))
    wanted = np.log(energies[None, :] / true[:, None])
    step = np.clip(np.searchsorted(migra, wanted) - 1, 0, migra.size - 2)
    part = np.clip((wanted - migra[step]) / np.diff(migra)[step], 0, 1)
    of_true = np.arange(true.size)[:, None]
    low, high = below[:, step, of_true], below[:, step + 1, of_true]
    return np.asarray(np.diff(low + (high - low) * part, axis=-1))


def _background(telescope: Telescope, declination: float, energies: Array, rings: Array) -> Array:
    """Background rates, shape (backgrounds, energies - 1, rings - 1), 1/s."""
    solid_angle = -2 * np.pi * np.diff(np.cos(np.deg2rad(rings)))
    middle = np.rad2deg(np.arccos((np.cos(np.deg2rad(rings[1:])) + np.cos(np.deg2rad(rings[:-1]))) / 2))
    rates = []
    for name, response in telescope.responses.backgrounds.items():
        limits = edges(response, "energy")
        if energies[0] < limits[0] * (1 - 1e-6) or energies[-1] > limits[-1] * (1 + 1e-6):
            asked = f"{energies[0]:g} to {energies[-1]:g} GeV"
            msg = f"background {name} covers {limits[0]:g} to {limits[-1]:g} GeV, not {asked}"
            raise OutOfRange(msg)
        rows, zenith, scale = telescope.zenith_bins(response)
        per_bin = response.to_numpy()[rows] * np.diff(limits) * 1e3 * scale[:, None]  # the unit is 1/MeV
        below = np.concatenate([np.zeros((rows.size, 1)), np.cumsum(per_bin, axis=1)], axis=1)
        inside_bin = np.diff([np.interp(np.log(energies), np.log(limits), row) for row in below], axis=1)
        rates.append(inside_bin.T @ _time(telescope, declination, middle, zenith).T * solid_angle)
    return np.stack(rates)


def _time(telescope: Telescope, declination: float, distances: Array, zenith: Array) -> Array:
    """Share of the time in each bin of zenith angle, averaged around circles about the source, (s, z)."""
    directions = around(declination, distances)
    return np.asarray(zenith_fractions(directions, zenith, latitude_deg=telescope.latitude_deg).mean(axis=1))


def _steps(area: xr.DataArray) -> Array:
    limits = np.log(edges(area, "energy"))
    places = np.arange((limits.size - 1) * PER_BIN + 1) / PER_BIN
    return np.asarray(np.exp(np.interp(places, np.arange(limits.size), limits)))


def _axis(name: str, limits: Array, unit: str) -> xr.Variable:
    centres = np.sqrt(limits[1:] * limits[:-1]) if unit == "GeV" else (limits[1:] + limits[:-1]) / 2
    return xr.Variable(name, centres, {"units": unit, "edges": limits.tolist()})
