"""A line is cut as its writer meant it, and only harmless names are bound."""

import builtins
import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.error import UsageError

from vre_dm.notebook.words import unquoted, variable, words


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("", []),
        ("  a   b ", ["a", "b"]),
        ('technique="direct detection" year>=2017', ['technique="direct detection"', "year>=2017"]),
        ("--files '*.root' a:b", ["--files", "'*.root'", "a:b"]),
        ("a\tb\nc", ["a", "b", "c"]),
        ("x='it\"s'", ["x='it\"s'"]),
    ],
)
def test_quotes_hold_a_word_together_and_stay(line: str, cut: list[str]):
    assert words(line) == cut


@pytest.mark.parametrize("line", ['"', "a 'b", 'x="y z'])
def test_an_open_quote_is_said(line: str):
    with pytest.raises(UsageError, match="not closed"):
        words(line)


@given(st.text(max_size=80))
def test_no_character_but_blanks_is_lost(line: str):
    try:
        found = words(line)
    except UsageError:
        return
    assert "".join("".join(found).split()) == "".join(line.split())


@given(st.text(max_size=30))
def test_a_name_that_is_accepted_can_be_assigned_and_hides_nothing(name: str):
    try:
        variable(name)
    except UsageError:
        return
    exec(f"{name} = 1", {})
    assert not hasattr(builtins, name)


@pytest.mark.parametrize(
    "name", [*keyword.kwlist, *keyword.softkwlist, "print", "list", "__name__", "a b", "é", ""]
)
def test_names_of_the_language_are_refused(name: str):
    with pytest.raises(UsageError):
        variable(name)


def test_one_pair_of_quotes_is_taken_off():
    assert [unquoted(word) for word in ("'a b'", '"a"', "a", "'a\"", "'", "''")] == [
        "a b",
        "a",
        "a",
        "'a\"",
        "'",
        "",
    ]
