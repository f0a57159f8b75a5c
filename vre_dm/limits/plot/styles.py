"""Which colour and dash code a curve gets: the colour says whose it is, the dashes tell its curves apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vre_dm.limits.plot import palette
from vre_dm.limits.technique import TECHNIQUES

if TYPE_CHECKING:
    from vre_dm.limits.plot.model import Line, Model

OWN = -1


def by_first_seen(names: Sequence[str]) -> list[int]:
    """Style of each curve when every name has a colour, in the order in which the names appear.

    As long as there are colours for all, no two curves share one.
    """
    if len(names) <= palette.COUNT:
        return list(range(len(names)))
    order = {name: i for i, name in enumerate(dict.fromkeys(names))}
    return _dashed([order[name] for name in names])


def by_technique(words: Sequence[str]) -> list[int]:
    """Style of each curve when every technique has its own colour, the same in all plots."""
    return _dashed([TECHNIQUES.index(word) for word in words])


def style_of(model: Model, line: Line) -> int:
    """Style of a line under the colouring that the model starts with."""
    return line["style_technique"] if model["colour_by"] == "technique" else line["style"]


def is_fog(line: Line) -> bool:
    """Whether the shaded side is hidden by neutrinos rather than excluded."""
    return line["kind"] == "theory" and line["fill"] == "below"


def colour_of(model: Model, line: Line, *, dark: bool) -> str:
    """Colour of a line under the colouring that the model starts with; the neutrino fog is grey in all."""
    style = style_of(model, line)
    if style >= 0 and (model["colour_by"] == "none" or is_fog(line)):
        return palette.GREY_DARK if dark else palette.GREY
    return palette.colour(style, dark=dark)


def _dashed(colours: Sequence[int]) -> list[int]:
    """Count up the dash codes within a colour: style = colour + 8 * dash."""
    used: Counter[int] = Counter()
    styles = []
    for colour in colours:
        colour %= palette.COUNT
        styles.append(colour + palette.COUNT * used[colour])
        used[colour] += 1
    return styles
