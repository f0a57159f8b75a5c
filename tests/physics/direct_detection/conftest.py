"""The peer that rates are held against."""

import warnings
from typing import Any

import pytest


@pytest.fixture(scope="module")
def wimprates() -> Any:
    with warnings.catch_warnings():
        # It warns at import that its default halo changed, and its parts of other packages' future.
        warnings.simplefilter("ignore")
        import wimprates

        yield wimprates
