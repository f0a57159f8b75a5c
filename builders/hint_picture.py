"""The picture of docs/analyses.md: the plane that notebooks/16_a_hint_appears.ipynb draws, from a run of it.

Run ``python -m builders.hint_picture docs/pictures``; the notebook uses the lake that is configured.
"""

import argparse
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "16_a_hint_appears.ipynb"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the picture goes, docs/pictures")
    target = parser.parse_args().folder / "a-hint-appears.png"
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
        shutil.copyfile(Path(folder, "hint.png"), target)


if __name__ == "__main__":
    main()
