"""Sets of curves: look up, select, show."""

import pytest

from tests.limits.conftest import HOSTILE, make
from vre_dm.errors import InvalidCurve
from vre_dm.limits.curveset import CurveSet

CURVES = CurveSet(
    [
        make(id="si_a_2018", experiment="XENON1T", year=2018),
        make(id="si_b_2025", experiment="XENONnT", year=2025),
        make(id="si_c_2030", experiment="ARGO", kind="projection", year=None),
    ]
)


def test_a_curve_is_found_by_id_by_position_and_by_slice() -> None:
    assert CURVES["si_b_2025"] is CURVES[1]
    assert CURVES[1:].ids == ["si_b_2025", "si_c_2030"]
    assert len(list(CURVES)) == 3


def test_a_misspelt_id_is_answered_with_the_nearest_ones() -> None:
    with pytest.raises(InvalidCurve, match=r"'si_b_2024'; near it: si_b_2025"):
        CURVES["si_b_2024"]


@pytest.mark.parametrize(
    ("criteria", "ids"),
    [
        ({"experiment": "xenon"}, ["si_a_2018", "si_b_2025"]),
        ({"kind": "projection"}, ["si_c_2030"]),
        ({"year": 2018}, ["si_a_2018"]),
        ({"experiment": "xenon", "year": 2025}, ["si_b_2025"]),
        ({"quantity": "sigma_SDp"}, []),
        ({}, ["si_a_2018", "si_b_2025", "si_c_2030"]),
    ],
)
def test_selection_keeps_what_matches_everything(criteria: dict[str, object], ids: list[str]) -> None:
    assert CURVES.select(**criteria).ids == ids  # type: ignore[arg-type]


def test_ids_are_returned_in_the_order_asked_for() -> None:
    assert CURVES.select("si_c_2030", "si_a_2018").ids == ["si_c_2030", "si_a_2018"]


def test_two_curves_of_one_id_are_refused() -> None:
    with pytest.raises(InvalidCurve, match="si_toy_2020"):
        CurveSet([make(), make(cl=0.95)])


def test_the_table_shows_one_curve_a_row_and_hostile_text_as_text() -> None:
    shown = CurveSet([make(experiment=HOSTILE), make(id="other")])
    assert repr(shown).count("\n") == 3
    assert "\x1b" not in repr(shown)
    assert shown._repr_html_().count("<tr>") == 3
    assert "<img" not in shown._repr_html_()
