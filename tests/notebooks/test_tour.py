"""The tour as `make demo` runs it: on a real lake, offline, with the published numbers."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from vre_dm.resources import shipped
from vre_dm.sandbox import LakeStatus

RUNNER = shipped("notebooks") / "run_tour.py"
TOUR = RUNNER.with_name("00_tour.ipynb")


def run(runner: Path, folder: Path, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a tour as a user would, with nothing of this user's settings."""
    clean = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", **environment}
    return subprocess.run(
        [sys.executable, str(runner), str(folder)], capture_output=True, text=True, env=clean, timeout=280
    )


@pytest.fixture(scope="module")
def demo(
    embedded_lake: LakeStatus, fonts: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    home = tmp_path_factory.mktemp("home")
    folder = home / "demo"
    return folder, run(RUNNER, folder, home, RUCIO_CONFIG=str(embedded_lake.rucio_config), **fonts)


Demo = tuple[Path, subprocess.CompletedProcess[str]]


def test_the_tour_runs_and_leaves_page_notebook_and_picture(demo: Demo) -> None:
    folder, finished = demo
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr == ""
    assert {path.name for path in folder.iterdir()} == {"tour.html", "tour.ipynb", "limit.png"}
    assert (folder / "limit.png").read_bytes().startswith(b"\x89PNG")


def test_the_published_limit_comes_back_within_one_percent(demo: Demo) -> None:
    (deviation,) = re.findall(r"from 3\.5 GeV up: ([\d.]+)% \(33 masses\)", demo[1].stdout)
    assert float(deviation) < 1


def test_every_published_limit_on_signal_events_is_derived(demo: Demo) -> None:
    cells = nbformat.read(demo[0] / "tour.ipynb", as_version=4).cells
    printed = [output.get("text", "") for cell in cells for output in cell.get("outputs", ())]
    assert sum("signal events excluded; all as published: True" in text for text in printed) == 1


def test_the_tour_prints_where_the_time_went(demo: Demo) -> None:
    assert len(re.findall(r"[\d.]+ s$", demo[1].stdout, flags=re.MULTILINE)) >= 5


def test_the_page_of_the_tour_loads_nothing_from_the_net(demo: Demo) -> None:
    page = (demo[0] / "tour.html").read_text(encoding="utf-8")
    assert not re.search(r"""<(?:script|img|link|iframe|source)[^>]*(?:src|href)=["'](?!data:|#)""", page)
    assert not re.search(r"""@import\s|url\(\s*["']?https?:|import\s[^;]*["']https?:""", page)
    assert "<svg" in page


def test_the_shipped_tour_holds_no_outputs_of_anyones_run() -> None:
    cells = nbformat.read(TOUR, as_version=4).cells
    assert all(
        not cell.outputs and cell.execution_count is None for cell in cells if cell.cell_type == "code"
    )


def test_a_failing_cell_gives_one_line_and_no_page(fonts: dict[str, str], tmp_path: Path) -> None:
    runner = tmp_path / "run_tour.py"
    runner.write_text(RUNNER.read_text(encoding="utf-8"), encoding="utf-8")
    cell = nbformat.v4.new_code_cell("raise ValueError('the lake is dry')")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / TOUR.name)
    finished = run(runner, tmp_path / "demo", tmp_path, **fonts)
    assert finished.returncode == 1
    assert finished.stderr == "the tour stopped: ValueError: the lake is dry\n"
    assert list((tmp_path / "demo").iterdir()) == []
