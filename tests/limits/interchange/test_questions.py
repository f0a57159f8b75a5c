"""What a file leaves open, what it answers itself, and which answers its numbers contradict."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange.answers import Answers, answers
from vre_dm.limits.interchange.draft import Draft, RawColumn
from vre_dm.limits.interchange.questions import (
    QUESTIONS,
    answered,
    fitting,
    left_open,
    limited,
    read_of,
    with_answer,
)
from vre_dm.limits.quantities import QUANTITIES

ALL: dict[str, Any] = {"quantity": "sigma_SI", "x_unit": "GeV", "y_unit": "cm2", "experiment": "TOY"}


def draft(
    y: float = 1e-45, units: tuple[str, str] = ("", ""), *, bare: bool = True, **facts: object
) -> Draft:
    columns = [
        RawColumn("m", units[0], np.array([5.0, 6.0])),
        RawColumn("limit", units[1], np.array([y, y])),
    ]
    return Draft(where="f.csv", id="f", columns=columns, facts=facts, bare=bare)


@given(st.sets(st.sampled_from(sorted(ALL))), st.sets(st.sampled_from(sorted(ALL))))
def test_a_question_is_open_until_user_or_file_have_answered_it(said: set[str], stated: set[str]) -> None:
    units = ("GeV" if "x_unit" in stated else "", "cm2" if "y_unit" in stated else "")
    facts = {name: ALL[name] for name in stated & {"quantity", "experiment"}}
    found = draft(units=units, **facts)
    missing = ALL.keys() - said - stated
    asked = left_open(found, answers({name: ALL[name] for name in said}))
    assert asked == [question for question in QUESTIONS if missing & {*question.answers}]


def test_whose_numbers_they_are_is_asked_of_bare_tables_only() -> None:
    said = answers({name: ALL[name] for name in ("quantity", "x_unit", "y_unit")})
    assert left_open(draft(), said) == [QUESTIONS[2]]
    assert left_open(draft(bare=False), said) == []


@pytest.mark.parametrize("name", sorted(QUANTITIES))
def test_a_unit_of_one_quantity_alone_answers_for_it(name: str) -> None:
    found = draft(units=("GeV", QUANTITIES[name].unit))
    answer = limited(found, Answers())
    assert (answer.name if answer else "open") == (
        name if name in {"sigmav", "lifetime", "mediator_plane"} else "open"
    )
    assert name in fitting(found, Answers())


def test_what_the_user_says_goes_before_what_the_file_says() -> None:
    found = limited(draft(quantity="sigma_SDn"), Answers(quantity="sigma_SI"))
    assert found == QUANTITIES["sigma_SI"]


def test_everything_open_is_named_at_once_with_the_quantities_that_fit() -> None:
    with pytest.raises(InvalidCurve) as refused:
        answered(draft(units=("GeV", "s")), Answers(y_unit="pb"))
    text = str(refused.value)
    assert text.startswith("f.csv leaves open: Which quantity")
    assert "experiment= reference=" in text
    assert "x_unit=" not in text
    assert text.endswith(
        "Quantities are sigma_SI, sigma_SDn, sigma_SDp, sigma_e, sigma_B, sigma_B_A, sigma_fid_B."
    )


def test_what_was_read_is_offered_as_it_stands() -> None:
    found = draft(
        units=("keV", "cm2"),
        experiment="TOY",
        **{"reference.arxiv": "2001.01234", "reference.arxiv_version": "v2", "reference.doi": "10.1000/x"},
    )
    names = ("x_unit", "y_unit", "experiment", "reference", "quantity")
    assert [read_of(found, name) for name in names] == ["keV", "cm2", "TOY", "2001.01234v2", ""]
    assert read_of(draft(**{"reference.doi": "10.1000/x"}), "reference") == "10.1000/x"
    assert read_of(draft(), "reference") == ""


def test_answers_add_up_until_nothing_is_open() -> None:
    said, found = Answers(), draft()
    for name, value in ALL.items():
        said = with_answer(found, said, name, value)
    assert answered(found, said).name == "sigma_SI"
    assert said == answers(ALL)


@pytest.mark.parametrize(
    ("before", "name", "value", "complaint"),
    [
        ({}, "quantity", "sigma", "unknown quantity 'sigma'"),
        ({}, "x_unit", "cm2", "unit 'cm2' cannot become GeV"),
        ({"quantity": "sigma_SI"}, "y_unit", "GeV", "unit 'GeV' cannot become cm2"),
        ({"y_unit": "s"}, "quantity", "sigma_SI", "unit 's' cannot become cm2"),
        ({"quantity": "sigma_SI", "x_unit": "GeV"}, "y_unit", "m2", "1e-16 cm2 contradicts the unit"),
        ({"x_unit": "GeV", "y_unit": "cm2"}, "quantity", "sigma_e", "1e-20 cm2 contradicts the unit"),
        ({"quantity": "sigmav"}, "channel", "xx", "unknown channel 'xx'"),
        ({"quantity": "sigma_SI"}, "channel", "bb", "unknown channel 'bb'; known are: none"),
        ({}, "reference", "a talk", "no arXiv number and no DOI"),
    ],
)
def test_an_answer_that_the_numbers_contradict_is_refused_when_it_is_given(
    before: dict[str, Any], name: str, value: str, complaint: str
) -> None:
    with pytest.raises(InvalidCurve, match=complaint):
        with_answer(draft(1e-20), answers(before), name, value)


@given(st.sampled_from([*ALL, "channel", "reference"]), st.text(max_size=30))
def test_whatever_is_typed_is_taken_or_refused_by_name(name: str, text: str) -> None:
    try:
        said = with_answer(draft(), Answers(), name, text)
    except InvalidCurve as error:
        shown = str(error)
        assert len(shown.splitlines()) == 1
    else:
        assert said.given == {name: text}
