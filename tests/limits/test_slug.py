"""Identifiers: whatever the text, the catalogue takes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.limits.conftest import make
from vre_dm.limits.checks import check_record
from vre_dm.limits.sidecar import to_record
from vre_dm.limits.slug import slug


@given(st.text())
def test_any_text_becomes_an_identifier_that_the_schema_takes(text: str) -> None:
    name = slug(text)
    check_record(to_record(make(id=name)), "x")
    assert slug(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("LZ 2024 (SI)", "lz_2024_si_"), ("../..", "curve"), ("", "curve"), ("_x", "x"), ("ÅB", "b")],
)
def test_an_identifier_is_as_near_to_the_text_as_can_be(text: str, name: str) -> None:
    assert slug(text) == name
