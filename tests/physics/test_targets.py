"""Targets: natural isotopes and compounds, against standard atomic weights."""

import pytest

from vre_dm.errors import OutOfRange
from vre_dm.physics import targets
from vre_dm.physics.targets import (
    CALCIUM_TUNGSTATE,
    CARBON_NATURAL,
    FLUORINE,
    SODIUM_IODIDE,
    Nucleus,
    Target,
    compound,
)

# Standard atomic weights, one value each (IUPAC, abridged to five figures).
WEIGHTS = {
    "CARBON_NATURAL": 12.011,
    "OXYGEN_NATURAL": 15.999,
    "FLUORINE": 18.998,
    "SODIUM": 22.990,
    "SILICON_NATURAL": 28.085,
    "ARGON_NATURAL": 39.948,
    "CALCIUM_NATURAL": 40.078,
    "GERMANIUM_NATURAL": 72.630,
    "IODINE": 126.90,
    "XENON_NATURAL": 131.29,
    "TUNGSTEN_NATURAL": 183.84,
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_the_isotopes_of_an_element_have_its_atomic_weight(name: str) -> None:
    element: Target = getattr(targets, name)
    assert element.mean_mass_u == pytest.approx(WEIGHTS[name], rel=5e-5)
    assert sum(nucleus.mass_fraction for nucleus in element.nuclei) == pytest.approx(1, abs=1e-12)
    for nucleus in element.nuclei:
        assert nucleus.mass_u == pytest.approx(nucleus.mass_number, rel=2e-3)
        assert nucleus.mass_number >= 2 * nucleus.protons


def shares(target: Target) -> dict[int, float]:
    """Mass fraction by element."""
    found: dict[int, float] = {}
    for nucleus in target.nuclei:
        found[nucleus.protons] = found.get(nucleus.protons, 0) + nucleus.mass_fraction
    return found


def test_a_compound_shares_its_mass_by_atoms_and_weights() -> None:
    assert shares(SODIUM_IODIDE)[53] == pytest.approx(126.904 / (126.904 + 22.990), rel=1e-5)
    total = 40.078 + 183.84 + 4 * 15.999
    found = shares(CALCIUM_TUNGSTATE)
    for protons, weight in ((20, 40.078), (74, 183.84), (8, 4 * 15.999)):
        assert found[protons] == pytest.approx(weight / total, rel=1e-4)


def test_a_compound_of_ones_own_is_a_target_like_any_other() -> None:
    c3f8 = compound("C3F8", {CARBON_NATURAL: 3, FLUORINE: 8})
    assert shares(c3f8)[9] == pytest.approx(8 * 18.998 / 188.02, rel=1e-4)


def test_a_target_whose_nuclei_do_not_add_up_is_refused() -> None:
    with pytest.raises(OutOfRange, match=r"0\.9000, not 1"):
        Target("half", (Nucleus(131, 131, 0.9),))


def test_a_compound_without_any_part_is_refused() -> None:
    with pytest.raises(OutOfRange, match="nothing"):
        compound("nothing", {})


@pytest.mark.parametrize("count", [-1, 0, float("nan")])
def test_a_compound_with_no_positive_number_of_atoms_is_refused(count: float) -> None:
    with pytest.raises(OutOfRange, match="atoms"):
        compound("C?F8", {CARBON_NATURAL: count, FLUORINE: 8})


@pytest.mark.parametrize(
    ("nucleus", "said"),
    [
        ((-131, 131), "mass_number = -131"),
        ((131, float("nan")), "mass_u = nan"),
        ((131, 131, -0.5), "share of -0.5"),
        ((131, 131, 1.5), "share of 1.5"),
        ((40, 40, 1, 54), "Z = 54, A = 40"),
    ],
)
def test_a_nucleus_that_cannot_be_is_refused(nucleus: tuple[float, ...], said: str) -> None:
    with pytest.raises(OutOfRange, match=said):
        Nucleus(*nucleus)  # type: ignore[arg-type]
