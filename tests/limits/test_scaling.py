"""Curves under another assumption: exact factors, new curves, and refusals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.limits.conftest import make
from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.column import Column
from vre_dm.limits.curve import Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.metadata import PARAMETERS, Headline, Scaling
from vre_dm.limits.overlay import overlay
from vre_dm.limits.scaling import FORMULA, factor_of, moved

RHO = Scaling("rho0", 0.3, -1.0)
BR = Scaling("BR", 0.107, 1.0, "odds")


def scaled(**changes: object) -> Curve:
    return make(**{"scalings": (RHO,), **changes})


def test_twice_the_density_halves_the_limit() -> None:
    (curve,) = moved(CurveSet([scaled()]), {"rho0": 0.6})
    assert curve.y == pytest.approx(scaled().y / 2, rel=1e-15)


def test_a_branching_ratio_scales_with_its_odds() -> None:
    # Γ_inv = Γ_SM BR / (1 - BR), arXiv:1112.3299: 0.107 to 0.18 by hand is (0.18/0.82) / (0.107/0.893).
    assert factor_of(BR, 0.18) == pytest.approx(0.2195121951 / 0.1198208287, rel=1e-9)


@given(st.floats(0.01, 0.99), st.floats(-4, 4), st.sampled_from(["power", "odds"]))
def test_there_and_back_is_where_it_was(value: float, power: float, form: str) -> None:
    there = Scaling("BR", 0.2, power, form)  # type: ignore[arg-type]
    back = Scaling("BR", value, power, form)  # type: ignore[arg-type]
    assert factor_of(there, value) * factor_of(back, 0.2) == pytest.approx(1, rel=1e-12)


def test_the_moved_curve_is_a_new_one_that_says_what_it_was_made_of() -> None:
    (curve,) = moved(CurveSet([scaled(headline=Headline(10, 1e-45, 0.1, "abstract"))]), {"rho0": 0.4})
    assert curve.id != "si_toy_2020"
    assert (curve.provenance.formula, curve.provenance.inputs) == (FORMULA, ("si_toy_2020",))
    assert curve.label == "TOY 2020, ρ₀ = 0.4 GeV/cm³"
    assert curve.assumptions["rho0"] == 0.4
    assert curve.headline is None


def test_moving_on_starts_from_the_new_value() -> None:
    once = moved(CurveSet([scaled()]), {"rho0": 0.4})
    (twice,) = moved(once, {"rho0": 0.6})
    assert twice.y == pytest.approx(scaled().y / 2, rel=1e-12)


def test_the_published_curve_stays_as_it_is() -> None:
    published = scaled()
    before = published.csv
    moved(CurveSet([published]), {"rho0": 0.4})
    assert published.csv == before


def test_the_published_value_changes_nothing() -> None:
    assert moved(CurveSet([scaled()]), {"rho0": 0.3})[0] == scaled()


def test_bands_move_along_and_masses_stay() -> None:
    columns = (
        *make().columns,
        Column("median_cm2", "cm2", make().y * 2),
        Column("m_med_GeV", "GeV", make().x),
    )
    (curve,) = moved(CurveSet([scaled(columns=columns)]), {"rho0": 0.6})
    assert curve.column("median_cm2") == pytest.approx(make().y, rel=1e-15)
    assert curve.column("m_med_GeV").tolist() == curve.x.tolist() == make().x.tolist()


def test_a_curve_that_does_not_scale_stays() -> None:
    other = make(id="other")
    assert moved(CurveSet([scaled(), other]), {"rho0": 0.4})["other"] == other


def test_two_parameters_multiply() -> None:
    both = scaled(scalings=(Scaling("g_q", 0.25, 2.0), Scaling("g_DM", 1.0, 2.0)))
    (curve,) = moved(CurveSet([both]), {"g_q": 0.5, "g_DM": 0.5})
    assert curve.y == pytest.approx(both.y, rel=1e-15)


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_a_density_that_cannot_be_is_refused(value: float) -> None:
    with pytest.raises(OutOfRange, match=r"rho0.*between 0 and inf"):
        moved(CurveSet([scaled()]), {"rho0": value})


@pytest.mark.parametrize("value", [0, 1, 1.5])
def test_a_branching_ratio_that_cannot_be_is_refused(value: float) -> None:
    with pytest.raises(OutOfRange, match=r"BR.*between 0 and 1"):
        moved(CurveSet([scaled(scalings=(BR,))]), {"BR": value})


def test_an_unknown_parameter_is_answered_with_the_nearest() -> None:
    with pytest.raises(InvalidCurve, match=r"unknown parameter 'rho'.*rho0"):
        overlay(scaled(), assume={"rho": 0.4})


def test_a_parameter_that_no_curve_scales_with_is_refused() -> None:
    with pytest.raises(InvalidCurve, match=r"scales with g_q; what they scale with: rho0$"):
        overlay(scaled()).set(g_q=0.1)


def test_python_does_what_a_slider_does() -> None:
    shown = overlay(scaled(), highlight=["si_toy_2020"])
    (slider,) = shown.model["sliders"]
    assert (slider["parameter"], slider["value"]) == ("rho0", 0.3)
    (scaling,) = shown.model["curves"][0]["scalings"]
    factor = (0.4 / scaling["reference"]) ** scaling["power"]
    set_to = shown.set(rho0=0.4)
    assert set_to.model["curves"][0]["y"] == pytest.approx(
        [y * factor for y in shown.model["curves"][0]["y"]]
    )
    assert set_to.model["curves"][0]["own"]
    assert set_to.model["sliders"][0]["value"] == 0.4
    assert shown.curves[0] == scaled()


@given(st.sampled_from(sorted(PARAMETERS)), st.floats(1e-5, 0.999))
def test_a_slider_reaches_the_value_the_curves_were_made_with(name: str, reference: float) -> None:
    (slider,) = overlay(make(scalings=(Scaling(name, reference, 1.0),))).model["sliders"]
    assert slider["low"] <= reference <= slider["high"]
