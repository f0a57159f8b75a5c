"""Run the tour without a browser: `python notebooks/run_tour.py FOLDER`.

Leaves in the folder the executed ``tour.ipynb``, ``tour.html`` (works offline) and ``limit.png``, and prints
the numbers and the timings.
"""

import re
import sys
import time
from datetime import datetime
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter

TOUR = Path(__file__).with_name("00_tour.ipynb")
STAGES = {"setup": "imports", "lake": "lake, search, fetch", "physics": "limits", "plot": "overlay"}
CELL_SECONDS = 900
ANSI = re.compile(r"\x1b\[[0-9;]*m")
# Scripts that nbconvert takes from the net for things this notebook has none of: formulae, widgets, diagrams.
FETCHED = ("mathjax_url", "require_js_url", "jquery_url", "jupyter_widgets_base_url", "mermaid_js_url")


def execute(folder: Path) -> nbformat.NotebookNode:
    """Run every cell in a fresh kernel of this very Python, whose working folder is `folder`."""
    notebook = nbformat.read(TOUR, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        resources=resources,
        record_timing=True,
        extra_arguments=["--log-level=40"],
    )
    client.execute()
    return notebook


def offline_html(notebook: nbformat.NotebookNode) -> str:
    """Turn the executed notebook into one page that loads nothing."""
    exporter = HTMLExporter(**{name: "" for name in FETCHED if name in HTMLExporter.class_trait_names()})
    page, _ = exporter.from_notebook_node(notebook)
    return re.sub(r'<script src="">\s*</script>', "", page)


def tagged(notebook: nbformat.NotebookNode, tag: str) -> list[nbformat.NotebookNode]:
    """Find the cells that carry a tag."""
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", ())]


def printed(notebook: nbformat.NotebookNode) -> str:
    """Collect what the cells tagged `numbers` wrote."""
    outputs = (output for cell in tagged(notebook, "numbers") for output in cell.outputs)
    return "".join(output.get("text", "") for output in outputs)


def seconds(cell: nbformat.NotebookNode) -> float:
    """Wall time of one executed cell."""
    marks = cell.metadata["execution"]
    start, end = (datetime.fromisoformat(marks[f"iopub.status.{state}"]) for state in ("busy", "idle"))
    return (end - start).total_seconds()


def main(folder: Path) -> int:
    """Run, convert, report; a failing cell gives one line and exit status 1."""
    folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    try:
        notebook = execute(folder.resolve())
    except CellExecutionError as error:
        print(f"the tour stopped: {error.ename}: {ANSI.sub('', error.evalue)}", file=sys.stderr)
        return 1
    except (CellTimeoutError, DeadKernelError) as error:
        print(f"the tour stopped: {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    executed = time.perf_counter()
    nbformat.write(notebook, folder / "tour.ipynb")
    (folder / "tour.html").write_text(offline_html(notebook), encoding="utf-8")
    print(printed(notebook))
    for tag, what in STAGES.items():
        print(f"{what:<24}{sum(seconds(cell) for cell in tagged(notebook, tag)):8.2f} s")
    print(f"{'notebook with kernel':<24}{executed - start:8.2f} s")
    print(f"{'HTML':<24}{time.perf_counter() - executed:8.2f} s")
    for name in ("tour.html", "tour.ipynb", "limit.png"):
        print(f"{folder / name}  {(folder / name).stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python notebooks/run_tour.py FOLDER")
    sys.exit(main(Path(sys.argv[1])))
