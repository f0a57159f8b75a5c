"""`vre-dm cache`: what it lists, finds damaged, and asks before it removes."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.faults.world import OpenAccess, registered
from vre_dm.cli import main
from vre_dm.lake.cache import Cache
from vre_dm.lake.transfer import fetch_files

BODY = os.urandom(2000)


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two files in the cache that the command finds."""
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("VRE_DM_CACHE", str(folder))
    files = []
    for name, body in (("a", BODY), ("b", BODY[::-1])):
        (tmp_path / name).write_bytes(body)
        files.append(registered(body, f"file://localhost{tmp_path / name}", name=name))
    cache = Cache(folder, folder / "lakes" / "lake")
    return fetch_files(files, cache.shows, access=OpenAccess(), cache=cache)


def run(*words: str, answer: str = "", code: int = 0) -> str:
    done = CliRunner().invoke(main, ["cache", *words], input=answer)
    assert done.exit_code == code, done.output
    return done.stdout


def test_the_files_are_listed_with_size_and_last_use(paths: list[Path]):
    assert "2 files, 4 kB" in run("list")
    said = json.loads(run("list", "--json"))
    assert sorted((entry["did"], entry["size"]) for entry in said) == [("test:a", 2000), ("test:b", 2000)]


def test_an_empty_cache_is_an_empty_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VRE_DM_CACHE", str(tmp_path / "none"))
    assert json.loads(run("list", "--json")) == []
    assert "no files" in run("list")
    assert "no files removed" in run("clear")
    assert not (tmp_path / "none").exists()


def test_a_damaged_file_is_found_by_the_exit_code(paths: list[Path]):
    done = CliRunner().invoke(main, ["cache", "verify"])
    assert (done.stdout, done.stderr) == ("2 files verified, 0 removed\n", "")  # no bar in a log
    paths[0].chmod(0o600)
    paths[0].write_bytes(b"?" * 2000)
    assert json.loads(run("verify", "--json", code=1))["removed"][0]["did"] == "test:a"
    assert not paths[0].exists()


def test_nothing_is_removed_without_a_yes(paths: list[Path]):
    run("clear", answer="n\n", code=1)
    assert [path.exists() for path in paths] == [True, True]
    run("clear", answer="y\n")
    assert [path.exists() for path in paths] == [False, False]


def test_only_what_is_asked_is_removed(paths: list[Path]):
    assert "1 file removed, 2 kB" in run("clear", "test:a", "--yes")
    assert [path.exists() for path in paths] == [False, True]


def test_a_dataset_is_no_file_of_the_cache_and_that_is_said(paths: list[Path]):
    done = CliRunner().invoke(main, ["cache", "clear", "test:data", "--yes"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: the cache holds no file test:data; ")
    assert "try test:data*" in done.stderr
    assert "no files removed" in run("clear", "test:data*", "--yes")
    assert [path.exists() for path in paths] == [True, True]


def test_what_is_open_stays_and_is_said(paths: list[Path]):
    with paths[0].open("rb"):
        assert "1 file removed, 2 kB; 1 file in use stayed" in run("clear", "--yes")


def test_a_quota_that_is_none_is_said_in_one_line(paths: list[Path], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VRE_DM_CACHE_QUOTA", "a lot")
    done = CliRunner().invoke(main, ["cache", "list"])
    assert done.exit_code == 1
    assert done.stderr == "Error: VRE_DM_CACHE_QUOTA: 'a lot' is no size; write for example 200 GB\n"
