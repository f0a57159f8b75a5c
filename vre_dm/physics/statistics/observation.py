"""What one search region holds, in the form that every statistic takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.domain import number, positive
from vre_dm.limits.floats import floats

ONE_BIN = np.ones(1)
BEYOND = 9.99
"""Simulated experiments beyond a level, ten but for rounding."""


class UpperLimit(Protocol):
    """A way from an observation to the largest signal that it leaves room for."""

    @property
    def name(self) -> str:
        """What a limit curve says of how it was set."""

    def upper_limit(self, seen: Observation, *, cl: float = 0.9) -> float:
        """Upper limit on the mean number of signal events in the region, at the one-sided level `cl`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Observation:
    """Events of one search region, and how signal and background are spread over it.

    Made by `counted`, where only a number is known, or by `measured`.

    Attributes
    ----------
    counts : ndarray, shape (bins,)
        Events in each bin of the measured quantity.
    signal, background : ndarray, shape (bins,)
        Share of the signal and of the background in each bin; each sums to one.
    quantiles : ndarray, shape (events,), or None
        Share of the signal below each event, rising; None where the events' values are not known.
    expected_background, background_sigma
        Background events in the region and their standard deviation.
    efficiency_sigma
        Standard deviation of the detected signal, as a share of it.
    """

    counts: NDArray[np.float64]
    signal: NDArray[np.float64]
    background: NDArray[np.float64]
    quantiles: NDArray[np.float64] | None = None
    expected_background: float = 0.0
    background_sigma: float = 0.0
    efficiency_sigma: float = 0.0

    def __post_init__(self) -> None:
        for name in ("expected_background", "background_sigma", "efficiency_sigma"):
            number(name.replace("_", " "), getattr(self, name), low_included=True)
        positive("events in a bin", self.counts, zero=True)
        for name in ("signal", "background"):
            shares = positive(f"share of the {name} in a bin", getattr(self, name), zero=True)
            if shares.shape != self.counts.shape or abs(shares.sum() - 1) > 1e-6:
                msg = f"shares of the {name} must sum to one over {self.counts.size} bins"
                raise OutOfRange(msg)

    @property
    def observed(self) -> int:
        """Number of events."""
        return int(self.counts.sum())


def require_resolved(cl: float, simulated: int, what: str) -> None:
    """Refuse a level so high that too few simulated experiments lie beyond it.

    Raises
    ------
    OutOfRange
        Fewer than ten do.
    """
    if (1 - cl) * simulated < BEYOND:
        msg = f"{simulated} {what} do not resolve a level of {cl:g}: take {BEYOND / (1 - cl):.0f} or more"
        raise OutOfRange(msg)


def counted(
    observed: int,
    *,
    background: float = 0.0,
    background_sigma: float = 0.0,
    efficiency_sigma: float = 0.0,
) -> Observation:
    """An observation of which only the number of events is known.

    Raises
    ------
    OutOfRange
        A number is negative or not finite, or the count is not whole.
    """
    events = number("observed events", observed, low_included=True)
    if events != int(events):
        msg = f"observed events = {events:g} must be a whole number"
        raise OutOfRange(msg)
    return Observation(
        counts=np.array([events]),
        signal=ONE_BIN,
        background=ONE_BIN,
        expected_background=background,
        background_sigma=background_sigma,
        efficiency_sigma=efficiency_sigma,
    )


def measured(
    events: ArrayLike,
    edges: ArrayLike,
    signal: ArrayLike,
    *,
    background: float = 0.0,
    background_sigma: float = 0.0,
    background_shape: ArrayLike | None = None,
    efficiency_sigma: float = 0.0,
) -> Observation:
    """An observation with the measured value of each event.

    Parameters
    ----------
    events : array_like, shape (n,)
        Values inside the region; both ends belong to it.
    edges : array_like, shape (bins + 1,), same unit
        Rising edges of bins; the first and the last are the ends of the region.
    signal : array_like, shape (bins,)
        Expected signal in each bin, in any normalisation; spread evenly within a bin.
    background, background_sigma
        Background events expected in the region, and their standard deviation.
    background_shape : array_like, shape (bins,)
        Background in each bin, in any normalisation; by default even in the measured quantity.
    efficiency_sigma
        Standard deviation of the detected signal, as a share of it.

    Raises
    ------
    OutOfRange
        Edges do not rise, an event lies outside of them, a shape is empty, negative or of another length.
    """
    values, ends = np.sort(floats(events, "events")), floats(edges, "edges of the search region")
    if ends.ndim != 1 or ends.size < 2 or not np.all(np.diff(ends) > 0):
        msg = "edges of the search region must rise"
        raise OutOfRange(msg)
    if values.ndim != 1 or not np.all((values >= ends[0]) & (values <= ends[-1])):
        msg = f"an event is not a number inside the search region {ends[0]:g} to {ends[-1]:g}"
        raise OutOfRange(msg)
    shares = _shares("signal", signal, ends.size - 1)
    flat = np.diff(ends) if background_shape is None else background_shape
    below = np.concatenate([[0.0], np.cumsum(shares)])
    return Observation(
        counts=np.histogram(values, ends)[0].astype(np.float64),
        signal=shares,
        background=_shares("background", flat, ends.size - 1),
        quantiles=np.clip(np.interp(values, ends, below), 0.0, 1.0),
        expected_background=background,
        background_sigma=background_sigma,
        efficiency_sigma=efficiency_sigma,
    )


def _shares(name: str, values: ArrayLike, bins: int) -> NDArray[np.float64]:
    content = positive(f"{name} in a bin", values, zero=True)
    if content.shape != (bins,) or not content.sum() > 0:
        msg = f"the {name} has the shape {content.shape} over {bins} bins, or is zero in all of them"
        raise OutOfRange(msg)
    shares: NDArray[np.float64] = content / content.sum()
    return shares
