"""Sets of curves: look up, select, show."""

from typing import Any

import pytest

from tests.limits.conftest import HOSTILE, make
from vre_dm.errors import InvalidCurve
from vre_dm.limits.bibtex import bibtex
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.curve import Curve
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


def test_a_set_contains_its_curves_and_their_ids() -> None:
    assert "si_b_2025" in CURVES
    assert CURVES[1] in CURVES
    assert "si_b_2024" not in CURVES
    assert make(id="si_b_2025", cl=0.95) not in CURVES


def test_one_curve_is_not_called_curves_and_none_have_no_table() -> None:
    assert repr(CURVES[:1]).startswith("1 curve\n")
    assert "<p>1 curve</p><table>" in CURVES[:1]._repr_html_()
    assert repr(CURVES[:0]) == "0 curves"
    assert CURVES[:0]._repr_html_() == "<p>0 curves</p>"


def test_a_set_says_how_to_cite_it() -> None:
    assert CURVES.bibtex() == bibtex(CURVES)


def test_a_misspelt_id_is_answered_with_the_nearest_ones() -> None:
    with pytest.raises(InvalidCurve, match=r"'si_b_2024'; near it: si_b_2025"):
        CURVES["si_b_2024"]
    with pytest.raises(InvalidCurve, match=r"'SI_B_2025'; near it: si_b_2025"):
        CURVES["SI_B_2025"]


def test_an_id_near_to_none_is_answered_with_the_ids_there_are() -> None:
    with pytest.raises(InvalidCurve, match=r"'zzz'; known are: si_a_2018, si_b_2025, si_c_2030$"):
        CURVES["zzz"]
    with pytest.raises(InvalidCurve, match=r"si_0, .* and 12 more$"):
        CurveSet(make(id=f"si_{number}") for number in range(20))["zzz"]


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


def test_two_curves_of_one_id_are_refused_with_a_way_to_rename() -> None:
    with pytest.raises(InvalidCurve, match=r"two different curves .*'si_toy_2020'; dataclasses\.replace"):
        CurveSet([make(), make(cl=0.95)])


def test_one_curve_twice_is_refused_as_such() -> None:
    with pytest.raises(InvalidCurve, match="'si_b_2025' is given twice; leave one out"):
        CURVES.select("si_b_2025", "si_b_2025")


@pytest.mark.parametrize("given", ["si_lz_2024", ["si_lz_2024"], [make(), "si_lz_2024"], ("si_lz_2024",)])
def test_an_id_is_not_a_curve_and_the_call_to_write_is_named(given: object) -> None:
    with pytest.raises(InvalidCurve, match=r"write dm\.overlay\(dm\.curves\('si_lz_2024'\)\)$"):
        CurveSet(given)  # type: ignore[arg-type]


def test_many_ids_in_place_of_curves_are_answered_with_all_of_them() -> None:
    with pytest.raises(InvalidCurve, match=r"write dm\.overlay\(dm\.curves\('a', 'b', 'c', 'd'\)\)$"):
        CurveSet(["a", "b", "c", "d"])  # type: ignore[list-item]


@pytest.mark.parametrize("given", [None, 3, [None], [{}]])
def test_what_is_no_curve_is_refused(given: object) -> None:
    with pytest.raises(InvalidCurve, match=r"is no curve; take them from dm\.curves"):
        CurveSet(given)  # type: ignore[arg-type]


def test_a_set_inside_a_list_is_answered_with_how_to_unpack_it() -> None:
    with pytest.raises(InvalidCurve, match=r"\[\*published, own\]"):
        CurveSet([CURVES, make()])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("criteria", "answer"),
    [
        ({"quantity": "sigma_si"}, "unknown quantity 'sigma_si'; near it: sigma_SI"),
        ({"kind": "Observed"}, "unknown kind 'Observed'; near it: observed"),
        ({"kind": "zzz"}, "known are: observed, expected"),
        ({"year": "2024"}, "write year=2024"),
    ],
)
def test_a_criterion_that_nothing_can_meet_is_refused(criteria: dict[str, object], answer: str) -> None:
    with pytest.raises(InvalidCurve, match=answer):
        CURVES.select(**criteria)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", [["si_a_2018"], make(), 1.0, None])
def test_an_id_is_text(key: object) -> None:
    with pytest.raises(InvalidCurve, match="give the ids one by one"):
        CURVES.select(key)  # type: ignore[arg-type]


def test_the_table_shows_one_curve_a_row_and_hostile_text_as_text() -> None:
    shown = CurveSet([make(experiment=HOSTILE), make(id="other")])
    assert repr(shown).count("\n") == 3
    assert "\x1b" not in repr(shown)
    assert shown._repr_html_().count("<tr>") == 3
    assert "<img" not in shown._repr_html_()


def test_a_range_of_years_takes_both_ends_and_leaves_out_what_has_no_year() -> None:
    assert CURVES.select(year=(2018, 2025)).ids == ["si_a_2018", "si_b_2025"]
    assert CURVES.select(year=(2019, 2030)).ids == ["si_b_2025"]


@pytest.mark.parametrize("year", [(2025, 2018), (2018,), (2018, 2020, 2025), ("2018", "2025"), 20.5])
def test_what_is_no_year_and_no_range_is_refused(year: object) -> None:
    with pytest.raises(InvalidCurve, match=r"write year=2024 or year=\(2018, 2024\)"):
        CURVES.select(year=year)  # type: ignore[typeddict-item]


def test_a_channel_and_a_technique_are_exact_words() -> None:
    pairs = [make(id=f"sv_{word}", quantity="sigmav", channel=word) for word in ("bb", "tautau")]
    curves = CURVES + pairs
    assert curves.select(channel="bb").ids == ["sv_bb"]
    assert curves.select(technique="gamma rays").ids == ["sv_bb", "sv_tautau"]
    assert curves.select(technique="direct detection").ids == CURVES.ids
    with pytest.raises(InvalidCurve, match="unknown channel 'BB'; near it: bb"):
        curves.select(channel="BB")
    with pytest.raises(InvalidCurve, match="unknown technique 'gamma'"):
        curves.select(technique="gamma")


def test_an_unknown_criterion_is_answered_with_the_nearest() -> None:
    with pytest.raises(InvalidCurve, match="unknown criterion 'experimnt'; near it: experiment"):
        CURVES.select(experimnt="XENON")  # type: ignore[call-arg]


def shifted(name: str, decades: float) -> Curve:
    return make(
        id=name, columns=(mass_column([1.0, 100.0]), limit_column([10.0 ** (decades - 45)] * 2, "sigma_SI"))
    )


LEVELS = CurveSet([shifted("far", 3), shifted("half", -0.5), shifted("on", 0), shifted("one", 0.9)])


def test_near_keeps_what_passes_within_a_decade_the_nearest_first() -> None:
    assert LEVELS.select(near=(10, 1e-45)).ids == ["on", "half", "one"]
    assert LEVELS.near(10, 1e-45, within=0.6).ids == ["on", "half"]
    assert LEVELS.near(10, 1e-45, within=9)[:1].ids == ["on"]
    assert LEVELS.near(10, 1e-30).ids == []


@pytest.mark.parametrize("within", [[1.0, 2.0], "1", -1, float("nan"), None])
def test_a_distance_is_one_positive_number(within: Any) -> None:
    with pytest.raises(InvalidCurve, match=r"within is .* give a number between 0 and infinity"):
        LEVELS.near(10, 1e-45, within=within)


def test_a_point_means_nothing_among_several_quantities() -> None:
    with pytest.raises(InvalidCurve, match="these are kappa, sigma_SI; select one quantity"):
        (LEVELS + make(id="k", quantity="kappa")).near(10, 1e-45)


def test_sets_add_up_and_a_curve_that_is_in_both_is_there_once() -> None:
    both = CURVES[:2] + CURVES[1:]
    assert both.ids == CURVES.ids
    assert (CURVES + make()).ids == [*CURVES.ids, "si_toy_2020"]
    with pytest.raises(InvalidCurve, match="two different curves have the id 'si_a_2018'"):
        CURVES + make(id="si_a_2018", cl=0.95)


def test_curves_are_left_out_by_id() -> None:
    assert CURVES.without("si_b_2025").ids == ["si_a_2018", "si_c_2030"]
    assert CURVES.without().ids == CURVES.ids
    with pytest.raises(InvalidCurve, match="near it: si_b_2025"):
        CURVES.without("si_b_2024")
