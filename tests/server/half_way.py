"""A job as the server starts it, whose uploads stop half way: ``python -m tests.server.half_way``."""

import sys
import time
from collections.abc import Callable, Iterator

from vre_dm.cli import task
from vre_dm.lake.publish import placing
from vre_dm.lake.publish.placing import Yard
from vre_dm.lake.publish.sources import Item

COMMAND = (sys.executable, "-m", __name__)
"""For ``vre_dm.server.launching``."""

_reading = placing._reading


def _first_piece(item: Item, yard: Yard) -> Callable[[], Iterator[memoryview]]:
    """The first piece of a file, and no other until the job is to stop."""

    def begin() -> Iterator[memoryview]:
        pieces = _reading(item, yard)()
        yield next(pieces)
        while not yard.stop.is_set():
            time.sleep(0.05)
        yield from pieces

    return begin


if __name__ == "__main__":
    placing._reading = _first_piece
    sys.exit(task.main())
