"""Colours and dash patterns that also tell curves apart for colour-blind readers and on grey print."""

# Okabe & Ito, Color Universal Design (2008), without its yellow, which is too faint for a line on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#666666")
# Lengths of line and gap in points.
DASHES = ((), (6, 3), (2, 2), (8, 3, 2, 3))
OWN_COLOUR = "#000000"


def style(position: int) -> tuple[str, tuple[int, ...]]:
    """Colour and dashes of the n-th curve: first the colours, then the dashes change."""
    dashes = DASHES[position // len(COLOURS) % len(DASHES)]
    return COLOURS[position % len(COLOURS)], dashes
