"""A curve made by hand is refused where it is made, in words, not where something later stumbles over it."""

import math
from typing import Any

import numpy as np
import pytest

from tests.limits.conftest import make
from vre_dm.errors import InvalidCurve
from vre_dm.limits.metadata import Assumptions, Scaling, Validity


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", None),
        ("label", 5),
        ("year", "2020"),
        ("year", math.nan),
        ("year", True),
        ("cl", 90),
        ("cl", "90%"),
        ("cl", math.nan),
        ("kind", "bogus"),
        ("geometry", ["line"]),
        ("quantity", np.array([1, 2])),
        ("reference", None),
        ("provenance", "HEPData"),
        ("columns", None),
        ("columns", ([1.0], [2.0])),
        ("scalings", ("rho0",)),
        ("assumptions", {"halo": None}),
    ],
)
def test_a_field_of_another_type_is_refused_with_what_belongs_there(field: str, value: object) -> None:
    with pytest.raises(InvalidCurve) as refused:
        make(**{field: value})
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("end", [0, -1, math.inf, math.nan, "5", None])
def test_a_validity_ends_at_positive_finite_masses(end: Any) -> None:
    for ends in ((end, 5.0), (5.0, end)):
        with pytest.raises(InvalidCurve, match="end of the validity"):
            Validity(*ends)


@pytest.mark.parametrize(
    ("parameter", "reference", "power", "form"),
    [
        ("bogus", 1, 1, "power"),
        ("rho0", math.inf, -1, "power"),
        ("rho0", 0.3, 1e308, "power"),
        ("rho0", 0.3, math.nan, "power"),
        ("BR", 1.5, 1, "odds"),
        ("BR", 0.1, 1, "sine"),
    ],
)
def test_a_scaling_that_nothing_can_follow_is_refused(
    parameter: str, reference: float, power: float, form: Any
) -> None:
    with pytest.raises(InvalidCurve):
        Scaling(parameter, reference, power, form)


def test_assumptions_may_be_given_as_a_dict_that_changes_nothing_later() -> None:
    given = {"halo": "SHM"}
    curve = make(assumptions=given)
    given["halo"] = "other"
    assert curve.assumptions == Assumptions({"halo": "SHM"})
