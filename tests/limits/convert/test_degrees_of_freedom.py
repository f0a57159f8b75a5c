import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import degrees_of_freedom as builder
from vre_dm.errors import OutOfRange
from vre_dm.limits.convert import degrees_of_freedom as g

# arXiv:1606.07494, table S2: log10(T/MeV), g_rho, g_rho/g_s. Lattice QCD, independent of arXiv:1803.01038.
LATTICE = np.array(
    [
        (0.00, 10.71, 1.00228),
        (0.50, 10.74, 1.00029),
        (1.00, 10.76, 1.00048),
        (1.25, 11.09, 1.00505),
        (1.60, 13.68, 1.02159),
        (2.00, 17.61, 1.02324),
        (2.15, 24.07, 1.05423),
        (2.20, 29.84, 1.07578),
        (2.40, 47.83, 1.06118),
        (2.50, 53.04, 1.04690),
        (3.00, 73.48, 1.01778),
        (4.00, 83.10, 1.00123),
        (4.30, 85.56, 1.00389),
        (4.60, 91.97, 1.00887),
        (5.00, 102.17, 1.00750),
        (5.45, 104.98, 1.00023),
    ]
)


def test_the_shipped_table_is_what_the_builder_writes():
    assert (builder.FOLDER / "degrees_of_freedom.csv").read_text(encoding="utf-8") == builder.csv()


def test_the_plasma_agrees_with_the_lattice_calculation_of_1606_07494():
    temperature = 10 ** (LATTICE[:, 0] - 3)
    np.testing.assert_allclose(g.energy(temperature), LATTICE[:, 1], rtol=0.055)
    np.testing.assert_allclose(g.entropy(temperature), LATTICE[:, 1] / LATTICE[:, 2], rtol=0.055)


def test_through_the_qcd_transition_it_agrees_with_the_lattice_to_two_per_cent():
    rows = LATTICE[(LATTICE[:, 0] > 0.4) & (LATTICE[:, 0] < 2.6)]
    np.testing.assert_allclose(g.energy(10 ** (rows[:, 0] - 3)), rows[:, 1], rtol=0.02)


def test_the_table_hits_rows_that_the_authors_of_1803_01038_published():
    # Central values of their own tabulation: T in GeV, g_rho, g_s.
    for temperature, energy, entropy in (
        (0.020054420, 11.326, 11.239),
        (0.100324050, 17.767, 17.352),
        (0.200013840, 41.095, 38.109),
        (0.299129190, 52.347, 49.876),
    ):
        assert g.energy(temperature) == pytest.approx(energy, rel=0.03)
        assert g.entropy(temperature) == pytest.approx(entropy, rel=0.03)


def test_today_the_neutrinos_are_cooler_than_the_photons():
    # Photons and N_eff = 3.044 neutrinos at (4/11)^(1/3) of their temperature: 3.383 and 3.93 (PDG 2024).
    assert g.energy(1e-5) == pytest.approx(2 + 7 / 8 * 2 * 3.044 * (4 / 11) ** (4 / 3), rel=1e-3)
    assert g.entropy(1e-5) == pytest.approx(3.93, rel=1e-3)


def test_at_the_highest_temperatures_the_plasma_stays_below_the_ideal_gas_of_all_particles():
    assert 103 < g.energy(9e4) < 106.75


@given(st.floats(1e-5, 9.9e4))
def test_energy_and_entropy_count_nearly_the_same_particles(temperature):
    assert 0.8 < g.energy(temperature) / g.entropy(temperature) < 1.12
    assert g.freeze_out(temperature) > 0


@pytest.mark.parametrize("temperature", [0, -1, 0.9e-5, 1.1e5, float("nan"), [1, 1e6]])
def test_a_temperature_outside_the_table_is_refused(temperature):
    with pytest.raises(OutOfRange, match="range of the table"):
        g.energy(temperature)
