import math

import numpy as np
import pytest

from vre_dm.errors import OutOfRange
from vre_dm.physics.dilepton.benchmarks import BENCHMARKS, e6, sequential


def charge(model, fermion: str) -> tuple[float, float]:
    """Left- and right-handed coupling."""
    vector, axial = model.coupling(fermion)
    return vector - axial, vector + axial


def test_psi_couples_purely_axially_to_what_is_charged() -> None:
    psi = BENCHMARKS["psi"]
    for fermion in ("u", "d", "e"):
        left, right = charge(psi, fermion)
        assert left == pytest.approx(-right)
    assert charge(psi, "nu_e")[1] == 0


def test_chi_charges_stand_in_their_ratios() -> None:
    chi = BENCHMARKS["chi"]
    unit = charge(chi, "u")[1]
    found = [*charge(chi, "u"), *charge(chi, "d"), *charge(chi, "e"), charge(chi, "nu_mu")[0]]
    np.testing.assert_allclose(np.array(found) / unit, [-1, 1, -1, -3, 3, 1, 3], atol=1e-12)


def test_the_hypercharge_coupling_of_e6_is_that_of_a_unified_group() -> None:
    # Langacker's review, arXiv:0801.1345: g_2 = sqrt(5/3) g tan(theta_W), 0.46 at the weak scale.
    left, _ = charge(BENCHMARKS["psi"], "u")
    assert left * math.sqrt(24) == pytest.approx(math.sqrt(5 / 3) * 0.3574, rel=2e-3)


def test_angles_turn_psi_into_chi_and_back() -> None:
    assert e6(0.0).coupling("d") == pytest.approx(BENCHMARKS["psi"].coupling("d"))
    half = e6(math.pi / 4)
    psi, chi = (BENCHMARKS[name].coupling("d") for name in ("psi", "chi"))
    assert half.coupling("d") == pytest.approx(
        tuple((p + c) / math.sqrt(2) for p, c in zip(psi, chi, strict=True))
    )
    with pytest.raises(OutOfRange, match="angle"):
        e6(7.0)


def test_the_sequential_boson_has_the_z_width_at_the_z_mass() -> None:
    from vre_dm.physics.dilepton.resonance import partial_widths

    widths = partial_widths(sequential(), 91.1876, 1e4)
    # PDG 2024: invisible 499.3 MeV, one charged lepton 83.98 MeV; leading order, without QCD corrections.
    assert sum(widths[f"nu_{f}"] for f in ("e", "mu", "tau")) == pytest.approx(0.4993, rel=0.01)
    assert widths["e"] == pytest.approx(0.08398, rel=0.01)
