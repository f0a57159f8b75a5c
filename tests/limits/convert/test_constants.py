"""Constants against scipy's CODATA and the relations between them."""

import math

import pytest
from scipy import constants as codata

from vre_dm.limits.convert import constants
from vre_dm.limits.convert.constants import QUARKS

GEV = 1e9 * codata.eV


def test_one_over_gev_squared_is_the_area_that_codata_gives() -> None:
    area_cm2 = (codata.hbar * codata.c / GEV) ** 2 * 1e4
    assert pytest.approx(area_cm2, rel=1e-9) == constants.CM2_GEV2
    assert pytest.approx(area_cm2 * codata.c * 100, rel=1e-9) == constants.CM3_S_GEV2


def test_charge_and_masses_are_those_of_codata() -> None:
    assert pytest.approx(codata.fine_structure, rel=1e-8) == constants.ALPHA
    assert pytest.approx(codata.m_e * codata.c**2 / GEV, rel=1e-7) == constants.ELECTRON_MASS
    nucleons = (codata.m_p + codata.m_n) / 2 * codata.c**2 / GEV
    assert pytest.approx(nucleons, rel=5e-5) == constants.NUCLEON_MASS


def test_above_the_perturbative_border_alpha_exceeds_one() -> None:
    assert constants.PERTURBATIVE**2 / (4 * math.pi) == pytest.approx(1)


def test_every_set_of_quarks_has_six_of_three_colours_of_which_the_top_is_heaviest() -> None:
    for quarks in QUARKS.values():
        assert [quark.name for quark in quarks] == list("udscbt")
        assert {quark.colours for quark in quarks} == {3}
        assert max(quarks, key=lambda quark: quark.mass).name == "t"
