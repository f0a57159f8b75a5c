"""Answers of a user: checked at once, turned into facts of a record, units kept apart."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import facts as flat
from vre_dm.limits.interchange.answers import FACTS, Answers, answers

SOUND: dict[str, Any] = {
    "quantity": "sigmav", "channel": "bb", "x_unit": "TeV", "y_unit": "cm3/s", "experiment": "TOY",
    "reference": "arXiv:2001.01234v2", "year": 2020, "label": "Toy", "id": "toy", "kind": "projection",
    "geometry": "contour", "cl": 0.95, "statistic": "CLs", "licence": "CC0-1.0",
}  # fmt: skip


@given(st.sets(st.sampled_from(sorted(SOUND))))
def test_what_is_given_is_given_and_nothing_else(names: set[str]) -> None:
    given = {name: SOUND[name] for name in names}
    said = answers(given)
    assert said.given == given
    assert answers(said.given) == said
    assert not {"x_unit", "y_unit"} & said.facts.keys()


def test_every_answer_but_the_units_has_a_place_in_the_record() -> None:
    stated = answers(SOUND).facts
    record = flat.record(stated)
    assert record["reference"]["arxiv"] == "2001.01234"
    assert record["reference"]["arxiv_version"] == "v2"
    assert record["licenses"][0]["name"] == "CC0-1.0"
    assert {record[fact] for fact in ("quantity", "channel", "experiment", "name", "title")} == {
        "sigmav", "bb", "TOY", "toy", "Toy",
    }  # fmt: skip
    assert set(SOUND) - set(FACTS) == {"x_unit", "y_unit", "reference"}


def test_nobody_said_anything() -> None:
    assert Answers().facts == Answers().given == {}


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("quantity", "sigma_si", "unknown quantity 'sigma_si'; near it: sigma_SI"),
        ("quantity", 7, "unknown quantity 7"),
        ("kind", "observd", "unknown kind 'observd'; near it: observed"),
        ("geometry", "lines", "unknown geometry 'lines'; near it: line"),
        ("reference", "my talk", "'my talk' has no arXiv number and no DOI"),
        ("reference", "arXiv:2001.01234 and 2001.01235", "has no arXiv number and no DOI"),
        ("reference", 2001.01234, "2001.01234 has no arXiv number and no DOI"),
        ("cl", 90, "cl is 90; give a number between 0 and 1"),
        ("cl", float("nan"), "cl is nan"),
        ("cl", "0.9", "cl is '0.9'"),
        ("year", 20, "year is 20; give a number between"),
        ("year", True, "year is True"),
        ("unit", "GeV", "unknown answer 'unit'; near it: x_unit"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_what_can(name: str, value: object, complaint: str) -> None:
    with pytest.raises(InvalidCurve, match=complaint):
        answers({name: value})


@pytest.mark.parametrize("quantity", ["sigmav", "sigma_SI"])
def test_a_channel_is_one_of_the_quantity(quantity: str) -> None:
    with pytest.raises(InvalidCurve, match="unknown channel 'bbb'"):
        answers({"quantity": quantity, "channel": "bbb"})
    assert answers({"quantity": quantity, "channel": "unknown"}).channel == "unknown"


@given(st.dictionaries(st.sampled_from(sorted(SOUND)), st.text(max_size=50)))
def test_hostile_answers_are_refused_in_one_line_or_kept_as_they_are(given: dict[str, str]) -> None:
    try:
        said = answers(given)
    except InvalidCurve as error:
        text = str(error)
        assert len(text.splitlines()) == 1
    else:
        assert said.given == given
