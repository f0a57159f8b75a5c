"""A Did is safe as a path, in HTML and on a line, whatever it was made of."""

import os
import string
from html import escape
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vre_dm.did import MAX_NAME, MAX_SCOPE, Did, DidPattern
from vre_dm.errors import InvalidDid

ALLOWED = string.ascii_letters + string.digits + "_"
PARTS = st.text(ALLOWED + ".-+=@#", max_size=12).flatmap(
    lambda tail: st.sampled_from(ALLOWED).map(lambda head: head + tail)
)
NAMES = st.lists(PARTS, min_size=1, max_size=4).map("/".join)
SCOPES = st.text(ALLOWED + ".-", max_size=20).map(lambda tail: "s" + tail)

# Pieces that have hurt somebody: paths, options, shells, HTML, other alphabets, invisible characters.
NASTY = [
    "..", ".", "/", "//", "\\", "~", "-", "--help", "\x00", "\n", "\r", "\t", "\x1b[31m", "\u202e", "\u200b",
    "\u2024\u2024", "\uff0e\uff0e", "\u2215", "а", "ｅ",
    "<script>", "&lt;", '"', "'", "`id`", "$(id)", "%2e%2e",
    "%00", " ", ":", "::", "*", "?", "a", "user.dm", "C:", "CON", "\ud800", "é", "e\u0301", "😀", ";", "|",
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(NASTY) | st.text(max_size=5), max_size=8).map("".join)


@given(SCOPES, NAMES)
def test_what_the_catalogue_can_hold_is_read_and_written_alike(scope: str, name: str) -> None:
    did = Did.parse(f"{scope}:{name}")
    assert (did.scope, did.name) == (scope, name)
    assert str(did) == f"{scope}:{name}"
    assert Did.parse(did) is did


@settings(max_examples=1_000, deadline=None)
@given(HOSTILE, HOSTILE)
@example("..", "..")
@example("a", "../../etc/passwd")
@example("a", "/etc/passwd")
@example("a", "b/../../c")
def test_no_text_becomes_a_did_that_leaves_a_folder(scope: str, name: str) -> None:
    stays_inside(scope, name)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(HOSTILE, HOSTILE)
def test_none_of_ten_thousand_texts_becomes_a_did_that_leaves_a_folder(scope: str, name: str) -> None:
    stays_inside(scope, name)


def stays_inside(scope: str, name: str) -> None:
    folder = "/tmp/lake/data"
    try:
        did = Did.parse(f"{scope}:{name}")
    except InvalidDid:
        return
    joined = os.path.normpath(f"{folder}/{did.path()}")
    assert joined == f"{folder}/{did.scope}/{did.name}"
    assert not did.path().is_absolute()
    assert all(part not in {"", ".", ".."} and part[0] not in "-~." for part in did.path().parts)


@settings(max_examples=2_000, deadline=None)
@given(HOSTILE, HOSTILE)
def test_no_did_means_something_in_html_or_on_a_terminal(scope: str, name: str) -> None:
    try:
        texts = [str(Did.parse(f"{scope}:{name}"))]
        assert escape(texts[0]) == texts[0]
        texts.append(repr(Did.parse(texts[0])))
    except InvalidDid as error:
        texts = [str(error)]
    assert all(text.isprintable() and text.replace("…", "").isascii() for text in texts)


@given(NAMES, NAMES)
def test_different_names_have_different_paths(one: str, other: str) -> None:
    assert (Did("s", one).path() == Did("s", other).path()) is (one == other)


def test_a_did_can_be_written_on_a_real_disk(tmp_path: Path) -> None:
    did = Did("s" * MAX_SCOPE, "n" * MAX_NAME)
    path = tmp_path / did.path()
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    assert path.resolve().is_relative_to(tmp_path.resolve())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("xenon", "no colon; write scope:name, such as xenon:s2only.events"),
        ("a:b:c", "more than one colon"),
        (":b", "scope of a DID is empty"),
        ("a:", "name of a DID is empty"),
        ("a:../b", "could leave a folder"),
        ("a:-rf", "pass for an option"),
        ("a:b//c", "empty part"),
        ("a:/b", "empty part"),
        ("a/b:c", "only names can hold"),
        ("a:b\x00", r"'\\x00' at position 2"),
        ("a:\u0430", r"'\\u0430' at position 1"),
        ("a:b\n", r"'\\n'"),
        ("a:" + "x" * 251, "251 characters; Rucio allows 250"),
        ("x" * 26 + ":a", "26 characters; Rucio allows 25"),
        ("a:b*", "which no DID"),
    ],
)
def test_a_malformed_did_says_what_is_wrong_with_it(text: str, said: str) -> None:
    with pytest.raises(InvalidDid, match=said):
        Did.parse(text)


def test_the_length_of_a_long_name_is_said_once() -> None:
    with pytest.raises(InvalidDid) as caught:
        Did("a", "x" * 300)
    assert str(caught.value).count("300 characters") == 1


@pytest.mark.parametrize("thing", [None, 5, b"a:b", ["a:b"], ("a", "b")])
def test_only_text_is_a_did(thing: object) -> None:
    with pytest.raises(InvalidDid, match="text"):
        Did.parse(thing)  # type: ignore[arg-type]


def test_a_did_cannot_be_changed_after_it_was_checked() -> None:
    with pytest.raises(AttributeError):
        Did("a", "b").name = "../c"  # type: ignore[misc]


def test_dids_sort_by_scope_and_name() -> None:
    assert sorted([Did("b", "a"), Did("a", "c"), Did("a", "b")]) == [
        Did("a", "b"),
        Did("a", "c"),
        Did("b", "a"),
    ]


@pytest.mark.parametrize(
    ("text", "scope", "name"),
    [("*", "*", "*"), ("a:b*", "a", "b*"), ("events*", "*", "events*"), ("user.*:*", "user.*", "*")],
)
def test_a_pattern_names_scope_and_name(text: str, scope: str, name: str) -> None:
    pattern = DidPattern.parse(text)
    assert (pattern.scope, pattern.name) == (scope, name)


@given(SCOPES, NAMES)
def test_a_did_is_a_pattern_that_fits_itself_only(scope: str, name: str) -> None:
    pattern = DidPattern.parse(Did(scope, name))
    assert pattern.has_scope(scope)
    assert pattern.has_name(name)
    assert not pattern.has_name(name + "x")


@pytest.mark.parametrize("text", ["", "a:b:c", "a:", "a b", "a:<b>", "[a]", "a:b?", "%", "x" * 300])
def test_a_malformed_pattern_is_refused(text: str) -> None:
    with pytest.raises(InvalidDid):
        DidPattern.parse(text)


def test_a_pattern_takes_a_scope_that_is_said_beside_it_once() -> None:
    assert DidPattern.parse("limits*").within("fermi") == DidPattern("fermi", "limits*")
    assert DidPattern.parse("fermi:x").within("fermi") == DidPattern("fermi", "x")
    assert DidPattern.parse("fermi:x").within(None) == DidPattern("fermi", "x")
    with pytest.raises(InvalidDid, match="give the scope once"):
        DidPattern.parse("fermi:x").within("xenon")
    with pytest.raises(InvalidDid):
        DidPattern.parse("x").within("<b>")
