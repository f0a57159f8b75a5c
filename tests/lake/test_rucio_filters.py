"""What is said to Rucio's engine never misses a dataset; what it may add is checked again."""

import ast
import re
from datetime import datetime
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidFilter
from vre_dm.lake.filters import parse
from vre_dm.lake.rucio_filters import compiled, guarded

FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%a, %d %b %Y %H:%M:%S UTC")


def engine_reads_text(text: str) -> bool:
    """Whether Rucio 41's engine leaves a value alone: its rules, as its source states them."""
    if re.search("true|TRUE|false|FALSE", text):
        return False
    for form in FORMATS:
        try:
            datetime.strptime(text, form)
        except ValueError:
            continue
        return False
    if any(sign in text for sign in "+-*/"):
        return True
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return True
    return False


@given(st.text(st.sampled_from("aUTCtrue2017.,:()[]{}'\"+-* \\%_é\n"), max_size=12) | st.text(max_size=12))
def test_a_guarded_text_is_read_as_text_and_finds_the_original(text: str) -> None:
    safe, exact = guarded(text)
    assert engine_reads_text(safe)
    assert "%" not in safe
    assert "\\" not in safe
    if exact:
        assert safe == text
    else:
        literal = re.sub(r"([\[?])", r"[\1]", safe)
        assert fnmatchcase(text, literal)


@pytest.mark.parametrize(
    "text", ["Mon, 06 Jan 2020 00:00:00 UTC", "None", "True", "set()", "2017", "'a'", "(1)", ""]
)
def test_texts_that_the_engine_would_evaluate_are_guarded(text: str) -> None:
    safe, exact = guarded(text)
    assert not exact
    assert engine_reads_text(safe)


def test_columns_and_free_metadata_are_kept_apart() -> None:
    said = compiled(parse("year>=2017 created>=2020-01-01 size<1e6 simulated=false"))
    assert said.free == {"year.gte": 2017, "simulated": False}
    assert said.columns == {"created_at.gte": "2020-01-01T00:00:00", "bytes.lt": 1_000_000}
    assert not said.again


def test_a_day_of_the_catalogue_stands_for_all_its_hours() -> None:
    assert compiled(parse("created=2020-01-31")).columns == {
        "created_at.gte": "2020-01-31T00:00:00",
        "created_at.lt": "2020-02-01T00:00:00",
    }
    assert compiled(parse("created>2020-01-31")).columns == {"created_at.gte": "2020-02-01T00:00:00"}
    assert compiled(parse("created<=2020-01-31")).columns == {"created_at.lt": "2020-02-01T00:00:00"}


def test_an_unequal_column_must_at_least_have_a_value() -> None:
    assert compiled(parse("events!=5")).columns == {"events.ne": 5, "events.gte": -(2**62)}


def test_the_second_of_two_equal_comparisons_is_checked_afterwards() -> None:
    said = compiled(parse("year>=2017 year>=2019"))
    assert said.free == {"year.gte": 2017}
    assert [str(condition) for condition in said.again] == ["year>=2019"]


def test_dates_in_free_metadata_are_checked_afterwards() -> None:
    said = compiled(parse("embargo_until>2025-01-01"))
    assert said.free == {"embargo_until": "*"}
    assert len(said.again) == 1


@pytest.mark.parametrize(
    "text",
    ['created="yesterday"', "size=big", "events=1.5", "hidden=3", "version=1.0", "created!=2020-01-01"],
)
def test_a_catalogue_column_knows_its_type(text: str) -> None:
    with pytest.raises(InvalidFilter):
        compiled(parse(text))
