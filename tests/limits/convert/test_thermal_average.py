"""The thermal average: adaptive quadrature with exact Bessel functions as the judge, known limits."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import kve

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.annihilation import cross_section, sigma_v_at_rest
from vre_dm.limits.convert.constants import CM3_S_GEV2
from vre_dm.limits.convert.simplified_model import Mediator, SimplifiedModel
from vre_dm.limits.convert.thermal_average import average
from vre_dm.limits.convert.widths import total_width


def model(mediator: Mediator, g_q: float = 0.25) -> SimplifiedModel:
    return SimplifiedModel(mediator=mediator, g_q=g_q, g_dm=1.0)


def adaptive(simplified: SimplifiedModel, mass: float, dm: float, x: float) -> float:
    """Gondolo and Gelmini's integral, cut at the resonance and integrated piece by piece."""

    def integrand(e: float) -> float:
        sigma = float(cross_section(simplified, mass, dm, 4 * dm**2 * (1 + e)))
        root = math.sqrt(1 + e)
        return sigma * e * root * float(kve(1, 2 * x * root)) * math.exp(-2 * x * (root - 1))

    pole, half = (mass / 2 / dm) ** 2 - 1, mass * float(total_width(simplified, mass, dm)) / (4 * dm**2)
    cuts = [pole + k * half for k in (-30, -3, 0, 3, 30)] + [1 / x, 5 / x]
    edges = [1e-12, *sorted(e for e in cuts if 0 < e < 60 / x), 60 / x]
    pieces = (quad(integrand, a, b, limit=400, epsrel=1e-7, epsabs=0)[0] for a, b in pairwise(edges))
    return 4 * x * sum(pieces) / float(kve(2, x)) ** 2 * CM3_S_GEV2


@pytest.mark.parametrize("x", [10, 25, 300, 1e4])
@pytest.mark.parametrize(
    ("simplified", "mass", "dm"),
    [
        (model("vector"), 1000, 300),
        (model("vector"), 1000, 480),
        (model("axial"), 1000, 499),
        (model("scalar", 1.0), 100, 45),
        (model("pseudoscalar", 1.0), 300, 200),
    ],
)
def test_it_is_the_integral_on_off_and_below_the_resonance(
    simplified: SimplifiedModel, mass: float, dm: float, x: float
) -> None:
    assert average(simplified, mass, dm, x).item() == pytest.approx(
        adaptive(simplified, mass, dm, x), rel=2e-3
    )


@given(st.sampled_from(["vector", "pseudoscalar"]), st.floats(20, 300))
def test_cold_dark_matter_annihilates_as_at_rest(mediator: Mediator, dm: float) -> None:
    cold = average(model(mediator), 1000, dm, 1e5).item()
    assert cold == pytest.approx(float(sigma_v_at_rest(model(mediator), 1000, dm)), rel=2e-3)


@given(st.floats(20, 150), st.floats(100, 1e4))
def test_a_p_wave_dies_out_as_the_inverse_of_x(dm: float, x: float) -> None:
    one, two = average(model("scalar", 1.0), 1000, dm, [x, 2 * x])
    assert one.item() / two.item() == pytest.approx(2, rel=0.1)


def test_many_masses_and_temperatures_come_in_one_table() -> None:
    table = average(model("axial"), [500, 1000, 2000], 100, [10, 20])
    assert table.shape == (2, 3)
    assert table[1, 2] == pytest.approx(average(model("axial"), 2000, 100, 20).item())


@pytest.mark.parametrize("x", [9, 1e6, [20, 1], math.nan, -20])
def test_hotter_or_colder_than_the_series_holds_is_refused(x: object) -> None:
    with pytest.raises(OutOfRange, match="x = m/T"):
        average(model("vector"), 1000, 100, x)  # type: ignore[arg-type]


def test_a_resonance_of_one_permille_width_is_not_stepped_over() -> None:
    narrow = SimplifiedModel(mediator="scalar", g_q=1.0, g_dm=0.05)
    assert total_width(narrow, 100, 45) < 0.1
    for dm in (35.0, 45, 49):
        assert average(narrow, 100, dm, 25).item() == pytest.approx(adaptive(narrow, 100, dm, 25), rel=3e-3)
