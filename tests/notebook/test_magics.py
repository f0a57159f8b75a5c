"""The magics in a shell, without a lake: help, bad lines, and the promise of one line for every failure."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from vre_dm import session
from vre_dm.did import Did
from vre_dm.lake.instances import from_settings
from vre_dm.lake.lake import Lake
from vre_dm.lake.transfer.failures import Failure
from vre_dm.lake.transfer.report import fetch_error
from vre_dm.notebook import magics

HEAVY = ("pandas", "bokeh", "rucio", "requests", "httpx", "xarray", "matplotlib", "ipywidgets", "tqdm")


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InteractiveShell]:
    """A shell with the magics, whose lake does not answer, of a user without jobs."""
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config)
    shell.run_line_magic("load_ext", "vre_dm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_SESSION", session._Session())
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        nowhere = from_settings("https://127.0.0.1:1", {"username": "u", "password": "p", "account": "u"})
        session._SESSION.keep(Lake(nowhere, Path("nowhere")))
        yield shell
    shell.run_line_magic("unload_ext", "vre_dm")


def said(shell: InteractiveShell, magic: str, line: str) -> str:
    with pytest.raises(UsageError) as caught:
        shell.run_line_magic(magic, line)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_fetch_that_fails_shows_its_table_and_one_line(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
):
    shown: list[object] = []
    causes = (("RSE-1 (https://h/<b>)", "HTTP 404 <script>"),)
    error = fetch_error([Failure(Did("a", "b"), causes, corrupt=False)], [], Path("data"))

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Lake, "dataset", fail)
    monkeypatch.setattr(magics, "display", shown.append)
    assert said(shell, "dm_fetch", "a:b") == str(error)
    assert shown == [error.report]
    assert "&lt;script&gt;" in error.report._repr_html_()


@pytest.mark.parametrize(
    ("magic", "line", "cause"),
    [
        ("dm_fetch", "", "required: SCOPE:NAME"),
        ("dm_fetch", "nocolon", "colon"),
        ("dm_fetch", "a:b:c", "more than one colon"),
        ("dm_fetch", "a:../../etc/passwd", "'../../etc/passwd'"),
        ("dm_fetch", "a:b --as class", "cannot name a variable"),
        ("dm_fetch", "a:b --as print", "name of Python itself"),
        ("dm_fetch", "a:b c:d", "unrecognized arguments: c:d"),
        ("dm_fetch", "a:b --nonsense", "unrecognized arguments"),
        ("dm_search", "--type rubbish", "invalid choice"),
        ("dm_search", "x year>>2", "cannot be read"),
        ("dm_fetch", "$d --to here", "variables are not put in; use dm.fetch(d)"),
        ("dm_fetch", "'{d}'", "variables are not put in; use dm.fetch(d)"),
        ("dm_fetch", "a:{d.name}", "variables are not put in; use dm.fetch(...)"),
        ("dm_ls", "$d", "variables are not put in; use dm.dataset(d)"),
        ("dm_rules", "{d}", "variables are not put in; use dm.dataset(d)"),
        ("dm_search", "year=>2019", "write >="),
        ("dm_search", 'x title="open', "not closed"),
        ("dm_ls", "a b", "unrecognized"),
        ("dm_fetch", "a:b", "127.0.0.1"),
        ("dm_search", "x*", "127.0.0.1"),
        ("dm_ls", "", "127.0.0.1"),
        ("dm_rules", "", "127.0.0.1"),
        ("dm_jobs", "stop", "invalid choice"),
        ("dm_jobs", "follow", "no job runs"),
        ("dm_jobs", "cancel ../x", "no job is called '../x'"),
        ("dm_jobs", "follow a b", "unrecognized arguments: b"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(shell: InteractiveShell, magic: str, line: str, cause: str):
    assert cause in said(shell, magic, line)


def test_variables_of_the_line_are_not_evaluated(shell: InteractiveShell):
    shell.user_ns["secret"] = "leaked"
    for line in ("a:{secret}", "a:$secret", "{1/0}:x"):
        assert "leaked" not in said(shell, "dm_fetch", line)


MAGICS = ["dm_search", "dm_ls", "dm_fetch", "dm_jobs", "dm_rules", "dm_doctor", "dm_cluster"]


@pytest.mark.parametrize("magic", MAGICS)
def test_each_magic_explains_itself(shell: InteractiveShell, magic: str, capsys: pytest.CaptureFixture[str]):
    assert shell.run_line_magic(magic, "--help") is None
    shown, doc = capsys.readouterr().out, shell.find_line_magic(magic).__doc__ or ""
    for text in (shown, doc):
        assert text.startswith(f"usage: %{magic}")
        assert not {"<", "{"} & set(text)
        assert "::" not in text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    magic=st.sampled_from(["dm_search", "dm_ls", "dm_fetch", "dm_jobs", "dm_rules", "dm_cluster"]),
    line=st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(
                [
                    "--as",
                    "--files",
                    "--rse",
                    "--to",
                    "--type",
                    "--scope",
                    "-h",
                    "a:b",
                    "year>=2",
                    "--",
                    "%s",
                    "{x}",
                    "@f",
                ]
            ),
        ),
        max_size=5,
    ).map(" ".join),
)
def test_no_line_makes_a_traceback(shell: InteractiveShell, magic: str, line: str):
    before = dict(shell.user_ns)
    said = ""
    try:
        shell.run_line_magic(magic, line)
    except UsageError as error:
        said = str(error)
    assert "\n" not in said
    assert shell.user_ns.keys() == before.keys()


def test_loading_is_cheap_and_unloading_is_complete():
    script = f"""
import sys
from traitlets.config import Config
from IPython.core.interactiveshell import InteractiveShell
config = Config()
config.HistoryManager.enabled = False
shell = InteractiveShell(config=config)
before, matchers = set(sys.modules), list(shell.Completer.custom_matchers)
shell.run_line_magic("load_ext", "vre_dm")
assert not set({HEAVY!r}) & (set(sys.modules) - before), set(sys.modules) - before
shell.run_line_magic("reload_ext", "vre_dm")
assert len(shell.Completer.custom_matchers) == len(matchers) + 1
shell.run_line_magic("unload_ext", "vre_dm")
assert shell.Completer.custom_matchers == matchers
assert not [name for name in shell.magics_manager.magics["line"] if name.startswith("dm_")]
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr


def test_a_mistyped_did_from_python_is_one_line(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]):
    shell.run_cell("import vre_dm as dm\ndm.dataset('xenon')")
    (said,) = capsys.readouterr().out.splitlines()
    assert said.startswith("InvalidDid: 'xenon' has no colon; write scope:name")
