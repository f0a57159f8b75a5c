"""Positive control of the canaries: a leak of each kind, planted, is found; and what is none is not."""

import base64
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.security.leaks import Search

CANARY = "canary+3b/1f 9c=eyJhbGciOi"
SEARCH = Search({"token": CANARY})

PLANTED = {
    "as it is": f"Authorization: Bearer {CANARY}",
    "in a URL": f"GET /files?access_token={quote(CANARY, safe='')} HTTP/1.1",
    "in Basic": "Basic " + base64.b64encode(f"dm:{CANARY}".encode()).decode(),
    "in Basic of a longer name": "Basic " + base64.b64encode(f"user:{CANARY}".encode()).decode(),
    "in base64 for URLs": base64.urlsafe_b64encode(f"abcd{CANARY}".encode()).decode(),
    "in JSON": json.dumps({"token": CANARY}),
    "in a repr": repr({"X-Rucio-Auth-Token": CANARY}),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_secret_in_a_text_is_found_however_it_is_written(kind: str) -> None:
    (leak,) = SEARCH.text(PLANTED[kind], kind)
    assert leak.secret == "token"
    assert CANARY not in repr(leak)


@pytest.mark.parametrize("kind", PLANTED)
def test_a_secret_in_a_log_or_a_page_is_found(tmp_path: Path, kind: str) -> None:
    for name in ("access.log", "page.html"):
        (tmp_path / name).write_text(f"<p>one</p>\n{PLANTED[kind]}\n")
    assert len(SEARCH.files(tmp_path, ".log", ".html")) == 2


def notebook(**parts: object) -> str:
    output = {"output_type": "stream", "name": "stdout", "text": [CANARY[:9], CANARY[9:]]}
    cell = {"cell_type": "code", "metadata": {}, "source": [], "outputs": [output]}
    return json.dumps({"cells": [{**cell, **parts}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_a_secret_in_a_notebooks_output_is_found_across_its_lines(tmp_path: Path) -> None:
    (tmp_path / "tour.ipynb").write_text(notebook())
    assert SEARCH.files(tmp_path, ".ipynb")


def test_a_secret_in_the_state_of_a_widget_is_found(tmp_path: Path) -> None:
    state = {"application/vnd.jupyter.widget-state+json": {"state": {"1": {"state": {"value": CANARY}}}}}
    (tmp_path / "tour.ipynb").write_text(notebook(outputs=[], metadata={"widgets": state}))
    assert SEARCH.files(tmp_path, ".ipynb")


def test_a_secret_in_a_database_is_found_even_where_it_spans_pages(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "cache.db") as database:
        database.execute("create table kept (name text, value text)")
        database.execute("insert into kept values ('x', ?)", ("." * 4000 + CANARY + "." * 9000,))
    database.close()
    assert SEARCH.files(tmp_path)


def test_a_secret_on_a_command_line_is_found() -> None:
    words = [sys.executable, "-c", "print(flush=True); input()", "--token", CANARY]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it runs: before, its command line may still be empty
        where = {leak.where for leak in SEARCH.command_lines()}
        process.communicate(b"\n")
    assert f"/proc/{process.pid}/cmdline" in where


def test_a_secret_in_the_text_of_an_error_is_found() -> None:
    assert SEARCH.text(str(ValueError(f"no header {CANARY!r}")), "error")


def test_what_only_resembles_a_secret_is_no_leak(tmp_path: Path) -> None:
    (tmp_path / "fine.log").write_text(CANARY[:-1] + "\n" + CANARY[1:].upper())
    assert SEARCH.files(tmp_path) == []
