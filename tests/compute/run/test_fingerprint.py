"""A function is told by all that it computes with, in every process alike."""

import functools
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.compute.run.fingerprint import fingerprint, modules_of
from vre_dm.compute.run.ours import forget_modules

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
    # Bytecode is found by second and size of its text, and these texts have both in common.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def imported(source: str) -> FunctionType:
        (tmp_path / "cuts_of_mine.py").write_text(source)
        monkeypatch.syspath_prepend(tmp_path)
        sys.modules.pop("cuts_of_mine", None)
        names = defined("import cuts_of_mine\ndef fill(e):\n    return cuts_of_mine.select(e)\n")
        return names["fill"]  # type: ignore[no-any-return]

    yield imported
    sys.modules.pop("cuts_of_mine", None)


def test_of_a_module_of_ones_own_only_what_is_read_counts(module: Callable[[str], FunctionType]):
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


HIDDEN = """
import collections, dataclasses, functools, typing, types
import numpy as np

def inner(x):
    return x + 1

def guarded(x):
    try:
        y = 1 / x
        z = 2 / x
    except ZeroDivisionError:
        return 0
    return y + z

class Cuts(typing.NamedTuple):
    pt: float = 1.0
    def good(self, x):
        return x > self.pt

@dataclasses.dataclass
class Settings:
    scale: float = 4.0
    def apply(self, x):
        return x * self.scale

class Level(int):
    def passes(self, x):
        return x >= self

class Chain:
    power = functools.partialmethod(lambda self, n, x: x ** n, 3)
    def __init__(self, *steps):
        self.steps = {"all": list(steps)}

class Node:
    def __init__(self):
        self.children = {Leaf(self)}
class Leaf:
    def __init__(self, parent):
        self.parent = parent
        self.value = 11

in_a_set = {(1, inner), ("a", 5)}
node = Node()
made_by_hand = types.ModuleType("made_by_hand")
made_by_hand.cut = 7
whatever = collections.defaultdict(inner)
of_a_package = {"__name__": "numpy.lib"}
exec("def enclosed(f): return lambda x: f(x)", of_a_package)
enclosed = of_a_package["enclosed"]
"""
FILLS = {
    "an array of objects": "values = np.array([inner, None], dtype=object)\ndef fill(x): return values[0](x)",
    "a default factory": "def fill(x): return whatever['a']",
    "np.vectorize": "fast = np.vectorize(inner)\ndef fill(x): return fast(x)",
    "a package's closure": "fill = enclosed(inner)",
    "a package's closure in a dict": "kept = {1: [enclosed(inner)]}\ndef fill(x): return kept[1][0](x)",
    "partialmethod": "class A:\n  f = functools.partialmethod(inner)\na = A()\ndef fill(x): return a.f()",
    "lru_cache": "kept = functools.lru_cache(inner)\ndef fill(x): return kept(x)",
    "a set": "def fill(x): return [part for part in in_a_set]",
    "a list in a package's object": "d = collections.deque([[inner]])\ndef fill(x): return d[0][0](x)",
    "an attribute of a function": "def fill(x): return fill.f(x)\nfill.f = inner",
    "a namespace": "n = types.SimpleNamespace(f={'a': [inner]})\ndef fill(x): return n.f['a'][0](x)",
    "a bound method": "m = Chain(inner).steps['all'].append\ndef fill(x): return m(x)",
    "a mapping that is read only": "m = types.MappingProxyType({'f': inner})\ndef fill(x): return m['f'](x)",
    "a callable object": "class F:\n  g = inner\n  def __call__(self, x): return self.g()\nfill = F()",
    "a method": "class F:\n  f = [inner]\n  def fill(self, x): return self.f[0](x)\nfill = F().fill",
}


@pytest.mark.parametrize("where", FILLS)
def test_a_function_is_seen_wherever_it_is_kept(where: str):
    source = HIDDEN + FILLS[where]
    assert of(source) == of(source)
    assert of(source.replace("x + 1", "x + 2")) != of(source)


@pytest.mark.parametrize(
    ("before", "after", "fill"),
    [
        ("pt: float = 1.0", "pt: float = 2.0", "c = Cuts()\ndef fill(x): return c.good(x)"),
        ("x > self.pt", "x >= self.pt", "c = Cuts()\ndef fill(x): return c.good(x)"),
        ("scale: float = 4.0", "scale: float = 5.0", "s = Settings()\ndef fill(x): return s.apply(x)"),
        ("x * self.scale", "x / self.scale", "s = Settings()\ndef fill(x): return s.apply(x)"),
        ("x >= self", "x > self", "level = Level(3)\ndef fill(x): return level.passes(x)"),
        ("x ** n, 3", "x ** n, 2", "c = Chain()\ndef fill(x): return c.power(x)"),
        ("self.value = 11", "self.value = 12", "def fill(x): return node"),
        ("cut = 7", "cut = 8", "def fill(x): return x > made_by_hand.cut"),
        ("cut = 7", "cut = 8", "def get(m): return m.cut\ndef fill(x): return x > get(made_by_hand)"),
        (
            "        y = 1 / x\n        z = 2 / x\n",
            "        y = 1 / x\n    except TypeError: raise\n    try:\n        z = 2 / x\n",
            "fill = guarded",
        ),
    ],
)
def test_state_and_code_of_ones_own_classes_count(before: str, after: str, fill: str):
    source = HIDDEN + fill
    assert source.count(before) == 1
    assert of(source) == of(source)
    assert of(source.replace(before, after)) != of(source)


def test_what_a_package_encloses_counts_and_what_it_is_itself_by_its_version():
    @functools.cache
    def cut(x: float) -> bool:
        return x > 3

    def decorated(power: int) -> Any:
        return np.vectorize(functools.partial(pow, exp=power))

    assert fingerprint(decorated(2)) == fingerprint(decorated(2))
    assert fingerprint(decorated(2)) != fingerprint(decorated(3))
    assert fingerprint(cut) == fingerprint(cut)
    for known in (np.sin, np.histogram, np.linalg.norm, functools.lru_cache, dict.fromkeys, "a".join, len):
        assert fingerprint(known) == fingerprint(known)


def test_what_cannot_be_sent_is_never_the_same():
    lock = threading.Lock()
    assert fingerprint(lock) != fingerprint(lock)
    assert fingerprint([lambda: lock]) != fingerprint([lambda: lock])


def test_a_long_chain_and_a_long_number_have_an_end():
    chain: list[Any] = []
    for _ in range(5000):
        chain = [chain]
    assert fingerprint(chain, 10**5000) != fingerprint(chain, 10**5000 + 1)


COMPILED = """
import numba
CUT = 3
@numba.njit
def above(x):
    return x > CUT
@numba.vectorize
def shifted(x):
    return x + 0.5
fast = [above]
def fill(x):
    return fast[0](x), shifted(x)
"""


def test_what_numba_compiles_is_told_by_its_source_alone():
    assert of(COMPILED) == of(COMPILED)
    assert of(COMPILED.replace("CUT = 3", "CUT = 4")) != of(COMPILED)
    assert of(COMPILED.replace("+ 0.5", "+ 0.6")) != of(COMPILED)
    assert of(COMPILED.replace("x > CUT", "x >= CUT")) != of(COMPILED)


def test_a_module_that_is_handed_on_counts_as_a_whole(module: Callable[[str], FunctionType]):
    source = "LIMIT = 3\ndef select(m):\n    return m\n"
    session = "import cuts_of_mine\ndef least(m): return m.LIMIT\ndef fill(e): return least(cuts_of_mine)\n"
    found = []
    for text in (source, source.replace("3", "4"), source):
        module(text)
        sys.modules.pop("cuts_of_mine", None)
        found.append(fingerprint(defined(session)["fill"]))
    assert found[0] == found[2] != found[1]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder of modules of the user's, forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return tmp_path


def test_a_folder_without_an_init_is_ones_own(folder: Path):
    (folder / "tools_of_mine").mkdir()
    text = folder / "tools_of_mine" / "cuts.py"

    def told(source: str) -> str:
        text.write_text(source)
        names = defined("import tools_of_mine.cuts\ndef fill(e):\n    return tools_of_mine.cuts.f(e)\n")
        found = fingerprint(names["fill"])
        forget_modules()
        return found

    assert told("def f(e): return 1") == told("def f(e): return 1") != told("def f(e): return 2")
    assert "tools_of_mine" not in sys.modules


def test_a_module_that_is_imported_later_counts_with_all_that_it_imports(folder: Path):
    package = folder / "later_too_of_mine"
    package.mkdir()
    for name, text in {
        "__init__": "",
        "a": "from . import b\n",
        "b": "from .c import d\n",
        "c": "d = 1\n",
    }.items():
        (package / f"{name}.py").write_text(text)
    fill = defined("def fill(e):\n    from later_too_of_mine import a\n    return a.b.d\n")["fill"]
    before = fingerprint(fill)
    assert fingerprint(fill) == before
    (package / "c.py").write_text("d = 2\n")
    assert fingerprint(fill) != before
    assert "later_too_of_mine" not in sys.modules


def test_another_process_tells_the_same_of_what_is_hidden_and_of_what_was_sent():
    code = (
        f"{HIDDEN}\nmask = np.vectorize(inner)\nc, s, l = Cuts(), Settings(), Level(2)\n"
        "def fill(x): return mask(x), in_a_set, whatever, c.good(x), s.apply(x), l.passes(x), node\n"
        "import pickle\nfrom vre_dm.compute.run.fingerprint import fingerprint\n"
        "from vre_dm.compute.run.sending import packed\n"
        "print(fingerprint(fill), fingerprint(pickle.loads(packed(fill))[0]))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]
