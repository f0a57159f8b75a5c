"""A cell as a function of the events of one chunk."""

import inspect
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.compilerop import CachingCompiler
from IPython.core.error import UsageError

from vre_dm.notebook.cell import function_of

SPACE: dict[str, Any] = {"__name__": "__main__", "factor": 2, "np": None}


def made(cell: str, **more: Any) -> Any:
    """The function of a cell, in a session that has some variables."""
    return function_of(cell, SPACE | more, CachingCompiler().cache)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("events * factor", 6),
        ("x = events + 1\nx * x", 16),
        ("x = events\nreturn x", 3),
        ("if events > 2:\n    y = 10\nelse:\n    y = 0\ny", 10),
        ("def fill(events):\n    return events + factor", 5),
        ("import math\n\ndef fill(e):\n    return math.sqrt(e * 3)", 3.0),
        ("[events * i for i in range(3)]", [0, 3, 6]),
        ("{'n': events,\n 'two': [\n    events, events]}", {"n": 3, "two": [3, 3]}),
        ("text = '''a\n  b'''\n(text, events)", ("a\n  b", 3)),
        ("é = 'ü'; (é, events)", ("ü", 3)),
        ("x = 1; events;", 3),
        ("# why\nevents  # this", 3),
        ("sum((lambda: events)() for _ in 'ab')", 6),
        ("...\nevents", 3),
    ],
)
def test_the_last_expression_or_function_is_what_is_mapped(cell: str, value: object) -> None:
    assert made(cell)(3) == value


def test_the_text_of_the_function_is_that_of_the_cell_on_its_lines() -> None:
    text = inspect.getsource(made("# a cut\nx = events\nx  # the value"))
    assert text.splitlines() == [
        "def cell(events):",
        "    # a cut",
        "    x = events",
        "    return (x)  # the value",
    ]


def test_what_a_cell_names_stays_inside_and_a_function_is_defined_for_later() -> None:
    space: dict[str, Any] = {}
    function_of("hidden = events\nhidden", space, CachingCompiler().cache)(1)
    assert "hidden" not in space
    function_of("def fill(events):\n    return 1", space, CachingCompiler().cache)
    assert space["fill"](0) == 1


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("", "has no value"),
        ("# nothing", "has no value"),
        ("x = events", "has no value: end it with an expression of events"),
        ("for x in events:\n    x", "has no value"),
        ("events +", "line 2 of the cell is no Python"),
        ("x = 1\n  events", "line 3 of the cell is no Python"),
        ("%time events", "line 2 of the cell is no Python"),
        ("from math import *\nsin(events)", "is no Python for workers: import \\* only allowed"),
        ("await events", "is no Python for workers"),
        ("\0", "is no Python for workers"),
    ],
)
def test_what_cannot_be_mapped_is_said_with_its_line(cell: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        made(cell)
    assert "\n" not in str(refused.value)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40))
def test_whatever_stands_there_is_a_function_or_refused_in_words(rest: str) -> None:
    try:
        assert callable(made(f"{rest!r}\n{rest!r}, events"))
        assert made(f"x = {rest!r}\n(x, events)")(1) == (rest, 1)
    except UsageError as error:
        pytest.fail(str(error))
