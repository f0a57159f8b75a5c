"""Every curve can be cited, and whatever its record says the result stays one valid BibTeX file."""

import dataclasses
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.limits.conftest import HOSTILE, make
from vre_dm.limits.bibtex import bibtex, escape
from vre_dm.limits.catalogue import load
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import Provenance, Reference

PAPER = Reference("2001.00001", "v2", "10.1000/xyz", title="First results", authors="TOY Collaboration")
Entries = dict[str, tuple[str, dict[str, str]]]


def read(text: str) -> Entries:
    """A small BibTeX reader of its own: balanced braces, one key once."""
    found: Entries = {}
    while text := text.strip():
        start = re.match(r"@([a-z]+)\{([A-Za-z0-9._:/+-]+),", text)
        assert start, text[:80]
        fields, text = {}, text[start.end() :].strip()
        while not text.startswith("}"):
            field = re.match(r"([A-Za-z]+) = \{", text)
            assert field, text[:80]
            end = closing(text, field.end())
            fields[field[1]] = text[field.end() : end]
            assert text[end : end + 2] == "},"
            text = text[end + 2 :].strip()
        assert start[2] not in found
        found[start[2]], text = (start[1], fields), text[1:]
    return found


def closing(text: str, begin: int) -> int:
    depth = 1
    for i in range(begin, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if depth == 0:
            return i
    pytest.fail(f"braces do not balance: {text[:80]}")


def cited(*curves: Curve) -> Entries:
    return read(bibtex(curves))


def test_a_publication_is_cited_with_all_that_is_known() -> None:
    (entry,) = cited(make(reference=PAPER)).values()
    assert entry == (
        "article",
        {
            "author": "{TOY Collaboration}",
            "title": "{First results}",
            "year": "2020",
            "eprint": "2001.00001",
            "archivePrefix": "arXiv",
            "doi": "10.1000/xyz",
        },
    )


def test_two_curves_of_one_publication_give_one_entry() -> None:
    assert list(cited(make(reference=PAPER), make(id="other", reference=PAPER))) == ["arXiv-2001.00001"]


def test_people_are_separate_authors_and_a_collaboration_is_one() -> None:
    people = dataclasses.replace(PAPER, authors="Billard, J. and Strigari, L.")
    assert cited(make(reference=people))["arXiv-2001.00001"][1]["author"] == "Billard, J. and Strigari, L."


def test_an_article_without_preprint_is_known_by_its_doi_and_a_report_by_its_number() -> None:
    keys = list(
        cited(make(reference=Reference(doi="10.1000/xyz")), make(reference=Reference(report="PUB-1")))
    )
    assert keys == ["doi-10.1000/xyz", "report-PUB-1"]


def test_a_hepdata_record_is_cited_once_for_all_its_tables() -> None:
    tables = [make(reference=Reference(release=f"10.17182/hepdata.77382.v1/t{i}")) for i in (2, 10)]
    assert cited(*tables) == {
        "data-10.17182/hepdata.77382.v1": (
            "misc",
            {"title": "{HEPData record}", "doi": "10.17182/hepdata.77382.v1"},
        )
    }


def test_the_repository_of_the_numbers_is_cited_with_its_commit_and_licence() -> None:
    curve = make(provenance=Provenance(source="some_one/curves", commit="a" * 40))
    ((key, entry),) = cited(curve).items()
    assert key == "repository-some_one/curves:aaaaaaaaaaaa"
    assert entry[1]["howpublished"] == r"repository some\_one/curves, commit aaaaaaaaaaaa"
    assert entry[1]["note"] == "CC0-1.0"


def test_a_curve_of_the_users_own_is_cited_by_its_numbers() -> None:
    ((key, entry),) = cited(make()).items()
    assert key == "curve-si_toy_2020"
    assert make().sha256 in entry[1]["note"]


def test_no_curve_no_entry() -> None:
    assert bibtex([]) == ""


def test_every_shipped_curve_has_its_citation() -> None:
    for curve in load():
        assert cited(curve), curve.id
    every = cited(*load())
    arxiv = {curve.reference.arxiv for curve in load()} - {"unknown"}
    assert {entry[1]["eprint"] for entry in every.values() if "eprint" in entry[1]} == arxiv


def test_an_unknown_is_left_out_and_never_printed_as_a_fact() -> None:
    for _, fields in cited(*load()).values():
        assert "unknown" not in fields.values()
        assert "{unknown}" not in fields.values()


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_the_record_says_the_file_stays_readable(title: str, source: str) -> None:
    reference = Reference(arxiv=source, doi=title, title=title, authors=source, report=title, release=source)
    curve = make(label=title, reference=reference, provenance=Provenance(source=source), licence=title)
    assert cited(curve, make(id=title, label=source))


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a_b & 90 %", r"a\_b \& 90 \%"),
        (r"\input{x}", r"\textbackslash{}input\textbraceleft{}x\textbraceright{}"),
        ("3.1 tonne × year", r"3.1 tonne \ensuremath{\times} year"),
        ("at √s = 13 TeV", r"at \ensuremath{\surd}s = 13 TeV"),
        ("fb⁻¹", r"fb\textsuperscript{-}\textsuperscript{1}"),
        ("Hütten", "Hütten"),
        ("a\x1b[31mb", "a [31mb"),
    ],
)
def test_text_is_escaped_for_latex(text: str, latex: str) -> None:
    assert escape(text) == latex


def test_hostile_text_holds_no_command() -> None:
    assert not re.search(r"(?<!\\)[$&%#_]|\\frac|\x1b", escape(HOSTILE))


def test_identifiers_that_cannot_be_spelled_get_keys_of_their_own() -> None:
    keys = list(cited(make(id="a b"), make(id="a?b")))
    assert len(set(keys)) == 2


def test_latex_needs_no_more_than_letters_to_print_what_ships() -> None:
    beyond = {
        char
        for char in bibtex(load())
        if not char.isascii() and not unicodedata.category(char).startswith("L")
    }
    assert not beyond
