"""The notebooks of the analyses: each run in a kernel of its own, on the real lake, within its budget."""

import os
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from vre_dm.resources import shipped
from vre_dm.sandbox import LakeStatus

NOTEBOOKS = sorted(shipped("notebooks").glob("1[1-9]_*.ipynb"))
# Of this process and those it ran: a busy machine does not lengthen it as it does the time on the wall.
CPU_SECONDS = "import os; print(sum(os.times()[:4]))"
STUCK = 240

Run = Callable[[Path], None]


@pytest.fixture
def run(embedded_lake: LakeStatus, tmp_path: Path) -> Run:
    """Run a notebook as its reader would, with nothing of this user's settings; assert what all owe."""
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "RUCIO_CONFIG": str(embedded_lake.rucio_config),
        "PYTHONHASHSEED": "0",
    }
    return lambda path: require_sound(path, environment, home)


def require_sound(path: Path, environment: dict[str, str], folder: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert not outputs(notebook), f"{path.name} is committed with outputs"
    budget = notebook.metadata.get("vre_dm", {}).get("seconds")
    assert isinstance(budget, int | float), f"{path.name} has no budget: metadata vre_dm.seconds"
    used = executed(notebook, environment, folder)
    told = [output.text for output in outputs(notebook) if output.get("name") == "stderr"]
    assert not told, f"{path.name} warns: {''.join(told)}"
    assert used <= budget, f"{path.name} used {used:.1f} s of processor time, its budget is {budget} s"


def executed(notebook: NotebookNode, environment: dict[str, str], folder: Path) -> float:
    """Processor time in seconds; the outputs are in the notebook then."""
    notebook.cells.append(nbformat.v4.new_code_cell(CPU_SECONDS))
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(
        notebook,
        timeout=STUCK,
        kernel_name="python3",
        resources=resources,
        extra_arguments=["--log-level=40"],
    )
    client.execute(env=environment)
    return float(notebook.cells.pop().outputs[0].text)


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs_on_the_lake_within_its_budget_and_without_a_warning(path: Path, run: Run) -> None:
    run(path)


def written(folder: Path, source: str, **about: float) -> Path:
    cell = nbformat.v4.new_code_cell(source)
    path = folder / "18_example.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata={"vre_dm": about}), path)
    return path


def test_a_sound_notebook_has_the_lake(run: Run, tmp_path: Path) -> None:
    fetched = "import vre_dm as dm\nassert dm.fetch('xenon:s2only.limits')[0].stat().st_size > 0"
    run(written(tmp_path, fetched, seconds=60))


@pytest.mark.parametrize(
    ("source", "about", "error", "said"),
    [
        ("1 / 0", {"seconds": 60}, CellExecutionError, "ZeroDivisionError"),
        ("1", {}, AssertionError, "no budget"),
        ("1", {"seconds": 0.001}, AssertionError, "its budget is 0.001 s"),
        ("import warnings; warnings.warn('old')", {"seconds": 60}, AssertionError, "UserWarning: old"),
    ],
)
def test_a_notebook_that_fails_warns_or_takes_too_long_is_found(
    run: Run, tmp_path: Path, source: str, about: dict[str, float], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        run(written(tmp_path, source, **about))


def test_a_notebook_with_the_outputs_of_somebodys_run_is_found(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, "1", seconds=60)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="1")]
    nbformat.write(notebook, path)
    with pytest.raises(AssertionError, match="committed with outputs"):
        run(path)
