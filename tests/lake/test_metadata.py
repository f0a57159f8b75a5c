"""A unit is read from a key's name only where it cannot mean anything else."""

import pytest

from vre_dm.lake.metadata import unit_of


@pytest.mark.parametrize(
    ("key", "unit"),
    [("mass_GeV", "GeV"), ("sigma_max_cm2", "cm²"), ("live_days", "d"), ("energy_keV", "keV")],
)
def test_a_unit_at_the_end_of_a_key_is_found(key: str, unit: str) -> None:
    assert unit_of(key) == unit


@pytest.mark.parametrize("key", ["luminosity_fb", "limit_pb", "GeV", "s", "year", "mass_gev", "_", ""])
def test_what_could_mean_something_else_is_no_unit(key: str) -> None:
    assert unit_of(key) is None
