"""⟨σv⟩ as lines: predictions against the project's check values, and limits for Dirac dark matter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.catalogue import curves
from vre_dm.limits.convert import annihilation_flux, annihilation_lines, relic_contour
from vre_dm.limits.convert.annihilation import sigma_v_at_rest
from vre_dm.limits.convert.simplified_model import SimplifiedModel

PSEUDO = SimplifiedModel(mediator="pseudoscalar", g_q=1, g_dm=1)


@pytest.mark.parametrize(
    ("mediator", "dm", "channel", "sigmav"),
    [(300, 100, "quarks", 7.067e-27), (200, 50, "quarks", 4.899e-27), (200, 50, "bb", 4.485e-27)],
)
def test_a_pseudoscalar_gives_the_projects_check_values(
    mediator: float, dm: float, channel: str, sigmav: float
) -> None:
    line = annihilation_lines.expected(PSEUDO, mediator, [dm, dm + 1], id="p", channel=channel)
    assert line.at(dm) == pytest.approx(sigmav, rel=1e-3)


@given(st.floats(10, 1e4), st.floats(1, 5e3))
def test_a_line_holds_the_cross_section_at_rest(mediator: float, dm: float) -> None:
    line = annihilation_lines.expected(PSEUDO, mediator, dm, id="p")
    assert line.y == pytest.approx(sigma_v_at_rest(PSEUDO, mediator, [dm]), rel=1e-12)


def test_the_line_peaks_where_two_particles_make_the_mediator() -> None:
    masses = np.geomspace(20, 500, 1001)
    line = annihilation_lines.expected(PSEUDO, 300, masses, id="p")
    assert line.x[line.y.argmax()] == pytest.approx(150, rel=0.01)


def test_masses_below_the_top_are_left_out_of_the_top_channel() -> None:
    line = annihilation_lines.expected(PSEUDO, 1000, np.geomspace(10, 1000, 50), id="p", channel="tt")
    assert line.x.min() > 171
    assert line.channel == "tt"


def test_the_line_says_which_model_it_is_and_that_its_particles_are_dirac() -> None:
    line = annihilation_lines.expected(PSEUDO, 300, [50, 60], id="p")
    assert line.kind == "theory"
    assert line.assumptions["particle"] == "Dirac"
    assert line.assumptions["mediator_mass_GeV"] == 300
    assert line.scalings == ()


def test_a_relic_of_dirac_particles_meets_its_own_prediction_off_the_resonance() -> None:
    # Far below the resonance annihilation hardly depends on the velocity: the relic contour of the model lies
    # where the line of the model passes the line of the thermal relic.
    contour = relic_contour.contour(PSEUDO, [150.0], id="relic")
    line = annihilation_lines.expected(PSEUDO, 150, contour.y, id="p")
    (relic,) = curves("sv_thermal_relic_oh2_0p12_dirac")
    assert line.y == pytest.approx(relic.at(contour.y), rel=0.25)


def test_a_scalar_mediator_has_no_line_as_its_annihilation_dies_out() -> None:
    scalar = SimplifiedModel(mediator="scalar", g_q=1, g_dm=1)
    with pytest.raises(OutOfRange, match="p wave"):
        annihilation_lines.expected(scalar, 300, [50], id="s")


def test_a_channel_that_is_closed_everywhere_is_refused() -> None:
    with pytest.raises(OutOfRange, match="the channel tt is closed at every mass from 10 to 100 GeV"):
        annihilation_lines.expected(PSEUDO, 300, [10, 100], id="p", channel="tt")


def test_dirac_particles_may_annihilate_twice_as_strongly_for_the_same_flux() -> None:
    (published,) = curves("sv_veritas_2017_dsph_bb")
    restated = annihilation_lines.for_dirac(published, id="dirac")
    flux = {"mass": 1000, "j_factor": 1e19, "per_event": 10}
    seen = annihilation_flux.annihilation(published.at(1000), particle="Majorana", **flux)
    assert annihilation_flux.annihilation(restated.at(1000), particle="Dirac", **flux) == pytest.approx(seen)
    assert restated.cl == published.cl
    assert restated.channel == "bb"
    assert "curve sv_veritas_2017_dsph_bb" in restated.provenance.inputs


def test_a_limit_for_dirac_particles_is_not_doubled_again() -> None:
    once = annihilation_lines.for_dirac(curves("sv_veritas_2017_dsph_bb")[0], id="dirac")
    with pytest.raises(InvalidCurve, match="curve dirac is for Dirac dark matter already"):
        annihilation_lines.for_dirac(once, id="again")
    (relic,) = curves("sv_thermal_relic_oh2_0p12_dirac")
    with pytest.raises(InvalidCurve, match="already"):
        annihilation_lines.for_dirac(relic, id="again")


def test_a_prediction_is_not_doubled_as_freeze_out_is_later_for_dirac_particles() -> None:
    with pytest.raises(InvalidCurve, match="sv_thermal_relic_oh2_0p12 is a prediction"):
        annihilation_lines.for_dirac(curves("sv_thermal_relic_oh2_0p12")[0], id="dirac")


def test_only_limits_on_annihilation_are_restated() -> None:
    with pytest.raises(InvalidCurve, match="si_lz_2024 is about sigma_SI"):
        annihilation_lines.for_dirac(curves("si_lz_2024")[0], id="dirac")
