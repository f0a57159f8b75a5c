"""What goes to the process of a map: functions as they are in the session, and a name for what cannot go."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.compute.run.conftest import Files
from vre_dm.compute.run.order import order_of
from vre_dm.compute.run.sending import dumps, loads, packed
from vre_dm.errors import InvalidRun, NotSendable


def test_a_function_of_ones_own_module_goes_as_it_is_now_and_not_as_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    source = tmp_path / "selection_of_mine.py"
    source.write_text("CUT = 3\ndef good(x):\n    return x > CUT\n")
    monkeypatch.syspath_prepend(tmp_path)
    import selection_of_mine

    try:
        selection_of_mine.CUT = 5
        data = packed(lambda x: selection_of_mine.good(x))
        source.unlink()
        code = "import sys, pickle; f, = pickle.load(sys.stdin.buffer); print(f(4), f(6))"
        done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
        assert done.stdout.split() == [b"False", b"True"]
    finally:
        del sys.modules["selection_of_mine"]


def test_a_module_that_holds_what_cannot_go_is_imported_where_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    source = "import threading\nlock = threading.Lock()\ndef good(x):\n    return x > 3\n"
    (tmp_path / "guarded_of_mine.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    import guarded_of_mine

    try:
        (good,) = loads(packed(lambda x: guarded_of_mine.good(x)))
        assert (good(3), good(4)) == (False, True)
    finally:
        del sys.modules["guarded_of_mine"]


def test_what_cannot_go_is_named():
    lock = threading.Lock()

    def fill(events: object) -> int:
        with lock:
            return 1

    with pytest.raises(NotSendable, match=r"fill uses lock, a lock .* make it inside the function"):
        packed(fill)


def test_a_result_that_cannot_be_kept_is_named():
    with pytest.raises(NotSendable, match="a result of type lock cannot be kept"):
        dumps(threading.Lock())


def test_a_class_of_the_session_comes_back_as_the_same_class():
    class Found:
        pass

    assert type(loads(dumps(Found()))) is Found


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"as_": "root"}, r"as_='root' is unknown; use one of awkward, numpy"),
        ({"on_error": "ignore"}, r"on_error='ignore' is unknown; use one of raise, skip, retry"),
        ({"chunk_bytes": 0}, r"chunk_bytes=0 is no size of a chunk"),
        ({"chunk_bytes": float("nan")}, r"chunk_bytes=nan is no size of a chunk"),
        ({"columns": []}, r"columns=\[\] names none; leave it out"),
        ({"columns": "mass"}, r"columns is a list of names; write columns=\['mass'\]"),
        ({"reduce": 3}, r"reduce takes two values and gives one; a int cannot be called"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_before_anything_begins(how: dict[str, object], said: str):
    with pytest.raises(InvalidRun, match=said):
        order_of(len, **how)  # type: ignore[arg-type]


def test_what_is_mapped_is_said_in_words(files: Files):
    assert files.order(len).names == "events.0.root and 1 more"
    assert Files(files.paths[:1]).order(len).names == "events.0.root"
    assert order_of(len, lake="embedded", did="cms:zmumu.2010").names == "cms:zmumu.2010"
    with pytest.raises(InvalidRun, match="map takes a function of the events of a chunk, not a str"):
        order_of("fill")  # type: ignore[arg-type]
