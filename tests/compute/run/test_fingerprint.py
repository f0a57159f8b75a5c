"""A function is told by all that it computes with, in every process alike."""

import functools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.compute.run.fingerprint import fingerprint, modules_of

SELECTION = """
import functools
import numpy as np

CUT = 20.0
EDGES = np.linspace(0, 1, 5)

def corrected(pt):
    return pt * 1.01

class Counter:
    scale = 2
    def __init__(self, names):
        self.names = names
    def __call__(self, events):
        return len(self.names) * self.scale

counter = Counter({"a", "b", "c"})

def fill(events, least=3, *, most=9):
    good = [value for value in corrected(events) if value > CUT and "mu" in {"e", "mu", "tau"}]
    return np.histogram(good, EDGES), counter(events), least, most
"""


def defined(source: str) -> dict[str, Any]:
    """Names of a session in which this was typed."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(source, names)
    return names


def of(source: str, name: str = "fill") -> str:
    return fingerprint(defined(source)[name])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("> CUT", ">= CUT"),
        ("CUT = 20.0", "CUT = 21.0"),
        ("CUT = 20.0", "CUT = 20"),
        ("pt * 1.01", "pt * 1.02"),
        ("linspace(0, 1, 5)", "linspace(0, 1, 6)"),
        ("least=3", "least=4"),
        ("most=9", "most=8"),
        ('"tau"}', '"nu"}'),
        ("scale = 2", "scale = 3"),
        ('{"a", "b", "c"}', '{"a", "b", "d"}'),
        ("len(self.names) *", "len(self.names) +"),
    ],
)
def test_any_change_of_what_it_computes_with_is_seen(before: str, after: str):
    assert SELECTION.count(before) == 1
    assert of(SELECTION.replace(before, after)) != of(SELECTION)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def corrected", "# a comment, and lines\n\n\ndef corrected"),
        ("CUT = 20.0", "CUT = 20.0\nUNUSED = 1"),
        ("import numpy as np\n", "import numpy as np\nimport json\n"),
    ],
)
def test_what_it_does_not_read_is_no_change(before: str, after: str):
    assert of(SELECTION.replace(before, after)) == of(SELECTION)


def test_another_process_tells_the_same_whatever_its_hashes():
    code = f"{SELECTION}\nfrom vre_dm.compute.run.fingerprint import fingerprint\nprint(fingerprint(fill))"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_what_it_encloses_counts():
    def above(cut: float) -> Callable[[float], bool]:
        return lambda value: value > cut

    assert fingerprint(above(1.0)) == fingerprint(above(1.0))
    assert fingerprint(above(1.0)) != fingerprint(above(2.0))


def test_a_partial_and_a_method_are_told_by_what_they_hold():
    assert fingerprint(functools.partial(pow, 2)) != fingerprint(functools.partial(pow, 3))
    kind = defined(SELECTION)["Counter"]
    assert fingerprint(kind(["a"]).__call__) == fingerprint(kind(["a"]).__call__)
    assert fingerprint(kind(["a"]).__call__) != fingerprint(kind(["b"]).__call__)


def test_a_function_that_calls_itself_has_an_end():
    source = "def fill(n):\n    return n if n < 2 else other(n - 1)\ndef other(n):\n    return fill(n) * 3\n"
    assert of(source) == of(source)
    assert of(source) != of(source.replace("* 3", "* 4"))


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], FunctionType]:
    """Writes a module of the user's, and gives its function ``fill`` as imported anew."""

    def imported(source: str) -> FunctionType:
        (tmp_path / "cuts_of_mine.py").write_text(source)
        monkeypatch.syspath_prepend(tmp_path)
        sys.modules.pop("cuts_of_mine", None)
        names = defined("import cuts_of_mine\ndef fill(e):\n    return cuts_of_mine.select(e)\n")
        return names["fill"]  # type: ignore[no-any-return]

    yield imported
    sys.modules.pop("cuts_of_mine", None)


def test_of_a_module_of_ones_own_only_what_is_read_counts(
    module: Callable[[str], FunctionType], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    source = "LIMIT = 3\ndef select(e):\n    return e > LIMIT\ndef unused(e):\n    return 0\n"
    before = module(source)
    told, names = fingerprint(before), {each.__name__ for each in modules_of(before)}
    assert names == {"__main__", "cuts_of_mine"} or names == {"cuts_of_mine"}
    assert fingerprint(module(source.replace("return 0", "return 1"))) == told
    assert fingerprint(module(source.replace("LIMIT = 3", "LIMIT = 4"))) != told


def test_a_module_that_is_imported_later_counts_by_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(tmp_path)
    fill = defined("def fill(e):\n    import later_of_mine\n    return later_of_mine.f(e)\n")["fill"]
    (tmp_path / "later_of_mine.py").write_text("def f(e): return 1")
    before = fingerprint(fill)
    (tmp_path / "later_of_mine.py").write_text("def f(e): return 2")
    assert fingerprint(fill) != before


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_values_are_told_apart_exactly_where_they_differ(one: Any, other: Any):
    assert (fingerprint(one) == fingerprint(other)) is (repr(one) == repr(other))


def test_arrays_are_told_by_content_and_kind():
    one = np.arange(4.0)
    assert fingerprint(one) == fingerprint(np.arange(4.0))
    assert fingerprint(one) != fingerprint(np.arange(4))
    assert fingerprint(one) != fingerprint(one.reshape(2, 2))
