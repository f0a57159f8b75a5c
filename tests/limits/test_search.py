"""What may be asked of curves: every criterion alone and together, and what nothing can match."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.limits.conftest import make
from vre_dm.errors import InvalidCurve
from vre_dm.limits.catalogue import load
from vre_dm.limits.metadata import Assumptions
from vre_dm.limits.search import Criteria, matches, require_known
from vre_dm.limits.technique import TECHNIQUES

words = st.text(min_size=1, max_size=12)
years = st.one_of(st.none(), st.integers(1970, 2100))


@given(words, years)
def test_a_curve_answers_to_its_own_traits(experiment: str, year: int | None) -> None:
    curve = make(experiment=experiment, year=year)
    wanted: dict[str, Any] = {"experiment": experiment, "quantity": "sigma_SI", "kind": "observed"}
    assert matches(curve, wanted if year is None else {**wanted, "year": year})


@given(st.integers(1970, 2100), st.integers(1970, 2100), st.integers(1970, 2100))
def test_a_year_lies_in_a_range_with_both_ends(year: int, one: int, other: int) -> None:
    first, last = sorted((one, other))
    assert matches(make(year=year), {"year": (first, last)}) is (first <= year <= last)
    assert not matches(make(year=None), {"year": (first, last)})


@given(words, st.integers(0, 12), st.integers(1, 12))
def test_any_part_of_an_experiment_finds_it_in_any_case(name: str, start: int, length: int) -> None:
    part = name[start : start + length]
    assert matches(make(experiment=name), {"experiment": part.casefold()})


@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        ({"quantity": "sigma_SDn"}, False),
        ({"kind": "projection"}, False),
        ({"experiment": "TOYS"}, False),
        ({"year": 2021}, False),
        ({"channel": "bb"}, False),
        ({"technique": "collider"}, False),
        ({"technique": "direct detection"}, True),
        ({"quantity": "sigma_SI", "year": 2020, "technique": "collider"}, False),
        ({"near": (1.0, 1.0)}, True),  # a matter of the set
        ({}, True),
    ],
)
def test_everything_asked_for_must_hold(wanted: dict[str, Any], answer: bool) -> None:
    assert matches(make(), wanted) is answer


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        ({"quantity": "sigma_si"}, "unknown quantity 'sigma_si'; near it: sigma_SI"),
        ({"technique": "direct"}, "unknown technique 'direct'; near it: direct detection"),
        ({"channel": "F=2"}, "unknown channel 'F=2'; near it: F=1"),
        ({"kind": "seen"}, "unknown kind 'seen'"),
        ({"years": 2020}, "unknown criterion 'years'; near it: year"),
        ({"year": "2020"}, "year '2020' is not a whole number or two"),
        ({"year": (2021, 2020)}, "is not a whole number or two"),
        ({"year": (2019, 2020, 2021)}, "is not a whole number or two"),
        ({"year": 2020.5}, "is not a whole number or two"),
        ({"quantity": ["sigma_SI"]}, "unknown quantity"),
    ],
)
def test_what_nothing_can_match_is_refused_with_a_way_on(wanted: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidCurve, match=complaint) as refused:
        require_known(wanted)
    assert "\n" not in str(refused.value)


@given(st.dictionaries(st.sampled_from([*Criteria.__annotations__]), st.text(max_size=20), min_size=1))
def test_words_that_are_let_in_never_break_the_search(wanted: dict[str, Any]) -> None:
    try:
        require_known(wanted)
    except InvalidCurve:
        return
    assert matches(make(), wanted) in {True, False}


@pytest.mark.parametrize("name", ["quantity", "kind", "technique"])
def test_every_shipped_curve_is_found_by_exactly_one_word(name: str) -> None:
    shipped = load()
    by_word = {
        "quantity": {curve.quantity for curve in shipped},
        "kind": {curve.kind for curve in shipped},
        "technique": set(TECHNIQUES),
    }
    found = [curve.id for word in by_word[name] for curve in shipped.select(**{name: word})]  # type: ignore[misc]
    assert sorted(found) == sorted(shipped.ids)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"experiment": "IceCube"}, "neutrinos"),
        ({"experiment": "Super-Kamiokande"}, "neutrinos"),
        ({"experiment": "ATLAS and CMS"}, "collider"),
        ({"kind": "theory", "experiment": "ATLAS"}, "theory"),
        ({"assumptions": Assumptions({"technique": "absorption"})}, "absorption"),
        ({"assumptions": Assumptions({"technique": "dowsing"})}, "direct detection"),
    ],
)
def test_the_technique_is_the_stated_one_or_that_of_experiment_and_quantity(
    changes: dict[str, Any], found: str
) -> None:
    assert matches(make(**changes), {"technique": found})
