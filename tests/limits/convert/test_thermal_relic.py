import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline
from scipy.special import kve

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.checks import check
from vre_dm.limits.convert import degrees_of_freedom, thermal_relic
from vre_dm.limits.convert.constants import CM3_S_GEV2

MASSES = np.array([0.3, 1, 8, 30, 300, 1e4, 1e5])
# Mass in GeV, cm³/s: Boltzmann integration with the g* table of MadDM, which knows no interactions.
OLDER_CODES = {1: 4.255e-26, 10: 2.199e-26, 30: 2.040e-26, 100: 2.012e-26, 1000: 2.022e-26, 1e4: 2.140e-26}


def majorana(mass, abundance=0.12):
    return thermal_relic.cross_section(mass, particle="Majorana", abundance=abundance)


def stiff_solution(mass, sigmav):
    """The same equation for ln Y from x = 5, by scipy's Radau."""
    constant = np.sqrt(np.pi / 45) * thermal_relic.PLANCK_MASS / CM3_S_GEV2 * mass * sigmav

    def rate(x):
        return constant / x**2 * degrees_of_freedom.freeze_out(mass / x)

    def equilibrium(x):
        return 45 * 2 / (4 * np.pi**4) * x**2 * kve(2, x) * np.exp(-x) / degrees_of_freedom.entropy(mass / x)

    def slope(log_x, log_y):
        x, y = np.exp(log_x), np.exp(log_y)
        return -x * rate(x) * (y - equilibrium(x) ** 2 / y)

    start, end = 5.0, 9000.0
    span, first = (np.log(start), np.log(end)), [np.log(equilibrium(start))]
    solution = solve_ivp(slope, span, first, method="Radau", rtol=1e-7, atol=1e-9)
    left = 1 / (np.exp(-solution.y[0, -1]) + end * rate(end))
    return left * mass * thermal_relic.ABUNDANCE_OF_YIELD


@pytest.mark.parametrize("mass", MASSES)
def test_the_solution_is_that_of_scipys_stiff_solver(mass):
    sigmav = float(majorana(mass))
    assert stiff_solution(mass, sigmav) == pytest.approx(0.12, rel=1e-3)


def test_steigman_2012_a_maximum_of_5_2e_26_near_a_third_of_a_gev():
    # arXiv:1204.3622, abstract; its abundance is 0.11, its g* of 2006.
    assert majorana(0.3, 0.11) == pytest.approx(5.2e-26, rel=0.05)


# arXiv:1204.3622, the numerical line of its figure (Ωh² = 0.11) as digitised for dmbounds: GeV, cm³/s.
BEFORE_QCD = {0.411: 5.020e-26, 0.960: 4.734e-26, 1.76: 4.526e-26, 2.64: 4.215e-26, 3.50: 3.644e-26}
QCD = {5.03: 2.878e-26, 8.17: 2.540e-26, 15.6: 2.319e-26, 36.4: 2.202e-26, 104: 2.215e-26}
ELECTROWEAK = {243: 2.293e-26, 616: 2.345e-26, 1987: 2.319e-26, 5915: 2.345e-26, 9604: 2.397e-26}


@pytest.mark.parametrize("line", [BEFORE_QCD, ELECTROWEAK])
def test_steigman_2012_is_met_to_three_per_cent_where_the_degrees_of_freedom_are_the_same(line):
    np.testing.assert_allclose(majorana(np.array(list(line)), 0.11), list(line.values()), rtol=0.03)


def test_steigman_2012_is_lower_where_quarks_and_gluons_were_counted_as_nearly_free():
    ratio = majorana(np.array(list(QCD)), 0.11) / list(QCD.values())
    assert np.all((ratio > 1.03) & (ratio < 1.075))


@pytest.mark.parametrize("mass", OLDER_CODES)
def test_lines_of_older_codes_differ_by_what_saikawa_and_shirai_found(mass):
    # arXiv:2005.03544, abstract: "nearly 10 %" between 1 GeV and 1 TeV against the conventional g*.
    ratio = float(majorana(mass)) / OLDER_CODES[mass]
    assert 0.99 < ratio < 1.10
    if not 3 < mass < 3000:
        assert ratio == pytest.approx(1, abs=0.03)


# arXiv:1606.07494, table S2: log10 of T/MeV, g_rho, g_rho/g_s. Lattice QCD with four flavours.
LATTICE = np.array(
    [
        *((0.0, 10.71, 1.00228), (0.5, 10.74, 1.00029), (1.0, 10.76, 1.00048), (1.25, 11.09, 1.00505)),
        *((1.6, 13.68, 1.02159), (2.0, 17.61, 1.02324), (2.15, 24.07, 1.05423), (2.2, 29.84, 1.07578)),
        *((2.4, 47.83, 1.06118), (2.5, 53.04, 1.0469), (3.0, 73.48, 1.01778), (4.0, 83.1, 1.00123)),
        *((4.3, 85.56, 1.00389), (4.6, 91.97, 1.00887), (5.0, 102.17, 1.0075), (5.45, 104.98, 1.00023)),
    ]
)


def test_an_independent_equation_of_state_asks_for_the_same_cross_section(monkeypatch):
    mine = majorana(masses := np.array([12, 30, 100, 300, 1000, 2800]))
    log, rho, ratio = LATTICE.T
    knots = (log - 3) * np.log(10)
    inside = np.linspace(knots[0], knots[-1], 800)
    g_rho, g_s = CubicSpline(knots, rho)(inside), (spline := CubicSpline(knots, rho / ratio))(inside)
    slope = spline(inside, 1) / g_s
    table = np.column_stack([np.exp(inside), g_rho, g_s, g_s / np.sqrt(g_rho) * (1 + slope / 3)])
    monkeypatch.setattr(degrees_of_freedom, "_table", lambda: table)
    np.testing.assert_allclose(majorana(masses), mine, rtol=0.03)


# The table of MadDM 3 (arXiv:1804.00044), free particles down to 0.2 GeV, by 20 of its 100 rows: T in GeV,
# g_rho, g_s.
MADDM = np.array(
    [
        *((9.85e-6, 3.36, 3.91), (7.07e-5, 3.43, 4.0), (1.03e-4, 4.44, 4.44), (1.25e-4, 5.13, 5.13)),
        *((1.51e-4, 6.45, 6.45), (2.66e-4, 8.72, 8.72), (3.87e-4, 9.76, 9.76), (6.78e-4, 10.58, 10.58)),
        *((0.0132, 10.98, 10.98), (0.0192, 11.39, 11.39), (0.0279, 12.17, 12.17), (0.0489, 14.68, 14.68)),
        *((0.0857, 16.29, 16.29), (0.12, 18.65, 18.65), (0.18, 23.58, 23.58), (0.22, 57.56, 57.56)),
        *((1.75, 80.26, 80.26), (11.22, 87.72, 87.72), (49.8, 103.7, 103.7), (1000, 106.8, 106.8)),
    ]
)


def test_with_the_degrees_of_freedom_of_maddm_the_older_values_come_back(monkeypatch):
    log, rho, s = np.log(MADDM[:, 0]), MADDM[:, 1], MADDM[:, 2]
    inside = np.linspace(log[0], log[-1], 400)
    rho, s = np.interp(inside, log, rho), np.interp(inside, log, s)
    slope = np.gradient(np.log(s), inside)
    temperature = np.geomspace(MADDM[0, 0], MADDM[-1, 0], 400)
    table = np.column_stack([temperature, rho, s, s / np.sqrt(rho) * (1 + slope / 3)])
    monkeypatch.setattr(degrees_of_freedom, "_table", lambda: table)
    np.testing.assert_allclose(majorana(np.array(list(OLDER_CODES))), list(OLDER_CODES.values()), rtol=0.01)


def test_dirac_particles_need_a_little_more_than_twice_the_cross_section():
    dirac = thermal_relic.cross_section(MASSES, particle="Dirac")
    # Twice for the pairs, and ln 2 over x_f (20 to 30) for the later freeze-out of each species.
    np.testing.assert_allclose(dirac / majorana(MASSES), 2 * (1 + np.log(2) / 25), rtol=0.02)


@settings(max_examples=20)
@given(st.floats(0.3, 1e5), st.floats(0.01, 1), st.sampled_from(["Majorana", "Dirac"]))
def test_abundance_and_cross_section_are_each_others_inverse(mass, wanted, particle):
    sigmav = thermal_relic.cross_section(mass, particle=particle, abundance=wanted)
    assert thermal_relic.abundance(mass, sigmav, particle=particle) == pytest.approx(wanted, rel=1e-4)


@settings(max_examples=20)
@given(st.floats(0.3, 1e5), st.floats(1e-27, 9e-25))
def test_more_annihilation_leaves_less_behind(mass, sigmav):
    less, more = thermal_relic.abundance(mass, [sigmav, 1.1 * sigmav], particle="Majorana")
    assert less / 1.12 < more < less / 1.08


def test_the_line_carries_its_conventions_and_passes_the_checks():
    line = thermal_relic.curve(particle="Dirac")
    assert check(line) == []
    assert line.range == (0.3, 1e5)
    assert line.assumptions["particle"] == "Dirac"
    assert line.provenance.type == "derived"
    assert line.kind == "theory"
    assert "abundance = 0.12" in line.provenance.inputs


@pytest.mark.parametrize("mass", [0, -1, 0.29, 1.01e5, float("nan"), float("inf")])
def test_a_mass_outside_the_range_is_refused(mass):
    with pytest.raises(OutOfRange, match="nothing is extrapolated"):
        majorana(mass)


@pytest.mark.parametrize("abundance", [0, -0.1, 5, float("nan")])
def test_an_abundance_that_makes_no_sense_is_refused(abundance):
    with pytest.raises(OutOfRange, match="abundance"):
        majorana(100, abundance)


def test_a_relic_that_never_was_in_equilibrium_is_refused():
    with pytest.raises(OutOfRange, match="equilibrium"):
        thermal_relic.abundance(100, 1e-29, particle="Majorana")


def test_an_unknown_particle_is_refused():
    with pytest.raises(InvalidCurve, match="unknown particle 'scalar'"):
        thermal_relic.cross_section(100, particle="scalar")


def test_many_masses_keep_their_shape():
    assert majorana(np.full((2, 3), 100.0)).shape == (2, 3)
    assert isinstance(majorana(100), float)
