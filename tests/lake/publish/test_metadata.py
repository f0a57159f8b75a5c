"""Metadata are checked before anything is uploaded, and the data that ship fulfil the same schema."""

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lake.publish.conftest import METADATA
from vre_dm.errors import InvalidUpload
from vre_dm.lake.publish.metadata import checked, difference, from_file, parsed
from vre_dm.sandbox import seed


@pytest.mark.parametrize(
    "dataset", seed.load().datasets, ids=lambda dataset: f"{dataset.scope}:{dataset.name}"
)
def test_the_metadata_of_the_shipped_datasets_fulfil_the_schema(dataset: seed.SeedDataset) -> None:
    assert checked(dataset.metadata) == dict(dataset.metadata)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"year": "2024"}, "metadata year: '2024' is not a whole number"),
        ({"year": 24}, "metadata year: 24 is less than the minimum"),
        ({"year": True}, "metadata year"),
        ({"arxiv": "arXiv:1907.11485"}, "is not an arXiv number such as 1907.11485, or unknown"),
        ({"doi": "https://doi.org/10.1/x"}, "is not a DOI such as"),
        ({"simulated": "no"}, "metadata simulated: 'no' is not true or false"),
        ({"embargo_until": "2030-02-31"}, "is not a date such as 2030-01-31"),
        ({"embargo_until": "31.1.2030"}, "is not a date such as 2030-01-31"),
        ({"columns": [{"name": "m"}]}, r"metadata columns\.0: unit missing"),
        ({"columns": ["m"]}, r"metadata columns\.0"),
        ({"licence": "  "}, "metadata licence"),
        ({"Exposure time": 3}, "a key is a word like exposure_tonne_year"),
        ({"exposure": {"a": 1}}, "metadata exposure"),
        ({"exposure": None}, "metadata exposure"),
        ({"exposure": math.nan}, "nan is no number that a catalogue can keep"),
        ({"bytes": 3}, "the catalogue keeps that key for itself"),
        ({"lifetime": 3}, "the catalogue keeps that key for itself"),
        ({"notes": ["x" * 3999] * 60}, "take more than 200000 bytes"),
    ],
)
def test_what_breaks_the_schema_is_said_with_key_and_cause(change: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidUpload, match=why) as caught:
        checked(METADATA | change)
    assert "\n" not in str(caught.value)


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(InvalidUpload, match="experiment, technique, arxiv, licence missing"):
        checked({"title": "x", "year": 2024})


def test_a_year_that_is_unknown_is_left_out() -> None:
    known = {key: value for key, value in METADATA.items() if key != "year"}
    assert checked(known) == known


def test_dates_and_tuples_become_what_json_has() -> None:
    found = checked(METADATA | {"embargo_until": date(2030, 1, 31), "targets": ("Xe", "Ar")})
    assert (found["embargo_until"], found["targets"]) == ("2030-01-31", ["Xe", "Ar"])


@given(st.dictionaries(st.text(max_size=8), st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=2)
), max_size=3))  # fmt: skip
def test_any_metadata_are_plain_json_or_refused_in_one_line(change: dict[str, Any]) -> None:
    try:
        found = checked(METADATA | change)
    except InvalidUpload as error:
        assert str(error).isprintable()  # noqa: PT017 - either is right
    else:
        assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_texts_of_a_command_line_get_the_types_of_the_schema() -> None:
    said = [
        "arxiv=2401.01234",
        "year=2024",
        "simulated=false",
        "mass_GeV=1e3",
        "title=true",
        'targets=["Xe"]',
    ]
    assert parsed(said) == {
        "arxiv": "2401.01234",
        "year": 2024,
        "simulated": False,
        "mass_GeV": 1000.0,
        "title": "true",
        "targets": ["Xe"],
    }


@pytest.mark.parametrize("texts", [["year"], ["=3"], ["a=1", "a=2"]])
def test_a_text_that_is_no_pair_is_refused(texts: list[str]) -> None:
    with pytest.raises(InvalidUpload, match="write each key once, as key=value"):
        parsed(texts)


@pytest.mark.parametrize("body", [b"", b"[1]", b"\xff", b"[" * 100_000])
def test_a_file_that_holds_no_object_is_named(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "about.json").write_bytes(body)
    with pytest.raises(InvalidUpload, match=r"about\.json"):
        from_file(tmp_path / "about.json")


def test_a_difference_counts_the_type() -> None:
    assert difference({"year": 1, "flag": True}, {"year": 1, "flag": True, "more": 2}) == ""
    assert difference({"flag": True}, {"flag": 1}) == "flag is 1, not True"
    assert difference({"a": 1}, {}) == "a is None, not 1"
