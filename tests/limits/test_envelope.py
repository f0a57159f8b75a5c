"""The strongest limit at a mass, the envelope of several, and what makes them incomparable."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.limits.conftest import make
from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.checks import check
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.curve import Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.envelope import STEP
from vre_dm.limits.metadata import Assumptions, Provenance, Validity


def line(name: str, masses: list[float], values: list[float], **changes: Any) -> Curve:
    of = changes.get("quantity", "sigma_SI")
    return make(id=name, columns=(mass_column(masses), limit_column(values, of)), **changes)


LOW = line("low", [1, 10, 100], [1e-42, 1e-44, 1e-43])
HIGH = line("high", [5, 50, 500], [1e-43, 1e-46, 1e-45])
CROSSING = CurveSet([LOW, HIGH])


@pytest.mark.parametrize(("mass", "holder"), [(2, "low"), (6, "low"), (30, "high"), (400, "high")])
def test_the_most_sensitive_curve_is_the_lowest_that_has_a_value_there(mass: float, holder: str) -> None:
    assert CROSSING.most_sensitive(mass).id == holder


def test_a_curve_outside_its_validity_does_not_compete() -> None:
    narrow = line("narrow", [1, 1000], [1e-48, 1e-48], validity=Validity(200, 300, "efficiency"))
    assert CurveSet([LOW, narrow]).most_sensitive(50) == LOW
    assert CurveSet([LOW, narrow]).most_sensitive(250) == narrow


@pytest.mark.parametrize("mass", [0.5, 501, 0, -1, float("nan"), float("inf")])
def test_a_mass_that_no_curve_covers_is_refused(mass: float) -> None:
    with pytest.raises(OutOfRange):
        CROSSING.most_sensitive(mass)


def test_of_lifetimes_the_longest_is_the_strongest() -> None:
    curves = [
        line(name, [1, 100], [value] * 2, quantity="lifetime", channel="bb")
        for name, value in (("short", 1e26), ("long", 1e28))
    ]
    assert CurveSet(curves).most_sensitive(10).id == "long"
    assert CurveSet(curves).envelope().y.min() == 1e28


def test_projections_and_theory_do_not_compete_with_observed_limits() -> None:
    future = line("future", [1, 500], [1e-49, 1e-49], kind="projection")
    curves = CROSSING + future + line("fog", [1, 500], [1e-50, 1e-50], kind="theory")
    assert curves.most_sensitive(30).id == "high"
    assert curves.most_sensitive(30, kind="projection").id == "future"


@pytest.mark.parametrize(
    ("other", "complaint"),
    [
        (line("sd", [1, 100], [1e-42] * 2, quantity="sigma_SDp"), "different quantity .*sigma_SDp, sigma_SI"),
        (line("ch", [1, 100], [1e-42] * 2, channel="x"), "different channel"),
    ],
)
def test_what_cannot_be_compared_is_refused(other: Curve, complaint: str) -> None:
    for ask in (lambda: (CROSSING + other).envelope(), lambda: (CROSSING + other).most_sensitive(10)):
        with pytest.raises(InvalidCurve, match=complaint):
            ask()


def test_a_set_without_a_line_of_the_kind_has_no_envelope() -> None:
    with pytest.raises(InvalidCurve, match="no expected line"):
        CROSSING.envelope(kind="expected")


def test_the_envelope_follows_the_lowest_curve_through_the_crossing_and_the_steps() -> None:
    found = CROSSING.envelope()
    for mass in np.geomspace(1, 500, 397):
        if abs(mass / 5 - 1) > 2 * STEP and abs(mass / 100 - 1) > 2 * STEP:
            lowest = min(c.at(mass) for c in CROSSING if c.range[0] <= mass <= c.range[1])
            assert found.at(mass) == pytest.approx(lowest, rel=1e-9)


def test_the_envelope_says_which_curve_holds_where() -> None:
    found = CROSSING.envelope()
    assert found.provenance.inputs == ("low", "high")
    assert found.provenance.type == "derived"
    first, second = found.notes.split("; ")
    assert first.startswith("low from 1 to ")
    assert second.startswith("high from ")
    assert second.endswith(" to 500 GeV")


def test_the_envelope_is_itself_a_sound_curve() -> None:
    assert check(CROSSING.envelope()) == []


def test_chosen_masses_are_the_masses_of_the_envelope() -> None:
    found = CROSSING.envelope([200.0, 2.0, 20.0])
    np.testing.assert_array_equal(found.x, [2.0, 20.0, 200.0])
    np.testing.assert_array_equal(found.y, [LOW.at(2.0), HIGH.at(20.0), HIGH.at(200.0)])


@pytest.mark.parametrize("masses", [[], [0.0], [-1.0, 2.0], [np.nan], [0.5, 20.0], [20.0, 501.0]])
def test_masses_that_no_envelope_can_have_are_refused(masses: list[float]) -> None:
    with pytest.raises(OutOfRange):
        CROSSING.envelope(masses)


def test_a_gap_between_curves_is_not_bridged() -> None:
    apart = CurveSet([line("a", [1, 10], [1e-42] * 2), line("b", [20, 100], [1e-44] * 2)])
    for masses in (None, [5.0, 50.0]):
        with pytest.raises(OutOfRange, match="no limit covers the masses from 10 GeV on"):
            apart.envelope(masses)
    assert apart.envelope([20.0, 50.0]).provenance.inputs == ("b",)


def test_a_mixed_confidence_level_and_other_differences_are_said() -> None:
    first = line("low", [1, 10], [1e-42] * 2, cl=0.9, assumptions=Assumptions({"halo": "SHM", "g_q": 0.25}))
    second = line("high", [5, 50], [1e-43] * 2, cl=None, assumptions=Assumptions({"halo": "SHM", "g_q": 1.0}))
    found = CurveSet([first, second]).envelope()
    assert found.cl is None
    assert found.assumptions["confidence_level"] == "mixed: unknown, 90%"
    assert found.assumptions["halo"] == "SHM"
    assert found.assumptions["technique"] == "direct detection"
    assert found.assumptions["g_q"] == "differs between the sources"
    assert CROSSING.envelope().cl == 0.9


def test_the_licence_is_kept_only_where_all_sources_have_it() -> None:
    assert CROSSING.envelope().licence == "CC0-1.0"
    other = line("high", [5, 50, 500], [1e-43, 1e-46, 1e-45], licence="MIT")
    assert CurveSet([LOW, other]).envelope().licence == "unknown"


tables = st.lists(
    st.tuples(st.floats(0, 3), st.floats(-48, -42)),
    min_size=2,
    max_size=9,
    unique_by=lambda p: round(p[0], 2),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(tables, min_size=1, max_size=5), st.lists(st.floats(0.02, 2.98), min_size=1, max_size=20))
def test_no_envelope_claims_more_or_less_than_its_curves(
    given: list[list[tuple[float, float]]], probes: list[float]
) -> None:
    curves = CurveSet(
        line(f"c{n}", sorted(round(10 ** round(x, 2), 6) for x, _ in points), [10**y for _, y in points])
        for n, points in enumerate(given)
    )
    # One curve that covers everything, so that there is no gap.
    curves = curves + line("cover", [0.5, 2000.0], [1e-41, 1e-41])
    found, edges = curves.envelope(), [end for c in curves for end in c.range]
    for mass in (10**probe for probe in probes):
        if all(abs(mass / edge - 1) > 3 * STEP for edge in edges):
            lowest = min(c.at(mass) for c in curves if c.range[0] <= mass <= c.range[1])
            assert found.at(mass) == pytest.approx(lowest, rel=1e-6)


NUCLEAR = line("nuclear", [5, 100], [1e-45] * 2, experiment="LZ")
COLLIDER = line(
    "collider",
    [1, 60],
    [1e-48] * 2,
    experiment="ATLAS",
    provenance=Provenance("derived", formula="higgs-portal/vector/1112.3299"),
)
SOLAR = line("solar", [20, 100], [1e-47] * 2, experiment="IceCube")
SEARCHES = CurveSet([COLLIDER, NUCLEAR, SOLAR])


@pytest.mark.parametrize(
    ("technique", "holder"),
    [(None, "nuclear"), ("collider", "collider"), ("neutrinos", "solar"), ("any", "collider")],
)
def test_a_limit_mapped_from_another_search_competes_when_it_is_asked_for(
    technique: str | None, holder: str
) -> None:
    assert SEARCHES.most_sensitive(30, technique=technique).id == holder
    assert SEARCHES.envelope([30.0], technique=technique).provenance.inputs == (holder,)


def test_the_result_shows_its_technique_and_the_model_between() -> None:
    assert "technique   direct detection\n" in repr(SEARCHES.most_sensitive(30))
    shown = repr(SEARCHES.most_sensitive(30, technique="any"))
    assert "technique   collider, mapped onto sigma_SI through the model higgs-portal/vector" in shown
    assert "neutrinos, mapped onto sigma_SI through a model\n" in repr(SOLAR)


def test_limits_that_hold_in_a_model_compete_where_nothing_else_is_given() -> None:
    assert CurveSet([COLLIDER]).most_sensitive(30) == COLLIDER


def test_a_mass_that_only_another_technique_covers_says_how_to_ask_it() -> None:
    with pytest.raises(
        OutOfRange, match=r"by direct detection has .*'any' would ask 1 of collider, 1 of neu"
    ):
        SEARCHES.most_sensitive(2)
    assert SEARCHES.most_sensitive(2, technique="any") == COLLIDER


def test_an_envelope_says_what_it_left_out_and_what_it_mixes() -> None:
    found = SEARCHES.envelope()
    assert found.label == "strongest of 1 limits, direct detection"
    assert found.notes.endswith("; left out, another technique: 1 of collider, 1 of neutrinos")
    mixed = SEARCHES.envelope(technique="any")
    words = "mixed: collider, neutrinos; collider, neutrinos in a model only"
    assert mixed.assumptions["technique"] == words
    assert repr(mixed).count("technique ") == 1
    assert f"technique   {words}\n" in repr(mixed)
    assert "left out" not in mixed.notes


def test_a_technique_that_is_unknown_or_has_no_line_is_refused_with_what_there_is() -> None:
    with pytest.raises(InvalidCurve, match="unknown technique 'colliders'; near it: collider"):
        SEARCHES.most_sensitive(30, technique="colliders")
    with pytest.raises(InvalidCurve, match="no gamma rays among the observed lines; there are 1 of collider"):
        SEARCHES.envelope(technique="gamma rays")


def test_gamma_rays_and_neutrinos_both_measure_the_annihilation() -> None:
    of = {"quantity": "sigmav", "channel": "bb"}
    gamma = line("gamma", [10, 100], [1e-25] * 2, experiment="Fermi-LAT", **of)
    nu = line("nu", [20, 200], [1e-26] * 2, experiment="ANTARES", **of)
    assert CurveSet([gamma, nu]).most_sensitive(30) == nu
    assert CurveSet([gamma, nu]).envelope().assumptions["technique"] == "mixed: gamma rays, neutrinos"


def test_channels_of_a_technique_that_does_not_compete_do_not_matter() -> None:
    other = line("other", [5, 100], [1e-49] * 2, experiment="CMS", channel="x")
    assert CurveSet([NUCLEAR, other]).most_sensitive(30) == NUCLEAR
