"""Each check finds the mistake it is named after, and only that one."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from tests.limits.conftest import make
from vre_dm.errors import InvalidCurve
from vre_dm.limits.checks import BANDS, check, check_licence, check_record, check_together
from vre_dm.limits.column import Column, limit_column, mass_column
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import Headline
from vre_dm.limits.sidecar import to_record

MASSES = [5.0, 10.0, 100.0]


def with_limit(values: list[float], masses: list[float] = MASSES, **changes: Any) -> Curve:
    return make(columns=(mass_column(masses), limit_column(values, "sigma_SI")), **changes)


def with_bands(*scales: float) -> Curve:
    base = np.array([1e-44, 1e-45, 1e-46])
    bands = (Column(f"{name}_cm2", "cm2", base * scale) for name, scale in zip(BANDS, scales, strict=True))
    return make(columns=(mass_column(MASSES), limit_column(base * 1.1, "sigma_SI"), *bands))


SPOILED = {
    "positive finite values": [
        with_limit([1e-44, float("nan"), 1e-46]),
        with_limit([1e-44, 1e-45, float("inf")]),
        with_limit([1e-44, -1e-45, 1e-46]),
        with_limit([1e-44, 0.0, 1e-46]),
    ],
    "monotonic mass": [
        with_limit([1e-44] * 3, [5.0, 5.0, 10.0]),
        with_limit([1e-44] * 3, [5.0, 10.0, 9.0]),
    ],
    # A sentinel that closes a polygon, and picobarn that were called cm².
    "magnitude": [with_limit([1e-44, 1e-45, 1e10]), with_limit([1e-8, 1e-9, 1e-10])],
    "header unit": [
        make(columns=(Column("m_keV", "GeV", np.array(MASSES)), limit_column([1e-44] * 3, "sigma_SI")))
    ],
    "unit of the quantity": [
        make(columns=(mass_column(MASSES), Column("limit_GeV", "GeV", np.array([1e-44] * 3))))
    ],
    # The LZ 2024 spin-dependent file: names shifted by one column.
    "bands ordered": [with_bands(0.5, 0.7, 1.5, 1.0, 2.0)],
    "headline": [
        make(headline=Headline(100, 4e-46, 0.05, "abstract")),
        make(headline=Headline(1, 4e-46, 0.05, "abstract")),
    ],
}


def test_a_sound_curve_passes_every_check() -> None:
    assert check(make(headline=Headline(100, 2e-46, 0.01, "abstract"))) == []
    assert check(with_bands(0.5, 0.7, 1.0, 1.5, 2.0)) == []


@pytest.mark.parametrize(
    ("name", "curve"), [(name, curve) for name, curves in SPOILED.items() for curve in curves]
)
def test_a_spoiled_curve_is_found_by_the_check_of_that_name(name: str, curve: Curve) -> None:
    assert name in {problem.check for problem in check(curve)}


@pytest.mark.parametrize("licence", ["CC-BY-NC-SA-3.0", "unknown", ""])
def test_a_licence_off_the_list_is_said_but_does_not_make_the_numbers_wrong(licence: str) -> None:
    curve = make(licence=licence)
    assert check(curve) == []
    (problem,) = check_licence(curve)
    assert problem.check == "licence"
    assert not problem.grave
    assert check_licence(make(licence="MIT")) == []


def test_a_problem_names_curve_check_column_and_row() -> None:
    (problem,) = check(with_limit([1e-44, 1e-45, 1e10]))
    assert "si_toy_2020" in str(problem)
    assert "'magnitude'" in str(problem)
    assert "limit_cm2, row 3" in str(problem)


def test_a_contour_may_turn_back() -> None:
    assert check(with_limit([1e-44] * 3, [5.0, 10.0, 9.0], geometry="contour")) == []


def test_equal_numbers_under_two_names_are_found() -> None:
    twins = [make(), make(id="sdp_toy_2020", quantity="sigma_SDp")]
    (problem,) = check_together(twins)
    assert problem.check == "equal numbers"
    assert "si_toy_2020 (sigma_SI there, sigma_SDp here)" in problem.text


def test_the_schema_accepts_what_we_write() -> None:
    check_record(to_record(make()), "toy")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": "../escape"}, "name"),
        ({"name": "<img src=x>"}, "name"),
        ({"quantity": "sigma"}, "quantity"),
        ({"cl": 90}, "cl"),
        ({"cl": "90 %"}, "cl"),
        ({"hash": "fb6e60f"}, "hash"),
        ({"year": "2024"}, "year"),
        ({"licenses": []}, "licenses"),
        ({"unheard_of": 1}, "top level"),
        (
            {"reference": {"arxiv": "2410.17036v2", "arxiv_version": "v2", "doi": "x", "figure": "1"}},
            "reference",
        ),
        ({"assumptions": {"halo": {"nested": 1}}}, "assumptions"),
    ],
)
def test_a_malformed_sidecar_is_refused_with_the_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidCurve, match=f"toy.json fails the check 'schema' at {place}"):
        check_record(to_record(make()) | change, "toy.json")


@pytest.mark.parametrize(
    "field", [f.name for f in dataclasses.fields(Curve) if f.name in ("kind", "geometry")]
)
def test_words_outside_the_controlled_lists_are_refused(field: str) -> None:
    with pytest.raises(InvalidCurve, match=field):
        check_record(to_record(make()) | {field: "guess"}, "toy.json")


@pytest.mark.parametrize("missing", ["cl", "reference", "provenance", "notes", "hash"])
def test_a_field_left_out_is_refused(missing: str) -> None:
    record = to_record(make())
    del record[missing]
    with pytest.raises(InvalidCurve, match=missing):
        check_record(record, "toy.json")


@pytest.mark.parametrize("record", [None, [], "text", 3, {"a": 1}])
def test_json_that_was_never_a_sidecar_is_called_so(record: object) -> None:
    with pytest.raises(InvalidCurve, match="this is no sidecar of a limit curve"):
        check_record(record, "toy.json")


def test_everything_left_out_and_everything_unknown_is_named_at_once() -> None:
    record = to_record(make())
    with pytest.raises(InvalidCurve, match="has 'a', 'b', which no sidecar has"):
        check_record(record | {"b": 1, "a": 2}, "toy.json")
    del record["cl"], record["notes"]
    with pytest.raises(InvalidCurve, match="lacks cl, notes"):
        check_record(record, "toy.json")
