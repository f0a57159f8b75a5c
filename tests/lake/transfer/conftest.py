"""A clock that the test moves."""

import pytest


class Clock:
    """Seconds that pass only where the test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()
