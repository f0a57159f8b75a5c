import numpy as np
import pytest

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.widths import total_width
from vre_dm.physics.dilepton.benchmarks import BENCHMARKS, SIMPLIFIED
from vre_dm.physics.dilepton.couplings import ZPrime
from vre_dm.physics.dilepton.resonance import joined, resonance

MASSES = np.array([300.0, 346.0, 1000.0, 5000.0])


@pytest.mark.parametrize("name", SIMPLIFIED)
def test_widths_of_working_group_models_are_those_of_the_conversions(name: str) -> None:
    ours = resonance(BENCHMARKS[name], MASSES, 200.0).width_gev
    np.testing.assert_allclose(ours, total_width(SIMPLIFIED[name], MASSES, 200.0), rtol=1e-12)


@pytest.mark.parametrize(("name", "percent"), [("SSM", 3.0), ("psi", 0.5), ("chi", 1.2)])
def test_benchmark_widths_round_to_those_that_atlas_tested(name: str, percent: float) -> None:
    found = 100 * resonance(BENCHMARKS[name], 4000.0, 1e5).relative_width[0]
    assert float(f"{found:.1g}" if percent < 1 else f"{found:.2g}") == percent


def test_masses_broadcast_over_a_plane_and_dark_matter_widens() -> None:
    found = resonance(BENCHMARKS["V2"], MASSES[:, None], np.array([10.0, 1e4])[None, :])
    widths = found.width_gev.reshape(4, 2)
    assert np.all(widths[:, 0] > 2 * widths[:, 1])


def test_a_model_of_ones_own_needs_a_name_and_couplings() -> None:
    class Baryonic:
        name = "baryon number"

        def coupling(self, fermion: str) -> tuple[float, float]:
            return (0.1, 0.0) if fermion in "udscbt" else (0.0, 0.0)

    found = resonance(Baryonic(), 1000.0, 1e4)
    assert found.strength.max() == 0
    assert found.relative_width[0] == pytest.approx(18 * 0.01 / (12 * np.pi), rel=0.01)


def test_quarks_whose_luminosities_are_summed_must_couple_alike() -> None:
    with pytest.raises(OutOfRange, match="couples differently to d, s, b"):
        resonance(ZPrime("third family", {"b": (0.3, 0.0), "lepton": (0.1, 0.0)}), 1000.0, 10.0)


def test_a_width_that_reaches_the_mass_is_no_resonance() -> None:
    with pytest.raises(OutOfRange, match="reaches the mass"):
        resonance(ZPrime("strong", {"up": (3.0, 0.0), "down": (3.0, 0.0)}), [500.0, 1000.0], 10.0)


@pytest.mark.parametrize(("mass", "dark"), [(-1.0, 10.0), (1000.0, 0.0), (float("nan"), 10.0)])
def test_masses_must_be_positive(mass: float, dark: float) -> None:
    with pytest.raises(OutOfRange, match="mass in GeV"):
        resonance(BENCHMARKS["V2"], mass, dark)


@pytest.mark.parametrize(
    "given", [(0.1, float("nan")), (0.1, 0.0, 0.0), 0.1, ("a", 0.0), (9.0, 0.0), (1j, 0.0)]
)
def test_couplings_of_a_users_class_are_looked_at(given: object) -> None:
    class Mine:
        name = "mine"

        def coupling(self, fermion: str) -> object:
            return given if fermion == "tau" else (0.1, 0.0)

    with pytest.raises(OutOfRange, match="mine: couplings to tau must be two numbers"):
        resonance(Mine(), 1000.0, 10.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("model", [SIMPLIFIED["V2"], "psi", None])
def test_what_is_no_mediator_is_told_how_to_become_one(model: object) -> None:
    with pytest.raises(OutOfRange, match=r"is no mediator: it has no coupling\(fermion\); take one of"):
        resonance(model, 1000.0, 10.0)  # type: ignore[arg-type]


def test_masses_of_other_shapes_are_refused() -> None:
    with pytest.raises(OutOfRange, match=r"shape \(4,\) and dark-matter masses of \(2,\) do not go together"):
        resonance(BENCHMARKS["V2"], MASSES, [10.0, 20.0])


def test_resonances_of_several_models_are_joined_in_order() -> None:
    parts = [resonance(BENCHMARKS[name], MASSES, 10.0) for name in ("V2", "A2")]
    both = joined(parts)
    np.testing.assert_array_equal(both.mass_gev, np.tile(MASSES, 2))
    np.testing.assert_array_equal(both.strength[4:], parts[1].strength)
