"""Filters are read as a user means them, and what cannot be meant is refused with the place."""

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vre_dm.errors import InvalidFilter
from vre_dm.lake.filters import Condition, Operator, from_keywords, parse

KEYS = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda key: key != "and" and "__" not in key
)
VALUES = (
    st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(-1e200, 1e200, allow_nan=False)
    | st.dates(date(1000, 1, 1))
    | st.text(st.characters(exclude_characters='"', exclude_categories=["Cs"]), max_size=20)
)


CONDITIONS = st.tuples(KEYS, VALUES).flatmap(
    lambda pair: st.sampled_from(Operator).map(lambda operator: Condition(pair[0], operator, pair[1]))
)


@given(st.lists(CONDITIONS, max_size=5))
def test_what_a_condition_prints_is_read_back_as_the_same(conditions: list[Condition]) -> None:
    assert parse(" ".join(map(str, conditions))) == conditions


@settings(max_examples=2000)
@given(st.text(st.sampled_from("ab1.=<>!\"' ,-e\x00é") | st.characters(), max_size=30))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        said = str(len(parse(text)))
    except InvalidFilter as error:
        said = str(error)
    assert said.isprintable()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("year=2017", 2017),
        ("year=-1.5e-45", -1.5e-45),
        ("simulated=false", False),
        ("simulated=TRUE", True),
        ("until=2020-01-31", date(2020, 1, 31)),
        ("until=2020-01-31T12:00", datetime(2020, 1, 31, 12, tzinfo=UTC)),
        ("until=2020-01-31T12:00:00+02:00", datetime(2020, 1, 31, 10, tzinfo=UTC)),
        ('year="2017"', "2017"),
        ("technique='direct detection'", "direct detection"),
        ("technique=direct", "direct"),
        ("version=1907.11485v2", "1907.11485v2"),
        ("until=2020-02-30", "2020-02-30"),
        ('empty=""', ""),
    ],
)
def test_a_value_has_the_type_it_is_written_as(text: str, value: object) -> None:
    (condition,) = parse(text)
    assert condition.value == value
    assert type(condition.value) is type(value)


def test_conditions_may_stand_apart_in_several_ways() -> None:
    expected = [Condition("a", Operator.GE, 1), Condition("b", Operator.EQ, "x y")]
    for text in ('a>=1 b="x y"', 'a >= 1, b = "x y"', 'a>=1 and b="x y"', '  a>=1\n b=="x y" '):
        assert parse(text) == expected


def test_a_range_has_both_ends() -> None:
    assert parse("mass=10..100") == [Condition("mass", Operator.GE, 10), Condition("mass", Operator.LE, 100)]
    assert from_keywords({"mass": (10, 100)}) == parse("mass=10..100")
    assert parse("t=2020-01-01..2020-12-31")[1].value == date(2020, 12, 31)


@pytest.mark.parametrize(
    "text",
    ["year", "=5", "year=", "year>=>5", 'a="b', "a=b c", "5=a", "a b=c", "a=1;b=2", "a=1..x", "a=true..false",
     "a=1e999", "True=1", "a" * 200 + "=1", "a=<b>", "µ=1"],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(InvalidFilter):
        parse(text)


def test_the_refusal_shows_where_the_reading_stopped() -> None:
    with pytest.raises(InvalidFilter, match=r"at 'oops here'; write key>=value"):
        parse("year>=2017 oops here")


@pytest.mark.parametrize(("text", "form"), [("year=>2019", ">="), ("a=1 year =< 2019", "<=")])
def test_a_turned_comparison_is_put_right(text: str, form: str) -> None:
    with pytest.raises(InvalidFilter, match=rf"; write {form}$"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "ordered"),
    [("a>=x", False), ("a>true", False), ("a!=x", True), ("a=true", True), ("a>=1", True)],
)
def test_texts_and_booleans_have_no_order(text: str, ordered: bool) -> None:
    assert parse(text)[0].ordered is ordered


def test_keywords_say_the_same_as_the_expression() -> None:
    keywords = {"year__ge": 2017, "simulated": False, "title__ne": "x", "until__lt": date(2020, 1, 1)}
    assert from_keywords(keywords) == parse('year>=2017 simulated=false title!="x" until<2020-01-01')
    assert from_keywords({"a__gte": 1, "b__lte": 2}) == parse("a>=1 b<=2")


def test_keywords_take_numpy_scalars_and_datetimes_of_any_zone() -> None:
    assert from_keywords({"a": np.float64(2.5), "b": np.int64(3)}) == parse("a=2.5 b=3")
    rome = datetime(2020, 1, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    assert from_keywords({"a__gt": rome})[0].value == datetime(2020, 1, 1, 11, tzinfo=UTC)
    assert from_keywords({"a__gt": datetime(2020, 1, 1)})[0].value == datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "keywords", [{"a__near": 1}, {"a": [1, 2]}, {"a": None}, {"a": {}}, {"a": (1, "x")}, {"a": float("nan")}]
)
def test_keywords_that_mean_nothing_are_refused(keywords: dict[str, object]) -> None:
    with pytest.raises(InvalidFilter):
        from_keywords(keywords)


@pytest.mark.parametrize(
    ("text", "value", "fits"),
    [
        ("a=5", 5, True),
        ("a=5", 5.0, True),
        ("a>5", "6", True),
        ("a>5", "n/a", False),
        ("a=5", True, False),
        ("a!=5", "n/a", True),
        ("a=true", True, True),
        ("a=true", 1, False),
        ('a="x*"', "xyz", True),
        ('a="x*"', "Xyz", False),
        ('a="[x]"', "[x]", True),
        ('a="x?"', "xy", False),
        ('a!="x*"', "xyz", False),
        ('a="5"', 5, False),
        ("a>=2020-01-01", "2020-01-01T10:00:00", True),
        ("a>2020-01-01", "2020-01-01T10:00:00", False),
        ("a<=2020-01-01", "2020-01-01T10:00:00", True),
        ("a>=2020-01-01", "unknown", False),
        ("a>2020-01-01T09:00", "2020-01-01T10:00:00", True),
        ("a=2020-01-01", datetime(2020, 1, 1, 23), True),
    ],
)
def test_a_condition_fits_values_of_its_type(text: str, value: object, fits: bool) -> None:
    (condition,) = parse(text)
    assert condition.matches({"a": value}) is fits


@given(CONDITIONS)
def test_a_dataset_without_the_key_never_fits(condition: Condition) -> None:
    assert not condition.matches({})
    assert not condition.matches({condition.key: None})
