"""Hadronic sources beside the release that KM3NeT's study of four of them comes with."""

import numpy as np
import pytest

from vre_dm.errors import OutOfRange
from vre_dm.physics.neutrino.checks import checks
from vre_dm.physics.neutrino.galactic import HADRONIC, Hadronic
from vre_dm.physics.neutrino.pion_decay import PionDecay
from vre_dm.physics.validation import Check

# TeV and 1/(TeV cm² s): two points each of H.E.S.S. and HAWC, from data/models/FP_*.csv of the release.
MEASURED = {
    "Vela X": ((1.8658, 4.408e-12, 3.5e-13), (10.6163, 1.653e-13, 2.4e-14)),
    "RX J1713.7−3946": ((1.05, 1.6644e-11, 6.3e-13), (9.65, 9.518e-14, 1.03e-14)),
    "eHWC J1907+063": ((3.13, 1.5413e-12, 1.12e-13), (34.79, 3.5114e-15, 3.8e-16)),
    "Westerlund 1": ((1.0, 8.654e-12, 2.69e-12), (10.0, 7.084e-14, 2.47e-14)),
}


@pytest.fixture(scope="module")
def found(paths: list) -> list[Check]:
    return list(checks(lambda did: paths))


@pytest.mark.parametrize("hadronic", HADRONIC, ids=lambda each: each.name)
def test_the_gamma_rays_are_those_measured(hadronic: Hadronic) -> None:
    for energy, flux, error in MEASURED[hadronic.name]:
        ours = 1e3 * hadronic.flux.gamma_rays(1e3 * energy)
        assert abs(ours - flux) < 3 * error + 0.03 * flux


def test_every_check_holds(found: list[Check]) -> None:
    assert len(found) == 11
    assert [check for check in found if not check.holds] == []


def test_a_hard_spectrum_gives_neutrinos_as_it_gives_gamma_rays() -> None:
    """Both follow the protons; the neutrinos, after mixing, with somewhat less."""
    flux = PionDecay(protons_per_ev=1e35, index=2.0, cutoff_tev=1e5, distance_kpc=1)
    energy = np.geomspace(1e3, 1e5, 5)
    ratio = flux.at(energy) / flux.gamma_rays(energy)
    assert np.all((ratio > 0.3) & (ratio < 0.6))
    assert np.ptp(ratio) < 0.1


def test_a_source_twice_as_far_is_four_times_fainter() -> None:
    near, far = (
        PionDecay(protons_per_ev=1e35, index=2, cutoff_tev=100, distance_kpc=distance) for distance in (1, 2)
    )
    edges = np.geomspace(1e2, 1e6, 9)
    np.testing.assert_allclose(near.in_bins(edges), 4 * far.in_bins(edges))


def test_protons_that_cannot_be_are_refused() -> None:
    with pytest.raises(OutOfRange, match="distance in kpc"):
        PionDecay(protons_per_ev=1e35, index=2, cutoff_tev=100, distance_kpc=0)
