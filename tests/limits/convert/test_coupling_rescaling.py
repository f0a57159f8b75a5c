from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.convert import coupling_rescaling as rescaling
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.limits.convert.widths import partial_widths, total_width

V1 = SimplifiedModel(mediator="vector", g_q=0.25, g_dm=1.0)
A1 = SimplifiedModel(mediator="axial", g_q=0.25, g_dm=1.0)
V2 = SimplifiedModel(mediator="vector", g_q=0.1, g_dm=1.0, g_l=0.01)
SCALAR = SimplifiedModel(mediator="scalar", g_q=1.0, g_dm=1.0)


def vector(g_q, g_dm, g_l=0.0):
    return SimplifiedModel(mediator="vector", g_q=g_q, g_dm=g_dm, g_l=g_l)


small = st.floats(0.01, 0.5)
heavy = st.floats(100, 5000)


@pytest.mark.parametrize(("mediator", "dm", "factor"), [(1000, 1, 3.44386), (500, 400, 6.24928)])
def test_the_working_group_s_code_deepens_a_mono_x_limit_by_the_same_factor(mediator, dm, factor):
    # DMWG-couplingScan-code, rescale_by_propagator, g_q 0.25 -> 0.1: on and off the resonance.
    assert rescaling.ratio(V1, vector(0.1, 1), mediator, dm, "mono-X") == pytest.approx(factor, rel=1e-5)


@pytest.mark.parametrize(("g_q", "g_dm", "depth"), [(0.1, 0, 1.64127), (0.25, 0, 0.26260), (0.1, 1, 10.9146)])
def test_the_working_group_s_code_gives_the_same_depths_for_a_dijet_limit(g_q, g_dm, depth):
    # DMWG-couplingScan-code, cross-section method: a limit of half the cross section of V1 at 500 GeV.
    ours = 0.5 * rescaling.ratio(V1, vector(g_q, g_dm), 500, 1, "dijet")
    assert ours == pytest.approx(depth, rel=1e-4)


# Models whose dilepton cross section the public codes below compared with that of V2.
MORE_LEPTONS, NO_DARK_MATTER, LESS_QUARKS = vector(0.1, 1, 0.05), vector(0.1, 0, 0.01), vector(0.05, 1, 0.01)
A2 = SimplifiedModel(mediator="axial", g_q=0.1, g_dm=1.0, g_l=0.1)
WEAK_A2 = SimplifiedModel(mediator="axial", g_q=0.1, g_dm=1.0, g_l=0.01)


@pytest.mark.parametrize(
    ("mass", "dm", "other", "theirs"),
    [
        *((1000, 1, A2, 0.010334), (1000, 400, A2, 0.004485), (1500, 1000, A2, 0.01234)),
        *((1000, 1, NO_DARK_MATTER, 0.15294), (2000, 900, NO_DARK_MATTER, 0.22795)),
        *((300, 1, LESS_QUARKS, 3.609), (1500, 1000, LESS_QUARKS, 1.0076)),
        *((1000, 400, MORE_LEPTONS, 0.040444), (1000, 400, WEAK_A2, 0.40267)),
    ],
)
def test_zpeed_s_dilepton_cross_sections_at_the_lhc_have_the_same_ratio(mass, dm, other, theirs):
    # ZPEED 1.1 (arXiv:1912.06374), run: ee and µµ inside the cuts of ATLAS (arXiv:1903.06248), parton
    # distributions and line shape integrated over ± 3 widths, leptons' widths with three neutrinos.
    assert rescaling.ratio(V2, other, mass, dm, "dilepton") == pytest.approx(theirs, rel=2e-3)


@pytest.mark.parametrize(
    ("mass", "dm", "other", "theirs"),
    [
        *((1000, 1, NO_DARK_MATTER, 0.152678), (2000, 900, NO_DARK_MATTER, 0.227482)),
        *((1000, 400, LESS_QUARKS, 3.44505), (1500, 1000, MORE_LEPTONS, 0.0418634)),
    ],
)
def test_the_working_group_s_code_gives_the_same_ratios_of_dilepton_signals(mass, dm, other, theirs):
    # DMWG-couplingScan-code, rescale_by_br_leptons, one neutrino flavour. Between vector and axial mediators
    # it differs by up to 3 %, as it counts the top quark among what makes the resonance.
    old, new = (replace(model, neutrino_flavours=1) for model in (V2, other))
    assert rescaling.ratio(old, new, mass, dm, "dilepton") == pytest.approx(theirs, rel=1e-5)


def brute_force(model, mass, dm):
    width = float(total_width(model, mass, dm))

    def integrand(log_s):
        s = np.exp(log_s)
        ratio = dm**2 / s
        beta = np.sqrt(1 - 4 * ratio)
        weight = beta * (1 + 2 * ratio) if model.mediator == "vector" else beta**3
        return s * weight / ((s - mass**2) ** 2 + (mass * width) ** 2)

    peak = [mass**2 + k * mass * width for k in (-10, -1, 0, 1, 10, 100)]
    start = 4 * dm**2
    edges = np.log([start, *(s for s in peak if s > start), 1e9 * mass**2])
    pieces = [quad(integrand, a, b, limit=200, epsabs=0)[0] for a, b in pairwise(edges)]
    return (model.g_q * model.g_dm) ** 2 * sum(pieces)


@pytest.mark.parametrize("model", [V1, A1, vector(0.01, 0.1)])
@pytest.mark.parametrize(("mass", "dm"), [(1000, 1), (1000, 400), (1000, 499.9), (1000, 500.1), (500, 400)])
def test_the_phase_space_integral_is_that_of_an_adaptive_quadrature(model, mass, dm):
    assert rescaling.phase_space(model, mass, dm) == pytest.approx(brute_force(model, mass, dm), rel=1e-6)


def test_a_narrow_resonance_decays_by_its_branching_fraction():
    # π g_q² g_DM² β(1 + 2m²/M²)/(MΓ) = 12π² g_q² BR(DM)/M²
    model = vector(0.01, 0.02)
    mass, dm = 1000.0, 300.0
    branching = partial_widths(model, mass, dm)["DM"] / total_width(model, mass, dm)
    expected = 12 * np.pi**2 * model.g_q**2 * branching / mass**2
    assert rescaling.phase_space(model, mass, dm) == pytest.approx(expected, rel=1e-3)


def test_without_phase_space_the_two_integrals_are_the_same():
    assert rescaling.phase_space(V1, 1000, 1e-3) == pytest.approx(
        rescaling.propagator(V1, 1000, 1e-3), rel=1e-6
    )


@given(small, small, heavy, st.floats(0.01, 2))
def test_there_and_back_is_where_one_was(first, second, mass, dm_share):
    old, new, dm = vector(first, 1), vector(second, 0.5), dm_share * mass
    there = rescaling.ratio(old, new, mass, dm, "mono-X")
    back = rescaling.ratio(new, old, mass, dm, "mono-X")
    assert there * back == pytest.approx(1)


@given(heavy, st.floats(0.6, 3))
def test_far_off_resonance_the_cross_section_is_the_product_of_the_couplings_squared(mass, dm_share):
    weak, strong = vector(0.001, 0.01), vector(0.002, 0.03)
    ratio = rescaling.ratio(strong, weak, mass, dm_share * mass, "mono-X")
    assert ratio == pytest.approx(36, rel=0.01)


@given(heavy, st.floats(0.01, 0.4))
def test_on_resonance_a_vanishing_quark_coupling_leaves_only_its_square(mass, dm_share):
    # All decays are then to dark matter, whatever its coupling.
    ratio = rescaling.ratio(vector(2e-4, 0.3), vector(1e-4, 0.2), mass, dm_share * mass, "mono-X")
    assert ratio == pytest.approx(4, rel=0.02)


@given(st.lists(small, min_size=1, max_size=3), heavy, st.sampled_from(["dijet", "mono-X"]))
def test_a_coupling_limit_in_its_own_model_stays(limits, mass, signature):
    mass = np.full(len(limits), mass)
    known = {"old_dm_mass": 10.0, "new_dm_mass": 10.0, "signature": signature}
    ours = rescaling.quark_coupling(limits, V1, V1, mass, **known)
    np.testing.assert_allclose(ours, limits, rtol=1e-6)


@given(small, heavy)
def test_the_new_coupling_gives_the_excluded_cross_section(limit, mass):
    known = {"old_dm_mass": 1e4, "new_dm_mass": mass / 3, "signature": "dijet"}
    ours = float(rescaling.quark_coupling(limit, V1, A1, mass, **known))
    if ours < 1:
        old = rescaling.resonant(vector(limit, 1), mass, 1e4, "dijet")
        axial = SimplifiedModel(mediator="axial", g_q=ours, g_dm=1.0)
        assert rescaling.resonant(axial, mass, mass / 3, "dijet") == pytest.approx(old, rel=1e-6)


def test_a_new_decay_channel_weakens_a_dijet_limit():
    closed, opened = (
        rescaling.quark_coupling(0.1, V1, V1, 1000, old_dm_mass=1e4, new_dm_mass=dm, signature="dijet")
        for dm in (1e4, 10.0)
    )
    assert closed == pytest.approx(0.1)
    assert opened > closed


def test_a_dilepton_limit_that_no_coupling_reaches_is_infinite():
    known = {"old_dm_mass": 1e4, "new_dm_mass": 10.0, "signature": "dilepton"}
    assert rescaling.quark_coupling(0.1, vector(0.1, 1, 0.1), V2, 1000, **known) == np.inf


@pytest.mark.parametrize("method", [rescaling.propagator, rescaling.phase_space])
def test_a_scalar_mediator_is_refused(method):
    with pytest.raises(OutOfRange, match="made by gluons"):
        method(SCALAR, 1000, 10)


@pytest.mark.parametrize("signature", ["dilepton", "mono-X"])
def test_a_signal_that_a_model_does_not_give_is_refused(signature):
    silent = vector(0.25, 0)
    with pytest.raises(OutOfRange, match=f"no {signature} signal"):
        rescaling.ratio(V1, silent, 1000, 10, signature)


def test_an_unknown_signature_is_refused():
    with pytest.raises(InvalidCurve, match="unknown signature 'monojet'"):
        rescaling.ratio(V1, V2, 1000, 10, "monojet")


@pytest.mark.parametrize(
    ("mass", "dm"), [(0, 1), (-1, 1), (1000, 0), (float("nan"), 1), (1000, float("inf"))]
)
def test_a_mass_that_makes_no_sense_is_refused(mass, dm):
    with pytest.raises(OutOfRange, match="mass in GeV"):
        rescaling.ratio(V1, V2, mass, dm, "mono-X")
