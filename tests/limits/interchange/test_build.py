"""From draft and answers to a curve: what was changed is said, what is too long is cut where one sees it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange.answers import Answers, answers
from vre_dm.limits.interchange.build import LONG, TEXT, curve_of
from vre_dm.limits.interchange.draft import Draft, RawColumn

SAID = answers({"quantity": "sigma_SI"})


def draft(
    stem: str = "limit", y: tuple[str, list[float]] = ("cm2", [1e-45, 1e-46]), **facts: object
) -> Draft:
    columns = [RawColumn("m", "GeV", np.array([5.0, 6.0])), RawColumn(stem, y[0], np.array(y[1]))]
    return Draft(where="f.csv", id="From File", columns=columns, facts={"experiment": "TOY", **facts})


def test_the_file_names_the_curve_until_the_user_does() -> None:
    assert curve_of(draft(), SAID).id == "from_file"
    assert curve_of(draft(name="Said So"), SAID).id == "said_so"
    assert curve_of(draft(name="Said So"), answers({**SAID.given, "id": "mine"})).id == "mine"


def test_what_the_user_says_against_the_file_is_said_and_what_agrees_is_not() -> None:
    said = answers({**SAID.given, "cl": 0.95, "experiment": "TOY", "y_unit": "pb"})
    treatment = curve_of(draft(cl=0.9, y=("cm2", [1e-9, 1e-10])), said).provenance.treatment
    assert "cl 0.95 is the user's, the file says 0.9" in treatment
    assert "unit pb of limit is the user's, the file says cm2" in treatment
    assert "limit from pb to cm2" in treatment
    assert "experiment" not in treatment


def test_what_was_done_before_comes_first() -> None:
    found = curve_of(draft(**{"provenance.treatment": "smoothed"}, y=("pb", [1e-9, 1e-10])), SAID)
    assert found.provenance.treatment == "smoothed; limit from pb to cm2"


@given(
    st.sampled_from(["notes", "erratum", "statistic", "reference.figure", "provenance.tool"]),
    st.integers(0, 3000),
)
def test_a_text_longer_than_the_schema_allows_is_cut_visibly(name: str, length: int) -> None:
    curve = curve_of(draft(**{name: "x" * length or None}), SAID)
    place: Any = curve
    for part in name.split("."):
        place = getattr(place, part)
    longest = LONG.get(name, TEXT)
    assert len(place) <= longest
    assert place.endswith("…") is (length > longest)


@pytest.mark.parametrize(
    ("facts", "complaint"),
    [
        ({"channel": "xx", "quantity": "sigmav"}, "f.csv: channel 'xx' is none of bb, tautau"),
        ({"quantity": "sigma"}, "unknown quantity 'sigma'"),
        ({"cl": "high"}, "fails the check 'schema' at cl"),
        ({"year": 1066}, "fails the check 'schema' at year"),
        ({"kind": "guess"}, "fails the check 'schema' at kind"),
        ({"reference.arxiv": "no paper"}, "fails the check 'schema' at reference"),
    ],
)
def test_facts_of_a_file_that_no_record_allows_are_refused(facts: dict[str, Any], complaint: str) -> None:
    unit = ("cm3/s", [1e-25, 1e-25]) if facts.get("quantity") == "sigmav" else ("cm2", [1e-45, 1e-45])
    with pytest.raises(InvalidCurve, match=complaint):
        curve_of(draft(y=unit, **facts), Answers() if "quantity" in facts else SAID)


scalars = st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.none())
names = st.one_of(
    st.sampled_from(
        ["name", "title", "cl", "year", "kind", "column", "y", "reference.doi", "licenses.0.name", "validity"]
    ),
    st.from_regex(r"[a-z_]{1,9}(\.\w{1,4}){0,3}", fullmatch=True),
)


@given(st.dictionaries(names, scalars, max_size=6))
def test_whatever_a_file_states_gives_a_curve_or_one_line(facts: dict[str, Any]) -> None:
    stated = replace(draft(), facts={"experiment": "TOY", **facts})
    try:
        curve = curve_of(stated, SAID)
    except InvalidCurve as error:
        text = str(error)
        assert len(text.splitlines()) == 1
        assert len(text) < 1500
    else:
        assert curve.y.tolist() == [1e-45, 1e-46]
