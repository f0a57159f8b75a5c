"""From expected signal and observed events, by any statistic, to a limit curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.derived import Origin, derived
from vre_dm.limits.convert.domain import positive
from vre_dm.limits.curve import Curve, Kind
from vre_dm.limits.floats import floats
from vre_dm.limits.metadata import Reference
from vre_dm.physics.response import signal_edges, window_fractions
from vre_dm.physics.statistics import Observation, UpperLimit, measured

TOLD = ("experiment", "quantity", "sigma_cm2", "reference", "assumptions")
"""What a signal says of itself, so that a curve can."""
FORMULA = "direct-detection/excluded-over-expected-events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nuisances:
    """What is known of backgrounds and efficiency, for statistics that use it.

    Attributes
    ----------
    background, background_sigma : array_like, a number or shape (masses,), events
        Expected in the region of each mass, and its standard deviation.
    efficiency_sigma : array_like, a number or shape (masses,)
        Standard deviation of the detected signal, as a share of it.
    background_shape : array_like, shape (bins,), or None
        Background in each bin of the signal, in any normalisation; None: even in the measured quantity.
    """

    background: ArrayLike = 0.0
    background_sigma: ArrayLike = 0.0
    efficiency_sigma: ArrayLike = 0.0
    background_shape: ArrayLike | None = None


def limit_curve(
    signal: xr.DataArray,
    events: ArrayLike,
    statistic: UpperLimit,
    *,
    windows: ArrayLike | None = None,
    nuisances: Nuisances | None = None,
    cl: float = 0.9,
    id: str = "derived",
    label: str = "",
    inputs: tuple[str, ...] = (),
    reference: Reference | None = None,
    kind: Kind = "observed",
) -> Curve:
    """Upper limit on a cross section: the one that gives as many events as are excluded.

    Parameters
    ----------
    signal
        Expected events, as made by `CountingExperiment.signal`.
    events : array_like, shape (events,)
        Measured value of each event, in the unit of the signal's bins; those outside a region do not count.
    statistic
        `vre_dm.physics.statistics.Poisson`, `MaximumGap`, `OptimumInterval`, `ProfileLikelihood`, or any
        object with ``name`` and ``upper_limit``.
    windows : array_like, shape (2,) or (masses, 2), unit of the signal
        Region of interest, of each mass or of all; the whole range of the signal by default.
    nuisances
        Backgrounds and uncertainties; none by default.
    cl
        Confidence level, one-sided.
    id, label
        Of the curve; the label is the experiment's name by default.
    inputs
        What went in, as ``scope:name adler32:xxxxxxxx``.
    reference
        Publication of the data; the experiment's by default.
    kind
        ``"expected"`` or ``"projection"`` where the events are not data.

    Returns
    -------
    Curve
        The signal's quantity in cm² over its masses, with every assumption.

    Raises
    ------
    OutOfRange
        A mass so low that no event is expected, a region outside of the signal's bins, what the statistic
        refuses, or a limit of it that is not positive.
    """
    _require_signal(signal)
    regions = _regions(signal, windows)
    seen = observe(signal, events, windows=regions, nuisances=nuisances)
    limits = [statistic.upper_limit(one, cl=cl) for one in seen]
    excluded = positive("limit on the number of signal events", limits)
    sigma = signal.attrs["sigma_cm2"] * excluded / _expected(signal, regions)
    experiment, quantity = signal.attrs["experiment"], signal.attrs["quantity"]
    origin = Origin(
        experiment=experiment,
        label=label or experiment,
        kind=kind,
        cl=cl,
        statistic=statistic.name,
        reference=reference or signal.attrs["reference"],
    )
    return derived(
        origin,
        id=id,
        formula=FORMULA,
        quantity=quantity,
        columns=(mass_column(signal["mass"].to_numpy()), limit_column(sigma, quantity)),
        files=inputs,
        assumptions=signal.attrs["assumptions"],
    )


def observe(
    signal: xr.DataArray,
    events: ArrayLike,
    *,
    windows: ArrayLike | None = None,
    nuisances: Nuisances | None = None,
) -> tuple[Observation, ...]:
    """What each mass's region of interest holds, for a statistic.

    Parameters, errors
        As of `limit_curve`.

    Returns
    -------
    tuple of Observation, one a mass
    """
    _require_signal(signal)
    regions, known = _regions(signal, windows), nuisances or Nuisances()
    _require_expected(signal, _expected(signal, regions))
    masses = signal.sizes["mass"]
    numbers = [
        _one_a_mass(name, getattr(known, name), masses)
        for name in ("background", "background_sigma", "efficiency_sigma")
    ]
    values, bins = _values(events), signal_edges(signal)
    shape = _background_shape(signal, known.background_shape)
    # Plain arrays in the loop: to take one row of a DataArray costs as much as all the rest.
    return tuple(
        _observation(counts, *bins, values, region, shape, *known_here)
        for counts, region, *known_here in zip(signal.to_numpy(), regions, *numbers, strict=True)
    )


def _observation(
    counts: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    values: NDArray[np.float64],
    region: NDArray[np.float64],
    background_shape: NDArray[np.float64],
    background: float,
    background_sigma: float,
    efficiency_sigma: float,
) -> Observation:
    inside = (high > region[0]) & (low < region[1])
    edges = np.clip(np.concatenate([low[inside], high[inside][-1:]]), *region)
    share = (edges[1:] - edges[:-1]) / (high - low)[inside]
    return measured(
        values[(values >= region[0]) & (values <= region[1])],
        edges,
        counts[inside] * share,
        background=background,
        background_sigma=background_sigma,
        background_shape=background_shape[inside] * share,
        efficiency_sigma=efficiency_sigma,
    )


def _background_shape(signal: xr.DataArray, given: ArrayLike | None) -> NDArray[np.float64]:
    low, high = signal_edges(signal)
    shape = high - low if given is None else positive("background shape", given, zero=True)
    if shape.shape != low.shape:
        msg = f"the background shape has {shape.shape}; give one number for each of {low.size} signal bins"
        raise OutOfRange(msg)
    return shape


def _regions(signal: xr.DataArray, windows: ArrayLike | None) -> NDArray[np.float64]:
    low, high = signal_edges(signal)
    given = np.asarray([low[0], high[-1]] if windows is None else windows, dtype=np.float64)
    try:
        return np.broadcast_to(given, (signal.sizes["mass"], 2))
    except ValueError:
        masses = signal.sizes["mass"]
        msg = f"windows have the shape {given.shape}; give (2,), or one pair for each of {masses} masses"
        raise OutOfRange(msg) from None


def _expected(signal: xr.DataArray, regions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Events in the region of each mass at the signal's cross section."""
    return np.asarray(np.sum(signal.to_numpy() * window_fractions(signal, regions), axis=1))


def _one_a_mass(name: str, given: ArrayLike, masses: int) -> NDArray[np.float64]:
    numbers = positive(name.replace("_", " "), given, zero=True)
    if numbers.shape not in ((), (masses,)):
        msg = f"{name} has the shape {numbers.shape}; give one number, or one for each of {masses} masses"
        raise OutOfRange(msg)
    return np.broadcast_to(numbers, (masses,))


def _values(events: ArrayLike) -> NDArray[np.float64]:
    values = floats(events, "events")
    if values.ndim != 1 or not np.all(np.isfinite(values)):
        msg = "events are a list of measured values, each a finite number"
        raise OutOfRange(msg)
    return values


def _require_signal(signal: xr.DataArray) -> None:
    told = getattr(signal, "attrs", {})
    missing = [name for name in TOLD if name not in told]
    if missing or getattr(signal, "dims", ())[:1] != ("mass",):
        lost = f"attribute {missing[0]!r}" if missing else "first axis 'mass'"
        msg = (
            f"the signal has no {lost}: take it from CountingExperiment.signal, and in arithmetic keep what"
            " it says of itself with xarray.set_options(keep_attrs=True)"
        )
        raise OutOfRange(msg)


def _require_expected(signal: xr.DataArray, expected: NDArray[np.float64]) -> None:
    blind = ~(expected > 0)
    if np.any(blind):
        seen = signal["mass"].to_numpy()[~blind]
        where = f"below {seen.min():g} GeV" if seen.size else "at any of these masses"
        msg = f"{signal.attrs['experiment']} expects no event {where} with this halo and threshold"
        raise OutOfRange(msg)
