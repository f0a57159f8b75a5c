"""A word that is not known is answered with the words that may have been meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve
from vre_dm.limits.spelling import SHOWN, near, require

KNOWN = ["sigma_SI", "sigma_SDn", "sigma_SDp", "kappa"]


@pytest.mark.parametrize(
    ("word", "first"), [("sigma_si", "sigma_SI"), ("SIGMA_SDN", "sigma_SDn"), ("kapa", "kappa")]
)
def test_the_nearest_word_comes_first_whatever_its_case(word: str, first: str) -> None:
    assert near(word, KNOWN).startswith(f"near it: {first}")


def test_a_part_of_a_name_names_it() -> None:
    assert near("SI", [*KNOWN, "sigmav"]).startswith("near it: sigma_SI")
    assert near("lz_2024", ["si_lz_2022", "sdp_lz_2024"]).startswith("near it: sdp_lz_2024")


def test_at_most_three_near_words_are_named() -> None:
    assert near("sigma", [f"sigma{number}" for number in range(20)]).count(",") == 2


def test_without_a_near_word_the_first_ones_are_listed_and_the_others_counted() -> None:
    words = [f"word{number:02}" for number in range(SHOWN + 5)]
    answer = near("zzz", words)
    assert answer.startswith("known are: word00, word01")
    assert answer.endswith(f"word{SHOWN - 1:02} and 5 more")
    assert "more" not in near("zzz", words[:SHOWN])


def test_an_empty_list_says_that_nothing_is_known() -> None:
    assert near("x", []) == "known are: none"


def test_a_known_word_passes_and_another_one_is_named_with_what_it_was_to_be() -> None:
    require("kappa", KNOWN, "quantity")
    with pytest.raises(InvalidCurve, match=r"^unknown quantity 'kapa'; near it: kappa$"):
        require("kapa", KNOWN, "quantity")


@pytest.mark.parametrize("word", [None, 3, ["kappa"], b"kappa"])
def test_what_is_no_word_is_refused_and_not_taken_for_one(word: object) -> None:
    with pytest.raises(InvalidCurve, match="unknown quantity"):
        require(word, KNOWN, "quantity")


@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=12))
def test_any_word_gets_an_answer_and_only_known_words_are_suggested(word: str, known: list[str]) -> None:
    answer = near(word, known)
    assert answer.startswith(("near it: ", "known are: "))
    if answer.startswith("near it: "):
        assert any(answer.startswith(f"near it: {other}") for other in known)
