"""How long the last files of a rule may take after those that were seen: many courses that it could run.

Nobody tells how large the files on their way are, nor how many move at once, and the last ones decide: what
is said from the rate alone is too sure of itself. So files of different sizes are shared out to different
numbers of streams, and what came after a moment like this one is read off.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_COURSES = 96
_STREAMS = (1, 2, 4, 8, 16, 32)
_SPREADS = (0.3, 0.7, 1.2, 1.8)  # of the logarithm of the sizes
_OVERHEADS = (0.0, 0.5, 2.0)  # of a file, in mean times that its bytes take
_MOST = 200  # files of each kind in a course; more of them tell no more
_QUANTILES = (0.05, 0.5, 0.92)  # found to hold four of five cases (tests/lake/rules/test_arrivals.py)


def remaining(before: int, seen: int, moving: int) -> tuple[float, float, float]:
    """Time that the files still moving take, in units of the time in which the others were seen to arrive.

    Parameters
    ----------
    before, seen
        Files that had arrived at the first look, and those that arrived until the last.
    moving
        Files still to come; at least one of both.

    Returns
    -------
    tuple of float
        Low, median, high.
    """
    import numpy as np  # looking at rules that do not move needs none

    begin = min(before, seen + moving, _MOST)  # earlier ones may have been there before the rule
    past, future = min(seen, _MOST), min(moving, _MOST)
    chance = np.random.default_rng((begin, past, future))
    ends = _courses(chance, begin + past + future)
    # A look falls somewhere between two arrivals.
    start, now = (
        ends[:, count] + chance.uniform(size=_COURSES) * (ends[:, count + 1] - ends[:, count])
        for count in (begin, begin + past)
    )
    # The rest come at the pace of the first half, before the streams run out of files.
    half = max(future // 2, 1)
    rest = (moving - future) * (ends[:, begin + past + half] - now) / half
    ratio = (ends[:, -1] - now + rest) / np.maximum(now - start, 1e-9 * ends[:, -1])
    low, middle, high = past / seen * np.quantile(ratio, _QUANTILES)
    return float(low), float(middle), float(high)


def _courses(chance: "np.random.Generator", files: int) -> "np.ndarray":
    """Times at which the files arrive, in order after a zero, one course a row."""
    import numpy as np

    spread, overhead = (chance.choice(of, (_COURSES, 1)) for of in (_SPREADS, _OVERHEADS))
    size = np.exp(spread * chance.normal(size=(_COURSES, files)) - spread**2 / 2)
    work = size + overhead
    streams = np.resize(_STREAMS, _COURSES)[:, None]
    free = np.where(np.arange(max(_STREAMS)) < streams, 0.0, np.inf)
    ends, rows = np.zeros((_COURSES, files + 1)), np.arange(_COURSES)
    for file in range(files):
        first = free.argmin(axis=1)
        free[rows, first] += work[:, file]
        ends[:, file + 1] = free[rows, first]
    ends.sort(axis=1)
    return ends
