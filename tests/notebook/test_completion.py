"""What a Tab offers, and that it neither waits nor fails."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.notebook.completion import Patient, complete

OPTIONS = {
    "dm_fetch": ["--as", "--files", "--rse"],
    "dm_ls": [],
    "dm_map": ["--into", "--on"],
    "dm_cluster": ["--workers"],
}


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch):
    """A Tab that waits for a busy machine; how long it waits is tried where it does not."""
    monkeypatch.setattr("vre_dm.notebook.completion._PATIENCE", 60.0)


class Some:
    """A small lake's names."""

    def scopes(self) -> list[str]:
        return ["fermi", "xenon"]

    def dids(self, prefix: str) -> list[str]:
        return [did for did in ("fermi:dsph", "fermi:dsph.jfactors", "xenon:s2") if did.startswith(prefix)]

    def rses(self) -> list[str]:
        return ["CERN-EOSPILOT", "CNAF-STORM"]


@pytest.mark.parametrize(
    ("text", "word", "offered"),
    [
        ("%dm_fetch ", "", ["fermi:", "xenon:"]),
        ("%dm_fetch fe", "fe", ["fermi:"]),
        ("%dm_fetch fermi:dsph.", "fermi:dsph.", ["fermi:dsph.jfactors"]),
        ("x = %dm_fetch xenon:", "xenon:", ["xenon:s2"]),
        ("a, b = %dm_ls x", "x", ["xenon:"]),
        ("%dm_fetch fermi:dsph --", "--", ["--as", "--files", "--rse"]),
        ("%dm_fetch fermi:dsph --rse CN", "CN", ["CNAF-STORM"]),
        ("  %dm_ls nothing", "nothing", []),
        ("%%dm_map fermi:dsph.", "fermi:dsph.", ["fermi:dsph.jfactors"]),
        ("%%dm_map fermi:dsph --i", "--i", ["--into"]),
        ("%%dm_map fermi:dsph --on l", "l", ["local"]),
        ("%dm_cluster s", "s", ["scale", "status"]),
        ("%dm_cluster up --", "--", ["--workers"]),
    ],
)
def test_scopes_dids_options_and_storage_elements_are_offered(text: str, word: str, offered: list[str]):
    assert complete(text, OPTIONS, Some()) == (word, offered)


@pytest.mark.parametrize(
    "text",
    ["", "fermi", "%dm_fetch", "%dm_other a", "%timeit x", "print('%dm_fetch ", "%dm_fetch a:b --to /tm"],
)
def test_other_lines_are_left_to_others(text: str):
    assert complete(text, OPTIONS, Some()) is None


@given(st.text(max_size=40))
def test_whatever_is_typed_what_is_offered_continues_it(rest: str):
    found = complete(f"%dm_fetch {rest}", OPTIONS, Some())
    if found is not None:
        word, offered = found
        assert rest.endswith(word)
        assert all(entry.startswith(word) for entry in offered)


def test_a_lake_that_fails_offers_nothing():
    def broken() -> Some:
        msg = "no network"
        raise OSError(msg)

    assert Patient(broken).scopes() == []
    assert Patient(lambda: None).dids("x:") == []


def test_a_lake_that_is_slow_is_not_waited_for_and_its_answer_is_not_lost(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("vre_dm.notebook.completion._PATIENCE", 0.05)
    gate, done = threading.Event(), threading.Event()

    class Slow(Some):
        def scopes(self) -> list[str]:
            gate.wait(10)
            return super().scopes()

    names = Patient(Slow)
    assert names.scopes() == []
    gate.set()
    for _ in range(500):
        if names.scopes():
            break
        done.wait(0.01)
    assert names.scopes() == ["fermi", "xenon"]


def test_an_answer_is_remembered_for_a_minute():
    now, asked = [0.0], []

    class Counted(Some):
        def rses(self) -> list[str]:
            asked.append(1)
            return super().rses()

    names = Patient(Counted, clock=lambda: now[0])
    for now[0] in (0.0, 30.0, 59.0, 61.0):
        assert names.rses() == ["CERN-EOSPILOT", "CNAF-STORM"]
    assert len(asked) == 2


@pytest.mark.parametrize(
    "name", ["fe\n!touch x", "fe;x", "fe\x1b[31m", "fe x", "fe$(x)", "feé", "fe\u202ex", "fe'x'", ""]
)
def test_a_name_that_would_be_code_in_a_cell_is_never_offered(name: str):
    class Hostile(Some):
        def scopes(self) -> list[str]:
            return [name, *super().scopes()]

        def rses(self) -> list[str]:
            return [name, *super().rses()]

    names = Patient(Hostile)
    assert complete("%dm_fetch fe", OPTIONS, names) == ("fe", ["fermi:"])
    assert names.rses() == Some().rses()
