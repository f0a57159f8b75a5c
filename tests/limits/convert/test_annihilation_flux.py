import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.checks import check
from vre_dm.limits.convert import annihilation_flux as flux
from vre_dm.limits.convert.derived import Origin

DRACO = {"j_factor": 1e19, "per_event": 1.0, "particle": "Majorana"}
positive = st.floats(1e-6, 1e6)


def test_the_flux_of_the_survey_s_example():
    assert flux.annihilation(3e-26, 100, **DRACO) == pytest.approx(1.1937e-12, rel=1e-4)


def test_gammapy_s_flux_above_10_gev_of_a_5_tev_relic_in_bottom_quarks():
    # gammapy.astro.darkmatter, test_dm_annihilation_spectral_model: J = 3.41e19 GeV²/cm⁵, 3e-26 cm³/s, k = 2,
    # 10 GeV to 10 TeV. The spectra of arXiv:1012.4515 have 38.054 photons an annihilation there.
    ours = flux.annihilation(3e-26, 5000, j_factor=3.41e19, per_event=38.054, particle="Majorana")
    assert ours == pytest.approx(6.19575457e-14, rel=1e-3)


def test_gammapy_s_differential_flux_at_1_tev():
    # As above; 1.8315e-4 photons per GeV at 1 TeV, the flux is per TeV.
    ours = flux.annihilation(3e-26, 5000, j_factor=3.41e19, per_event=1.8315e-4, particle="Majorana")
    assert ours * 1e3 == pytest.approx(2.97506768e-16, rel=1e-3)


def test_of_dirac_particles_half_the_pairs_annihilate():
    dirac = flux.annihilation(3e-26, 100, **{**DRACO, "particle": "Dirac"})
    assert dirac == pytest.approx(flux.annihilation(3e-26, 100, **DRACO) / 2)


def test_a_column_of_one_decay_per_second_and_square_centimetre_is_a_flux_of_one():
    # D is per steradian of 4π: with D = 4π GeV/cm², 1 GeV and 1 s one decay a cm² and s.
    assert flux.decay(1, 1, d_factor=4 * np.pi, per_event=1) == pytest.approx(1)


@given(positive, positive, positive, positive, st.sampled_from(["Majorana", "Dirac"]))
def test_cross_section_and_flux_are_each_others_inverse(sigmav, mass, j_factor, photons, particle):
    known = {"j_factor": j_factor, "per_event": photons, "particle": particle}
    there = flux.annihilation(sigmav, mass, **known)
    assert flux.sigmav(there, mass, **known) == pytest.approx(sigmav)


@given(positive, positive, positive, positive)
def test_lifetime_and_flux_are_each_others_inverse(lifetime, mass, d_factor, photons):
    known = {"d_factor": d_factor, "per_event": photons}
    assert flux.lifetime(flux.decay(lifetime, mass, **known), mass, **known) == pytest.approx(lifetime)


@given(positive, st.floats(1.1, 10))
def test_heavier_particles_are_fewer(mass, factor):
    light, heavy = flux.annihilation(3e-26, np.array([mass, factor * mass]), **DRACO)
    assert light / heavy == pytest.approx(factor**2)
    light, heavy = flux.decay(1e27, np.array([mass, factor * mass]), d_factor=1e18, per_event=1)
    assert light / heavy == pytest.approx(factor)


def test_no_photon_in_range_is_no_flux_but_gives_no_limit():
    assert flux.annihilation(3e-26, 100, **{**DRACO, "per_event": 0}) == 0
    with pytest.raises(OutOfRange, match="photons per annihilation"):
        flux.sigmav(1e-12, 100, **{**DRACO, "per_event": 0})


def test_a_limit_on_a_flux_becomes_a_curve_of_the_cross_section():
    source = Origin(experiment="own", licence="BSD-3-Clause", cl=0.95)
    curve = flux.sigmav_curve(source, [10, 100], [1e-12, 1e-13], id="mine", channel="bb", **DRACO)
    assert check(curve) == []
    assert curve.at(10) == flux.sigmav(1e-12, 10, **DRACO)
    assert curve.assumptions["J_factor"] == "1e+19 GeV2/cm5, no uncertainty"
    assert curve.provenance.formula == "flux/annihilation/Majorana/1012.4515"


def test_a_limit_on_a_flux_becomes_a_curve_of_the_lifetime():
    source = Origin(experiment="own", licence="BSD-3-Clause", cl=0.95)
    known = {"d_factor": 1e18, "per_event": 20}
    curve = flux.lifetime_curve(source, [10, 100], [1e-12, 1e-13], id="mine", channel="bb", **known)
    assert check(curve) == []
    assert curve.quantity == "lifetime"
    assert curve.at(100) == flux.lifetime(1e-13, 100, **known)


@pytest.mark.parametrize("wrong", [{"j_factor": 0}, {"j_factor": float("inf")}, {"per_event": -1}])
def test_a_number_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(OutOfRange):
        flux.annihilation(3e-26, 100, **{**DRACO, **wrong})


def test_an_unknown_particle_is_refused():
    with pytest.raises(InvalidCurve, match="unknown particle"):
        flux.annihilation(3e-26, 100, **{**DRACO, "particle": "scalar"})
