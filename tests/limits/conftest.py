"""A small curve that passes every check, to be spoiled in one way at a time."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from vre_dm.limits.column import Column
from vre_dm.limits.curve import Curve

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&$x^$ $$\\frac$$ @{label}{safe} \x1b[31m\u202e"


def make(**changes: Any) -> Curve:
    masses = np.array([5.0, 10.0, 100.0, 1000.0])
    values = np.array([1e-43, 1e-45, 2e-46, 2e-45])
    fields: dict[str, Any] = {
        "id": "si_toy_2020",
        "experiment": "TOY",
        "year": 2020,
        "quantity": "sigma_SI",
        "columns": (Column("m_GeV", "GeV", masses), Column("limit_cm2", "cm2", values)),
        "cl": 0.9,
        "licence": "CC0-1.0",
    }
    return Curve(**(fields | changes))


@pytest.fixture
def toy() -> Callable[..., Curve]:
    return make
