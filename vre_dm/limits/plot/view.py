"""How an overlay is to look: what is chosen beside the curves, checked before anything is drawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from vre_dm.errors import InvalidPlot
from vre_dm.limits.construction import all_of
from vre_dm.limits.plot.axes import Range, checked
from vre_dm.limits.spelling import require, shown

ColourBy = Literal["experiment", "technique", "none"]
Theme = Literal["auto", "light", "dark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Choices of `vre_dm.limits.overlay.overlay`, where they are described.

    Raises
    ------
    InvalidPlot
        A title that is no text, or an unknown colouring or theme.
    OutOfRange
        A range that is not two positive numbers, the lower first.
    """

    highlight: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()
    title: str = ""
    x_range: Range | None = None
    y_range: Range | None = None
    colour_by: ColourBy = "experiment"
    theme: Theme = "auto"

    def __post_init__(self) -> None:
        for argument in ("x_range", "y_range"):
            object.__setattr__(self, argument, checked(getattr(self, argument), argument))
        if not isinstance(self.title, str):
            msg = f"title {shown(self.title)} is no text; write title='…'"
            raise InvalidPlot(msg)
        require(self.colour_by, get_args(ColourBy), "colour_by", error=InvalidPlot)
        require(self.theme, get_args(Theme), "theme", error=InvalidPlot)

    def renamed(self, names: Mapping[str, str]) -> View:
        """Say the same of curves that have other ids now; an id without a new name stays."""
        highlight, bands = (tuple(names.get(i, i) for i in old) for old in (self.highlight, self.bands))
        return replace(self, highlight=highlight, bands=bands)


def ids(given: Collection[str], argument: str) -> tuple[str, ...]:
    """Ids as a tuple.

    Raises
    ------
    InvalidPlot
        One text in place of a list, or something that is no text in it.
    """
    if isinstance(given, str) or not all_of(given, str):
        example = shown(given) if isinstance(given, str) else "'si_lz_2024'"
        msg = f"{argument} takes a list of ids; write {argument}=[{example}]"
        raise InvalidPlot(msg)
    return tuple(given)
