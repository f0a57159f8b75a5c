"""The notebooks of the analyses: each run in a kernel of its own, on the real lake.

Each says in its metadata how many seconds it may take on a machine that does nothing else; one that is not
done after five times as many is ended.
"""

import math
import os
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode

from vre_dm.resources import shipped
from vre_dm.sandbox import LakeStatus

NOTEBOOKS = sorted(
    path for tens in ("1[1-9]", "2[0-9]") for path in shipped("notebooks").glob(f"{tens}_*.ipynb")
)

BUSY = 5
"""How much longer all may take where other tests run at the same time."""
Run = Callable[[Path], None]


@pytest.fixture
def run(embedded_lake: LakeStatus, fonts: dict[str, str], tmp_path: Path) -> Run:
    """Run a notebook as its reader would, with nothing of this user's settings; assert what all owe."""
    home = tmp_path / "home"
    home.mkdir()
    environment = fonts | {
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
    assert isinstance(budget, int), f"{path.name} does not say how long it may take: vre_dm.seconds"
    end = time.monotonic() + BUSY * budget
    client = NotebookClient(
        notebook,
        timeout_func=lambda cell: max(1, math.ceil(end - time.monotonic())),
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=40"],
    )
    client.execute(env=environment)
    told = [output.text for output in outputs(notebook) if output.get("name") == "stderr"]
    assert not told, f"{path.name} warns: {''.join(told)}"


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


@pytest.mark.timeout(1800)  # what ends a notebook that hangs is its own budget
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs_on_the_lake_without_a_warning(path: Path, run: Run) -> None:
    run(path)


def written(folder: Path, source: str, **about: int) -> Path:
    cell = nbformat.v4.new_code_cell(source)
    path = folder / "18_example.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata={"vre_dm": about}), path)
    return path


def test_a_notebook_that_hangs_is_ended(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.BUSY", 1)
    with pytest.raises(CellTimeoutError, match="timed out while it was being executed, after 1 seconds"):
        run(written(tmp_path, "import threading; threading.Event().wait()", seconds=1))


def test_a_notebook_that_warns_is_found(run: Run, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="UserWarning: old"):
        run(written(tmp_path, "import warnings; warnings.warn('old')", seconds=60))


def test_a_notebook_that_does_not_say_how_long_it_may_take_is_found(run: Run, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="does not say how long"):
        run(written(tmp_path, "1"))


def test_a_notebook_with_the_outputs_of_somebodys_run_is_found(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, "1", seconds=60)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="1")]
    nbformat.write(notebook, path)
    with pytest.raises(AssertionError, match="committed with outputs"):
        run(path)
