"""TOML as theirs: mended where BibTeX broke it, written so that every reader takes it."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.limits.conftest import HOSTILE
from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange.toml_text import LARGEST, LONGEST, dump, load

texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)
values = st.one_of(
    texts,
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(texts, max_size=3),
)


@given(st.dictionaries(texts, st.dictionaries(texts, values, max_size=4), max_size=4))
def test_what_is_written_python_reads_as_it_was(sections: dict[str, dict[str, object]]) -> None:
    text = dump(sections)
    assert tomllib.loads(text) == sections
    assert load(text, "x") == (sections, False)


def test_backslashes_of_bibtex_are_kept_and_it_is_said() -> None:
    text = 'a = """@article{x, title={The $\\sigma$ limit\\textbf{!}}}"""\nb = 1\n'
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)
    found, mended = load(text, "x.toml")
    assert (found["a"], found["b"], mended) == (
        "@article{x, title={The $\\sigma$ limit\\textbf{!}}}",
        1,
        True,
    )


def test_escapes_that_are_meant_stay_escapes() -> None:
    assert load('a = """x\\ty"""', "x.toml") == ({"a": "x\ty"}, False)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a = ", "x.toml is not TOML: "),
        ('a = """\\s', "x.toml is not TOML: "),
        ("a = 1\na = 2", "x.toml is not TOML: "),
        ("\nb = '" + "x" * LONGEST + "'", "x.toml row 2: more than 5000 letters in a line"),
        ("#\n" * LARGEST, "x.toml has more than 1000000 letters"),
        ("a = " + "[" * 4000, "x.toml is not TOML"),
        (HOSTILE, "x.toml is not TOML"),
    ],
)
def test_what_is_no_toml_is_refused_in_one_short_line(text: str, complaint: str) -> None:
    with pytest.raises(InvalidCurve, match=complaint) as refused:
        load(text, "x.toml")
    assert len(str(refused.value)) < 300
