"""The steps of an upload, numbered: requests to the lake and the storage, notes, changes of files."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from vre_dm.lake.publish.disk import Disk
from vre_dm.lake.publish.record import Record
from vre_dm.lake.publish.webdav import Dav
from vre_dm.lake.transport import RucioClient

_STEPS = [(Dav, "_ask"), (RucioClient, "_send_request"), (Record, "_write")]
_STEPS += [(Disk, name) for name in ("put", "seen", "move", "remove")]
Act = Callable[[int, bool, str], None]


@contextmanager
def watched(act: Act) -> Iterator[None]:
    """Call ``act(number, done, what)`` before and after each step."""
    numbers = itertools.count(1)
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in _STEPS:
            patch.setattr(
                owner, name, _around(getattr(owner, name), numbers, act, f"{owner.__name__}.{name}")
            )
        yield


def _around(step: Callable[..., Any], numbers: Iterator[int], act: Act, what: str) -> Callable[..., Any]:
    def around(*given: Any, **more: Any) -> Any:
        number = next(numbers)
        act(number, False, what)
        answer = step(*given, **more)
        act(number, True, what)
        return answer

    return around


def killer(at: int) -> Act:
    """Kill this process, as nothing can prevent, when a step is done."""

    def act(number: int, done: bool, what: str) -> None:
        if number == at and done:
            os.kill(os.getpid(), 9)

    return act
