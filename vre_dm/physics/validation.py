"""Published numbers beside ours: what each analysis reproduces, how well, and where the number stands."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from vre_dm.errors import OutOfRange
from vre_dm.limits.spelling import require

Fetch = Callable[[str], list[Path]]
"""Gives the verified files of a DID, as `vre_dm.fetch` does."""

ANALYSES: dict[str, str] = {
    "dilepton": "vre_dm.physics.dilepton.checks",
    "dwarfs": "vre_dm.physics.dwarfs.checks",
    "dwarfs-data-driven": "vre_dm.physics.dwarfs.data_driven_checks",
    "combination": "vre_dm.physics.combination.checks",
    "direct-detection": "vre_dm.physics.direct_detection.checks",
    "neutrino": "vre_dm.physics.neutrino.checks",
    "compression": "vre_dm.physics.compression.checks",
}
"""Name of an analysis to the module whose ``checks(fetch)`` yields its checks; loaded when asked."""


@dataclass(frozen=True, slots=True)
class Check:
    """One number that another source states, and the same from this package.

    Attributes
    ----------
    analysis
        Word of `ANALYSES`.
    quantity
        What it is, with the unit: ``⟨σv⟩ in cm³/s``.
    where
        At which mass, channel, target: ``bb, 100 GeV``.
    published, ours
        Both numbers. One of ours that could not be computed is NaN, and does not hold.
    tolerance
        How far the ratio may be from 1.
    source
        Where the number stands: arXiv identifier with table or figure, HEPData record; or which code gave it.

    Raises
    ------
    OutOfRange
        The published number is not finite or zero, or the tolerance is not between 0 and 1.
    """

    analysis: str
    quantity: str
    where: str
    published: float
    ours: float
    tolerance: float
    source: str

    def __post_init__(self) -> None:
        if not (math.isfinite(self.published) and self.published and 0 < self.tolerance < 1):
            msg = (
                f"check of {self.quantity} ({self.where}): published {self.published} must be finite and not"
                f" zero, tolerance {self.tolerance} between 0 and 1"
            )
            raise OutOfRange(msg)

    @property
    def ratio(self) -> float:
        """Ours over published."""
        return self.ours / self.published

    @property
    def holds(self) -> bool:
        """Whether the ratio is within the tolerance of 1."""
        return abs(self.ratio - 1) <= self.tolerance


def checks(analysis: str, fetch: Fetch) -> Iterator[Check]:
    """Compute what one analysis compares, one after the other.

    Parameters
    ----------
    analysis
        Word of `ANALYSES`.
    fetch
        Where the data come from.

    Raises
    ------
    OutOfRange
        No such analysis; the message lists them.
    """
    require(analysis, ANALYSES, "analysis", error=OutOfRange)
    found: Iterator[Check] = import_module(ANALYSES[analysis]).checks(fetch)
    yield from found
