"""Which colour and dash code a curve gets: the colour says whose it is, the dashes tell its curves apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING

from vre_dm.limits.plot import palette
from vre_dm.limits.technique import TECHNIQUES

if TYPE_CHECKING:
    from vre_dm.limits.plot.model import Line, Model

OWN = -1


def by_first_seen(names: Sequence[str], projected: Sequence[bool] = ()) -> list[int]:
    """Style of each curve when every name has a colour, in the order in which the names appear.

    As long as there are colours for all, no two curves share one. What is only projected is never solid.
    """
    expected = list(projected) or [False] * len(names)
    if len(names) <= palette.COUNT:
        return [i + palette.COUNT * dashed for i, dashed in enumerate(expected)]
    order = {name: i for i, name in enumerate(dict.fromkeys(names))}
    return _dashed([order[name] for name in names], expected)


def by_technique(words: Sequence[str], projected: Sequence[bool] = ()) -> list[int]:
    """Style of each curve when every technique has its own colour, the same in all plots."""
    return _dashed([TECHNIQUES.index(word) for word in words], list(projected) or [False] * len(words))


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


def _dashed(colours: Sequence[int], projected: Sequence[bool]) -> list[int]:
    """Give each curve the first free dash code of its colour: style = colour + 8 * code; code 0 is solid."""
    taken: dict[int, set[int]] = {}
    lowest: Counter[int] = Counter()  # codes below are all taken
    styles = []
    for colour, dashed in zip(colours, projected, strict=True):
        colour %= palette.COUNT
        codes = taken.setdefault(colour, set())
        free = (code for code in count(lowest[colour]) if code not in codes)
        code = next(code for code in free if code % len(palette.DASHES) or not dashed)
        codes.add(code)
        while lowest[colour] in codes:
            lowest[colour] += 1
        styles.append(colour + palette.COUNT * code)
    return styles
