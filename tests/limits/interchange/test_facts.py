"""Flat facts: complete, and harmless when somebody else wrote them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.limits.conftest import make
from tests.limits.interchange.conftest import curves, scalars
from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange import facts as flat
from vre_dm.limits.sidecar import to_record


@settings(deadline=None)
@given(curves())
def test_a_record_survives_being_flat(curve: Curve) -> None:
    whole = {key: value for key, value in to_record(curve).items() if key not in flat.OWN}
    assert flat.record(flat.facts(curve)) == whole


def test_what_is_unknown_is_left_out_but_not_an_unknown_assumption() -> None:
    assert not [name for name, value in flat.facts(make()).items() if value in ("", "unknown", None)]
    halo = make(assumptions={"halo": "unknown"})
    assert flat.facts(halo)["assumptions.halo"] == "unknown"


@given(st.one_of(scalars, st.text()))
def test_a_fact_in_a_line_of_text_is_the_same_fact(value: str | float | int) -> None:
    line = flat.to_text(value)
    assert "\n" not in line
    assert flat.from_text(line) == value
    assert type(flat.from_text(line)) is type(value)


@pytest.mark.parametrize("line", ["LZ (2024)", "nan?", "[1, 2]", "{", "true", "2001.01234v2", "[" * 10_000])
def test_other_text_is_taken_as_it_stands(line: str) -> None:
    assert flat.from_text(line) == line


parts = st.sampled_from(
    ["reference", "arxiv", "provenance", "inputs", "0", "7", "scalings", "name", "x", "__class__"]
)


@given(st.dictionaries(st.lists(parts, min_size=1, max_size=4).map(".".join), scalars, max_size=8))
def test_foreign_names_never_break_the_record_nor_add_to_its_top(stated: dict[str, object]) -> None:
    assert set(flat.record(stated)) == set(flat.EMPTY)
