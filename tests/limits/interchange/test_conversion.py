"""Columns in the units of the catalogue: masses as masses, limits as limits, and what was done."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange.answers import Answers
from vre_dm.limits.interchange.conversion import points
from vre_dm.limits.interchange.draft import Draft, RawColumn
from vre_dm.limits.interchange.units import AREAS, MASSES
from vre_dm.limits.quantities import quantity

SI, PLANE = quantity("sigma_SI"), quantity("mediator_plane")


def draft(*columns: tuple[str, str, float], **facts: object) -> Draft:
    raw = [RawColumn(stem, unit, np.array([value, 2 * value])) for stem, unit, value in columns]
    return Draft(where="f.csv", id="f", columns=raw, facts=facts)


@given(st.sampled_from(sorted(MASSES)), st.sampled_from(sorted(AREAS)), st.floats(1, 9))
def test_every_unit_comes_to_the_same_physical_number(mass: str, area: str, digits: float) -> None:
    m, y = float(f"{digits}e{-MASSES[mass]}"), float(f"{digits}e{-40 - AREAS[area]}")
    changes: list[str] = []
    found = points(draft(("m", mass, m), ("limit", area, y)), SI, Answers(), changes)
    assert [column.unit for column in found.columns] == ["GeV", "cm2"]
    assert found.columns[0].values[0] == pytest.approx(digits, rel=1e-14)
    assert found.columns[1].values[0] == pytest.approx(digits * 1e-40, rel=1e-14)
    wanted = [f"m from {mass} to GeV"] if MASSES[mass] else []
    assert changes == wanted + ([f"limit from {area} to cm2"] if AREAS[area] else [])


def test_bands_share_the_unit_of_the_limit_and_a_second_mass_does_not() -> None:
    found = points(
        draft(("m", "GeV", 5), ("limit", "pb", 1e-9), ("median", "pb", 1e-9), ("m_DM", "TeV", 1)),
        SI,
        Answers(),
        [],
    )
    assert [column.name for column in found.columns] == ["m_GeV", "limit_cm2", "median_cm2", "m_DM_GeV"]
    assert found.columns[3].values[0] == 1000


def test_a_unit_of_the_user_goes_to_masses_or_to_limits_and_never_to_both() -> None:
    said = Answers(x_unit="TeV", y_unit="pb")
    found = points(draft(("m", "", 1), ("limit", "", 1e-9)), SI, said, [])
    assert [column.values[0] for column in found.columns] == [1000, 1e-45]


def test_in_a_grid_the_first_two_columns_are_masses() -> None:
    strength = quantity("signal_strength")
    columns = (("m", "TeV", 1.0), ("m_DM", "GeV", 10.0), ("limit", "1", 0.5))
    found = points(draft(*columns, geometry="grid"), strength, Answers(), [])
    assert [column.unit for column in found.columns] == ["GeV", "GeV", "1"]


def test_in_a_plane_of_masses_the_limit_is_one() -> None:
    found = points(draft(("m", "GeV", 500), ("limit", "TeV", 0.1)), PLANE, Answers(), [])
    assert found.columns[1].values[0] == 100


def test_a_header_that_is_no_name_becomes_one() -> None:
    found = points(draft(("m", "GeV", 5), ("−1σ band (new)", "cm2", 1e-45)), SI, Answers(), [])
    assert found.columns[1].name == "c_1_band_new_cm2"


@pytest.mark.parametrize(
    ("column", "complaint"),
    [
        (("limit", "kg", 1e-45), "f.csv, column limit: unit 'kg' is unknown; cm2 is wanted"),
        (("limit", "GeV", 1e-45), "f.csv, column limit: unit 'GeV' cannot become cm2"),
        (("limit", "cm2", -1.0), "f.csv row 1, column limit_cm2: -1 is not a positive"),
        (("limit", "cm2", 1.0), "f.csv row 1, column limit_cm2: 1 cm2 contradicts the unit"),
        (("limit", "pb", 1e-300), "is not a positive finite number|contradicts the unit"),
    ],
)
def test_what_cannot_be_a_limit_is_refused_with_its_place(
    column: tuple[str, str, float], complaint: str
) -> None:
    with pytest.raises(InvalidCurve, match=complaint):
        points(draft(("m", "GeV", 5), column), SI, Answers(), [])
