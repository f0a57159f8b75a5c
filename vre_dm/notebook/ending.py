"""Whether the kernel of a notebook is about to end: a restart interrupts it first, as a user does a cell."""

import sys
from collections.abc import Callable


def leaving() -> Callable[[], bool] | None:
    """Give what says it, in a kernel; None in any other process, where an interrupt is the user's."""
    if "ipykernel" not in sys.modules:
        return None
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    # Set by the thread that hears of the end, while this one may be in a cell.
    return None if shell is None else lambda: bool(getattr(shell, "exit_now", False))
