"""Colours and dash codes that also tell curves apart for colour-blind readers and on grey print.

Found by a numerical search: within each row, and against background and `OWN`, every two colours differ by
ΔE₂₀₀₀ of 12 or more for normal vision and for protanopia, deuteranopia and tritanopia as simulated with the
matrices of Machado, Oliveira and Fernandes (2009, doi:10.1109/TVCG.2009.113) at full severity; every colour
has a contrast of 3:1 or more with the background. The tests compute both again.
"""

COUNT = 8
LIGHT = ("#0a61c3", "#af4e00", "#208c59", "#d75898", "#10a0cc", "#b48a23", "#851f38", "#3a2a8d")
DARK = ("#5c83ae", "#f3802f", "#20bc90", "#ec98c7", "#61e3ff", "#ffd84a", "#d63f61", "#a884ff")
OWN = "#000000"
OWN_DARK = "#ffffff"
BACKGROUND = "#ffffff"
BACKGROUND_DARK = "#111111"
# Curves that step back, when nothing is coloured.
GREY = "#767676"
GREY_DARK = "#9a9a9a"
# Shading of what is no exclusion: the neutrino fog.
FOG = "#8a8a8a"
# Lengths of line and gap in points.
DASHES: tuple[tuple[int, ...], ...] = (
    (),
    (6, 3),
    (2, 2),
    (8, 3, 2, 3),
    (14, 4),
    (4, 2, 1, 2),
    (10, 3, 2, 3, 2, 3),
)


def colour(style: int, *, dark: bool = False) -> str:
    """Colour of a style; the user's own curves, below zero, are black, or white on dark."""
    if style < 0:
        return OWN_DARK if dark else OWN
    return (DARK if dark else LIGHT)[style % COUNT]


def dashes(style: int) -> tuple[int, ...]:
    """Dash code of a style, empty for a solid line."""
    return () if style < 0 else DASHES[style // COUNT % len(DASHES)]
