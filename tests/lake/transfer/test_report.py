"""One table says what failed, who can act and how, however many files and however hostile their names."""

import pickle
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.did import Did
from vre_dm.errors import ChecksumMismatch, FetchError, TransferFailed, VreDmError
from vre_dm.lake.transfer.failures import Failure
from vre_dm.lake.transfer.report import Report, fetch_error

GONE = ("RSE-1 (https://h/x)", "HTTP 404 Not Found")
BUSY = ("RSE-2 (https://g/x)", "HTTP 503 Busy")


def failure(at: int, *causes: tuple[str, str], corrupt: bool = False) -> Failure:
    return Failure(Did("s", f"f{at}"), causes, corrupt)


def test_a_row_says_replica_cause_who_and_next_step():
    text = str(Report((failure(0, GONE, BUSY),), 3, Path("/data")))
    title, heads, *rows, note = text.splitlines()
    assert title == "1 of 4 files could not be fetched"
    assert heads.split("  ")[0] == "file"
    assert [row.split()[:2] for row in rows] == [["s:f0", "RSE-1"], ["s:f0", "RSE-2"]]
    assert "the admins of RSE-1" in rows[0]
    assert "nobody: try later" in rows[1]
    assert note == "3 good files in /data; run again to fetch only what is missing."


def test_many_files_and_causes_fit_one_screen():
    many = tuple(failure(at, GONE, BUSY) for at in range(10_000))
    others = tuple(failure(at, (f"RSE-{at}", "HTTP 403")) for at in range(100, 200))
    lines = str(Report(many + others, 5, Path("/data"))).splitlines()
    assert len(lines) <= 24
    assert "s:f0 and 9999 more" in lines[2]
    assert "90 more causes are not shown" in lines[-1]


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.add(tag)


@given(st.lists(st.tuples(st.text(max_size=80), st.text(max_size=300)), min_size=1, max_size=5))
def test_what_servers_and_catalogues_write_is_text(causes: list[tuple[str, str]]):
    report = Report((Failure(Did("s", "n"), tuple(causes), False),), 0, Path("/d<b>"))
    tags = Tags()
    tags.feed(report._repr_html_())
    assert tags.found <= {"div", "strong", "table", "thead", "tbody", "tr", "th", "td"}
    text = str(report)
    assert len(text.splitlines()) <= 3 + len(causes)
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize("corrupt", [True, False])
def test_the_error_carries_the_report_and_survives_a_pickle(corrupt: bool):
    placed = [Path("/data/s/good")]
    error = fetch_error(
        [failure(0, GONE, corrupt=corrupt), failure(1, BUSY, corrupt=True)], placed, Path("/data")
    )
    assert type(error) is (ChecksumMismatch if corrupt else TransferFailed)
    again = pickle.loads(pickle.dumps(error))
    for each in (error, again):
        assert isinstance(each, FetchError)
        assert isinstance(each, VreDmError)
        assert each.placed == (Path("/data/s/good"),)
        assert [line.split(" could")[0] for line in each.failures] == ["s:f0", "s:f1"]
        assert "1 good in /data" in str(each)
        assert str(each.report) == str(error.report)
        assert "\n" not in str(each)


def test_in_ipython_it_shows_the_table_instead_of_a_stack_trace(capsys: pytest.CaptureFixture[str]):
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.user_ns["error"] = fetch_error([failure(0, GONE)], [], Path("/data"))
    shell.run_cell("raise error")
    said = capsys.readouterr().out
    assert "the admins of RSE-1" in said
    assert "Traceback" not in said
    assert "raise error" not in said
    assert len(said.splitlines()) < 8
