"""Each chunk gets a function as it was sent: nothing that another chunk left is in it."""

import enum
import functools
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import hist
import pytest

from vre_dm.compute.frozen import Frozen, fresh
from vre_dm.compute.run.sending import dumps, loads, packed


class Counter:
    def __init__(self) -> None:
        self.seen = 0
        self.h = hist.Hist.new.Reg(3, 0, 3).Int64()

    def fill(self, value: float) -> tuple[int, hist.Hist]:
        self.seen += 1
        return self.seen, self.h.fill(value).copy()


def test_no_call_sees_what_another_did() -> None:
    counter = Counter()
    counter.fill(0.5)
    frozen = Frozen(packed(counter.fill))
    for _ in range(3):
        seen, h = frozen(1.5)
        assert (seen, h.values().tolist()) == (2, [1, 1, 0])
    assert counter.seen == 1


def test_variables_that_functions_share_are_shared_within_a_call() -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec("n = 0\ndef more():\n  global n\n  n += 1\ndef fill(_):\n  more(); more(); return n\n", names)
    frozen = Frozen(packed(names["fill"]))
    assert [frozen(0), frozen(0)] == [2, 2]


def session(source: str) -> dict[str, Any]:
    """What a notebook has after a cell, whose classes and functions travel."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(source, names)
    return names


def test_what_a_call_leaves_in_a_class_is_not_there_at_the_next() -> None:
    fill = session(
        "class Seen: pass\n"
        "def fill(n):\n"
        "  if not hasattr(Seen, 'h'): Seen.h = []\n"
        "  Seen.h.append(n); return list(Seen.h), Seen\n"
    )["fill"]
    frozen = Frozen(packed(fill))
    (first, kept), (second, other) = frozen(1), frozen(2)
    assert (first, second) == ([1], [2])
    assert (kept.h, other.h) == ([1], [2])  # nor does a later call change it, in another thread


def test_what_calls_give_is_of_one_class_for_who_merges_it() -> None:
    class Colour(enum.Enum):
        RED = 1

    class Count:
        def __init__(self, n: int) -> None:
            self.n = n

    frozen = Frozen(packed(lambda n: {Colour.RED: Count(n)}))
    one, other = (loads(dumps(frozen(n))) for n in (1, 2))
    assert one.keys() == other.keys()
    assert [type(made[Colour.RED]) for made in (one, other)] == [Count, Count]


def test_one_that_is_an_argument_of_another_is_made_with_it() -> None:
    frozen = Frozen(packed(Counter().fill))
    whole: Callable[[], Any] = functools.partial(lambda one, value: one(value)[0], frozen, value=1)
    assert fresh(whole)() == fresh(whole)() == 1
    plain = functools.partial(max, 3)
    assert fresh(plain) is plain


def test_a_function_whose_results_are_remembered_travels_without_them() -> None:
    source = (
        "import functools, sys\nfrom vre_dm.compute.run.sending import packed\n"
        "@functools.lru_cache(maxsize=None)\ndef fib(n):\n  return n if n < 2 else fib(n - 1) + fib(n - 2)\n"
        "assert fib(30) == 832040\n"
        "sys.stdout.buffer.write(packed(lambda n: (fib.cache_info().currsize, fib(n))))\n"
    )
    data = subprocess.run([sys.executable, "-c", source], capture_output=True, check=True).stdout
    assert Frozen(data)(30) == (0, 832040)


def test_one_that_cannot_be_made_where_it_comes_to_says_so_when_it_comes(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone_of_mine.py").write_text(
        "import threading\nlock = threading.Lock()\ndef f(x): return x\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    import gone_of_mine

    data = pickle.dumps(Frozen(packed(lambda x: gone_of_mine.lock and gone_of_mine.f(x))))
    assert pickle.loads(data)(3) == 3
    del sys.modules["gone_of_mine"]
    (tmp_path / "gone_of_mine.py").unlink()
    with pytest.raises(ModuleNotFoundError, match="gone_of_mine"):
        pickle.loads(data)
