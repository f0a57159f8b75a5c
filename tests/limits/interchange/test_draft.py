"""Drafts, names that the catalogue allows, and parts of a file that are read apart."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.limits.conftest import HOSTILE, make
from vre_dm.errors import InvalidCurve
from vre_dm.limits.checks import check_record
from vre_dm.limits.column import Column, mass_column
from vre_dm.limits.interchange.draft import MOST_CURVES, Draft, RawColumn, each, stem
from vre_dm.limits.quantities import header
from vre_dm.limits.sidecar import to_record


def draft(name: str = "d", **facts: object) -> Draft:
    return Draft(where=name, id=name, columns=[RawColumn("m", "GeV", np.array([5.0, 6.0]))], facts=facts)


@given(st.text())
def test_any_header_becomes_a_column_that_the_schema_takes(text: str) -> None:
    name = header(stem(text), "cm2")
    curve = make(columns=(mass_column([5, 6]), Column(name, "cm2", np.array([1e-45, 1e-46]))))
    check_record(to_record(curve), "x")
    assert re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII)


def test_empty_facts_are_facts_not_stated_and_zero_is_one() -> None:
    assert draft(a="", b=None, c=0, d="x").facts == {"c": 0, "d": "x"}


def test_points_are_numbered_where_the_reader_does_not_say_their_rows() -> None:
    assert list(draft().rows) == [1, 2]


@given(st.lists(st.booleans(), max_size=12))
def test_a_bad_part_costs_no_other_and_leaves_its_reason_in_its_place(parts: list[bool]) -> None:
    def read(good: bool) -> list[Draft]:
        if good:
            return [draft("a"), draft("b")]
        msg = HOSTILE
        raise InvalidCurve(msg)

    found = each(parts, read, "f.toml")
    kinds = [[Draft, Draft] if good else [InvalidCurve] for good in parts]
    assert [type(item) for item in found] == [kind for part in kinds for kind in part]


def test_parts_beyond_number_are_refused_before_the_first_is_read() -> None:
    with pytest.raises(InvalidCurve, match=r"f\.toml holds 501 curves, more than 500; split it"):
        each(range(MOST_CURVES + 1), lambda _: pytest.fail("read"), "f.toml")


def test_what_is_no_matter_of_the_file_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        each([0], lambda part: [draft(str(1 // part))], "f")
