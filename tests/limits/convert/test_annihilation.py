"""Annihilation: traces of Dirac matrices as the judge, published limits of the formulas, check values."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.convert.annihilation import cross_section, sigma_v_at_rest
from vre_dm.limits.convert.constants import CM3_S_GEV2
from vre_dm.limits.convert.simplified_model import Mediator, SimplifiedModel
from vre_dm.limits.convert.widths import total_width

MEDIATORS: tuple[Mediator, ...] = ("vector", "axial", "scalar", "pseudoscalar")
PAULI = [np.array(m, dtype=complex) for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])]
GAMMA = [np.kron(PAULI[2], np.eye(2)), *(np.kron(1j * PAULI[1], sigma) for sigma in PAULI)]
GAMMA_5 = 1j * GAMMA[0] @ GAMMA[1] @ GAMMA[2] @ GAMMA[3]
METRIC = np.diag([1.0, -1, -1, -1])


def model(mediator: Mediator, g_q: float = 0.7, g_dm: float = 0.9, **other: float) -> SimplifiedModel:
    return SimplifiedModel(mediator=mediator, g_q=g_q, g_dm=g_dm, **other)  # type: ignore[arg-type]


def current(first: np.ndarray, second: np.ndarray, mass: float, mediator: Mediator) -> np.ndarray:
    """Trace over one fermion line, one index pair (vector) or none (spin zero)."""
    slashed = [sum(METRIC[i, i] * p[i] * GAMMA[i] for i in range(4)) for p in (first, second)]
    vertices = {
        "vector": GAMMA,
        "axial": [g @ GAMMA_5 for g in GAMMA],
        "scalar": [np.eye(4)],
        "pseudoscalar": [1j * GAMMA_5],
    }[mediator]
    bars = [GAMMA[0] @ v.conj().T @ GAMMA[0] for v in vertices]
    left, right = slashed[0] + mass * np.eye(4), slashed[1] - mass * np.eye(4)
    return np.array([[np.trace(right @ v @ left @ bar) for bar in bars] for v in vertices])


def from_traces(simplified: SimplifiedModel, mass: float, dm: float, s: float) -> float:
    """σ(χχ̄ → tt̄) in GeV⁻² by brute force: traces, propagator in unitary gauge, integral over the angle."""
    top = simplified.quarks[-1].mass
    energy = math.sqrt(s) / 2
    p, k = math.sqrt(energy**2 - dm**2), math.sqrt(energy**2 - top**2)
    total, mediator = 0.0, simplified.mediator
    for cosine, weight in zip(*np.polynomial.legendre.leggauss(8), strict=True):
        sine = math.sqrt(1 - cosine**2)
        dark = [np.array([energy, 0, 0, sign * p]) for sign in (1, -1)]
        out = [np.array([energy, sign * k * sine, 0, sign * k * cosine]) for sign in (1, -1)]
        if simplified.spin_one:
            q = METRIC @ (dark[0] + dark[1])
            spin = METRIC - np.outer(q, q) / mass**2
            tensors = (spin, spin, current(*dark, dm, mediator), current(*out, top, mediator).conj())
            square = np.einsum("ac,bd,ab,cd->", *tensors).real
        else:
            square = (current(*dark, dm, mediator) * current(*out, top, mediator)).real.item()
        total += weight * square / 4
    width = float(total_width(simplified, mass, dm))
    couplings = 3 * (simplified.to_quark(simplified.quarks[-1]) * simplified.g_dm) ** 2
    return total * couplings / ((s - mass**2) ** 2 + (mass * width) ** 2) / (32 * math.pi * s) * k / p


@pytest.mark.parametrize("mediator", MEDIATORS)
@pytest.mark.parametrize(("mass", "dm", "above"), [(300, 180, 1.3), (1000, 200, 1.01), (500, 240, 3.0)])
def test_the_cross_section_is_that_of_the_traces(
    mediator: Mediator, mass: float, dm: float, above: float
) -> None:
    s = 4 * dm**2 * above
    expected = from_traces(model(mediator), mass, dm, s)
    assert cross_section(model(mediator), mass, dm, s, channel="tt") == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("dm", "mass", "channel", "value"),
    [(100, 300, "quarks", 7.067e-27), (50, 200, "quarks", 4.899e-27), (50, 200, "bb", 4.485e-27)],
)
def test_the_projects_check_values_of_the_pseudoscalar_are_met(
    dm: float, mass: float, channel: str, value: float
) -> None:
    found = sigma_v_at_rest(model("pseudoscalar", 1, 1), mass, dm, channel=channel)
    assert found == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize("mediator", ["vector", "axial", "pseudoscalar"])
@given(dm=st.floats(5, 900))
def test_at_rest_it_is_the_published_formula(mediator: Mediator, dm: float) -> None:
    # arXiv:1603.04156, sec. 4, for bb̄; the axial one with the factor of the longitudinal mode.
    simplified, mass, b = model(mediator), 1000.0, 4.2
    published = {
        "vector": 2 * dm**2 + b**2,
        "axial": b**2 * (1 - 4 * dm**2 / mass**2) ** 2,
        "pseudoscalar": b**2 / 246**2 * dm**2,
    }[mediator]
    pole = (mass**2 - 4 * dm**2) ** 2 + (mass * float(total_width(simplified, mass, dm))) ** 2
    strength = 3 * 0.7**2 * 0.9**2 / (2 * math.pi * pole) * math.sqrt(1 - b**2 / dm**2)
    found = sigma_v_at_rest(simplified, mass, dm, channel="bb")
    assert found == pytest.approx(CM3_S_GEV2 * strength * published, rel=1e-9)


def test_massless_particles_annihilate_as_electrons_do_into_muons() -> None:
    # 4πα²/(3s) through a mediator much lighter than the energy (any textbook of QED).
    charge = math.sqrt(4 * math.pi / 137)
    photon = model("vector", 0, charge, g_l=charge)
    found = cross_section(photon, 1.0, 1e-2, 1e6, channel="mumu")
    assert found == pytest.approx(4 * math.pi / 137**2 / 3e6, rel=1e-4)


@given(st.floats(100, 2000), st.floats(10, 1000))
def test_a_scalar_mediator_does_nothing_at_rest(mass: float, dm: float) -> None:
    assert sigma_v_at_rest(model("scalar"), mass, dm) == 0


@given(st.sampled_from(MEDIATORS), st.floats(0.1, 1), st.floats(0.1, 1))
def test_off_the_resonance_it_goes_with_the_product_of_the_squared_couplings(
    mediator: Mediator, g_q: float, g_dm: float
) -> None:
    # Far above the pole the width plays no part.
    one = cross_section(model(mediator, g_q, g_dm), 10, 1000, 1e7, channel="bb")
    unit = cross_section(model(mediator, 1, 1), 10, 1000, 1e7, channel="bb")
    assert one == pytest.approx(unit * (g_q * g_dm) ** 2, rel=1e-4)


@given(st.sampled_from(MEDIATORS), st.floats(5, 900))
def test_the_channels_add_up(mediator: Mediator, dm: float) -> None:
    simplified = model(mediator, g_l=0.1) if mediator in ("vector", "axial") else model(mediator)
    channels = ["quarks", "ee", "mumu", "tautau", "nunu"] if simplified.spin_one else ["quarks", "gluons"]
    parts = [cross_section(simplified, 700, dm, 4.4 * dm**2, channel=name) for name in channels]
    assert sum(parts) == pytest.approx(cross_section(simplified, 700, dm, 4.4 * dm**2))


def test_a_channel_is_closed_below_its_threshold() -> None:
    assert sigma_v_at_rest(model("vector"), 1000, 170, channel="tt") == 0
    assert sigma_v_at_rest(model("vector"), 1000, 172, channel="tt") > 0


def test_on_the_resonance_it_is_bounded_by_unitarity() -> None:
    # One partial wave: σ ≤ π (2J+1) / (4 p²), spins averaged (Griest, Kamionkowski, PRL 64 (1990) 615).
    strong = model("pseudoscalar", 1, 1)
    dm = np.linspace(200, 249, 200)
    s = np.full(dm.shape, 500.0**2)
    sigma = cross_section(strong, 500, dm, s)
    assert np.all(sigma < math.pi / (4 * (s / 4 - dm**2)))
    assert sigma.max() > 0.05 * math.pi / (4 * (s[0] / 4 - 249**2))


@pytest.mark.parametrize("s", [4 * 100**2, 1, 0, -5, math.nan])
def test_below_threshold_there_is_no_pair(s: float) -> None:
    with pytest.raises(OutOfRange, match=r"s must exceed|s in GeV²"):
        cross_section(model("vector"), 1000, 100, s)


def test_an_unknown_channel_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidCurve, match=r"unknown annihilation channel 'bbar'; near it: bb"):
        sigma_v_at_rest(model("vector"), 1000, 100, channel="bbar")
    with pytest.raises(InvalidCurve, match="unknown annihilation channel 'tautau'"):
        sigma_v_at_rest(model("scalar"), 1000, 100, channel="tautau")
