"""The terminal shows what a real one would of what our commands write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.terminal import Screen, screens

OUTPUT = st.lists(
    st.sampled_from(["a", "wörd", "\r", "\n", "\b", "\x1b[K", "\x1b[31m", "\x07", "█", "x" * 30])
)


def shown(*output: str, width: int = 10, height: int = 4) -> tuple[str, ...]:
    screen = Screen(width, height)
    for text in output:
        screen.feed(text)
    return screen.lines


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        ("one\r\ntwo", ("one", "two")),
        ("abc\rX", ("Xbc",)),
        ("abc\r\x1b[K", ("",)),
        ("abc\b\bX", ("aXc",)),
        ("0123456789ab", ("0123456789", "ab")),
        ("\x1b[31mred\x1b[0m\x07", ("red",)),
        ("1\r\n2\r\n3\r\n4\r\n5", ("2", "3", "4", "5")),
    ],
)
def test_the_screen_shows_what_a_terminal_would(output: str, lines: tuple[str, ...]):
    assert shown(output) == lines


@given(OUTPUT)
def test_no_output_makes_a_line_too_wide_or_a_screen_too_high(output: list[str]):
    lines = shown(*output)
    assert len(lines) <= 4
    assert all(len(line) <= 10 and line.isprintable() for line in lines)


@given(OUTPUT)
def test_it_does_not_matter_in_which_pieces_plain_text_comes(output: list[str]):
    whole = [text for text in output if not text.startswith("\x1b")]
    assert shown(*"".join(whole)) == shown("".join(whole))


def test_only_changes_are_told():
    told = list(screens([(1.0, "a"), (2.0, "\r"), (3.0, "a"), (4.0, "b")], 10, 4))
    assert told == [(1.0, ("a",)), (4.0, ("ab",))]
