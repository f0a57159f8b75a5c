"""A curve: numbers that cannot change, an answer inside its range, an error outside."""

import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from tests.limits.conftest import HOSTILE, make
from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.column import Column, limit_column, mass_column, multiplied
from vre_dm.limits.metadata import Assumptions, Validity


def test_a_validity_narrows_the_range_and_gives_the_reason() -> None:
    curve = make(validity=Validity(8, 1e9, "threshold model holds above 8 GeV"))
    assert curve.range == (8, 1000)
    with pytest.raises(OutOfRange, match="threshold model holds"):
        curve.at(6.0)


def test_a_contour_has_no_single_value() -> None:
    with pytest.raises(InvalidCurve, match="contour"):
        make(geometry="contour").at(10.0)


def test_numbers_cannot_be_changed_in_place() -> None:
    curve = make()
    with pytest.raises(ValueError, match="read-only"):
        curve.y[0] = 0
    with pytest.raises(ValueError, match="WRITEABLE"):
        curve.y.setflags(write=True)
    with pytest.raises(FrozenInstanceError):
        curve.quantity = "sigma_SDp"  # type: ignore[misc]


def test_a_table_made_from_a_curve_can_be_changed_without_touching_it() -> None:
    curve = make()
    frame, dataset = curve.to_pandas(), curve.to_xarray()
    frame.loc[0, "limit_cm2"] = 1.0
    dataset["limit_cm2"][0] = 1.0
    assert curve.y[0] == 1e-43


def test_the_source_array_may_change_afterwards() -> None:
    values = np.array([1e-40, 1e-41])
    curve = make(columns=(mass_column([1, 2]), limit_column(values, "sigma_SI")))
    values[0] = 1
    assert curve.y[0] == 1e-40


def test_xarray_knows_the_units() -> None:
    dataset = make().to_xarray()
    assert dataset["limit_cm2"].attrs["units"] == "cm2"
    assert dataset["m_GeV"].attrs["units"] == "GeV"


def test_curves_are_equal_when_all_they_carry_is_equal() -> None:
    assert make() == make()
    assert make() != make(cl=0.95)
    assert make() != make(columns=(mass_column([1, 2]), limit_column([1e-40, 2e-40], "sigma_SI")))
    assert make() != "a curve"
    assert len({make(), make()}) == 1


def test_a_curve_travels_to_another_process_and_back() -> None:
    curve = make(assumptions=Assumptions({"v0_km_s": 220.0}))
    assert pickle.loads(pickle.dumps(curve)) == curve


def test_the_checksum_is_that_of_the_numbers_alone() -> None:
    assert make().sha256 == make(notes="other words").sha256
    assert make().csv.splitlines()[:2] == ["m_GeV,limit_cm2", "5.0,1e-43"]


@pytest.mark.parametrize(
    "columns",
    [
        (),
        (mass_column([1, 2]),),
        (mass_column([1, 2]), limit_column([1e-40], "sigma_SI")),
        (mass_column([]), limit_column([], "sigma_SI")),
    ],
)
def test_columns_that_are_no_curve_are_refused(columns: tuple[Column, ...]) -> None:
    with pytest.raises(InvalidCurve, match="si_toy_2020"):
        make(columns=columns)


def test_an_unknown_quantity_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidCurve, match=r"sigma_si.*sigma_SI"):
        make(quantity="sigma_si")


def test_an_unknown_column_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidCurve, match=r"median.*limit_cm2"):
        make().at(10.0, column="median")
    with pytest.raises(InvalidCurve, match=r"'Limit_cm2'; near it: limit_cm2"):
        make().at(10.0, column="Limit_cm2")


def test_hostile_text_stays_text() -> None:
    curve = make(label=HOSTILE, experiment=HOSTILE, notes=HOSTILE, assumptions=Assumptions({"halo": HOSTILE}))
    html = curve._repr_html_()
    assert "<img" not in html
    assert "</script" not in html
    assert "\x1b" not in repr(curve)
    assert "\u202e" not in repr(curve)


def test_what_is_not_known_is_said() -> None:
    text = repr(make(cl=None, assumptions=Assumptions({"halo": "SHM"})))
    assert text.endswith("\n  halo        SHM")
    assert text.count("unknown") >= 4
    assert "CL          unknown" in text
    assert "CL          none" in repr(make(cl=None, kind="theory"))


def test_assumptions_behave_as_a_mapping_that_cannot_change() -> None:
    assumed = Assumptions({"halo": "SHM", "v0_km_s": 220.0})
    assert dict(assumed) == {"halo": "SHM", "v0_km_s": 220.0}
    assert assumed == Assumptions({"v0_km_s": 220.0, "halo": "SHM"})
    with pytest.raises(KeyError):
        assumed["vesc_km_s"]
    with pytest.raises(TypeError):
        assumed["halo"] = "other"  # type: ignore[index]


def test_a_factor_moves_the_limit_and_its_bands_but_not_the_masses() -> None:
    curve = make(columns=(*make().columns, Column("median_cm2", "cm2", 3 * make().y)))
    masses, limit, median = multiplied(curve, 2.0)
    assert masses == curve.columns[0]
    assert limit.values.tolist() == (2 * curve.y).tolist()
    assert median.values.tolist() == (6 * curve.y).tolist()
