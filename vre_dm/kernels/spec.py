"""A kernel of a profile: how Jupyter starts it, and the notebook that shows that it works."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vre_dm import strict_json
from vre_dm.errors import InvalidProfile
from vre_dm.kernels.schema import require

PYTHON = "{python}"
"""Stands in ``argv`` and ``env`` of a ``kernel.json`` for the interpreter of the environment."""
_PREFIX = "{prefix}"
_CONNECTION = "{connection_file}"
NAME = re.compile(r"[a-z0-9]+([-_.][a-z0-9]+)*")
OWN = {"PATH": _PREFIX + "/bin:${PATH}", "PYTHONPATH": "", "PYTHONHOME": ""}
"""Variables of every kernel: its own commands stand first, and no module of another environment gets in."""
_LOGOS = ("logo-svg.svg", "logo-32x32.png", "logo-64x64.png")
_TEXT = {"type": "string", "minLength": 1}
_KERNEL = {
    "type": "object",
    "required": ["argv", "display_name", "language"],
    "properties": {
        "argv": {"type": "array", "items": _TEXT},
        "display_name": _TEXT,
        "language": _TEXT,
        "env": {"type": "object", "additionalProperties": {"type": "string"}},
        "metadata": {"type": "object"},
    },
}
_LINES = {"type": ["string", "array"], "items": {"type": "string"}}
_OUTPUT = {"type": "object", "properties": {"text": _LINES}}
_CELL = {
    "type": "object",
    "required": ["cell_type", "source"],
    "properties": {"source": _LINES, "outputs": {"type": "array", "items": _OUTPUT}},
}
_NOTEBOOK = {
    "type": "object",
    "required": ["cells"],
    "properties": {"cells": {"type": "array", "items": _CELL}},
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell of a smoke notebook.

    Attributes
    ----------
    source
        Its code.
    printed
        What it printed when it was written, and has to print again; empty where nothing is expected.
    """

    source: str
    printed: str


@dataclass(frozen=True)
class Spec:
    """A folder with a ``kernel.json``, a logo and a smoke notebook.

    Attributes
    ----------
    folder
        Where it is; its name is the kernel's.
    said
        Its ``kernel.json``.
    cells
        Code cells of its smoke notebook.
    """

    folder: Path
    said: dict[str, Any]
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """Name by which Jupyter knows it."""
        return self.folder.name

    @property
    def title(self) -> str:
        """What the launcher shows."""
        return str(self.said["display_name"])

    @property
    def python(self) -> bool:
        """Whether it speaks Python, so that it can load vre-dm, and a cell of it can fail."""
        return str(self.said["language"]).casefold() == "python"

    @property
    def smoke(self) -> Path:
        """Notebook whose every cell runs where the kernel works."""
        return self.folder / "smoke.ipynb"

    def write(self, folder: Path, python: Path) -> None:
        """Write it as Jupyter reads it, for one environment.

        Raises
        ------
        OSError
            The folder cannot be written.
        """
        whole = self.said | {"env": OWN | self.said.get("env", {})}
        said = json.dumps(whole, indent=1, ensure_ascii=False)
        # the values are put in as texts of JSON, so that a path with a quote in it stays one
        for name, value in ((PYTHON, str(python)), (_PREFIX, str(python.parent.parent))):
            said = said.replace(name, json.dumps(value, ensure_ascii=False)[1:-1])
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(said + "\n", encoding="utf-8")
        for logo in _LOGOS:
            if (self.folder / logo).is_file():
                shutil.copyfile(self.folder / logo, folder / logo)


def read_specs(root: Path) -> tuple[Spec, ...]:
    """Read the kernels of a profile.

    Raises
    ------
    InvalidProfile
        There is none, one has no smoke notebook, or cannot be started by Jupyter.
    """
    every = sorted(root.iterdir()) if root.is_dir() else []
    # JupyterLab leaves .ipynb_checkpoints where a notebook was open
    folders = [path for path in every if path.is_dir() and not path.name.startswith(".")]
    if not folders:
        msg = f"{root} holds no kernel: a folder with kernel.json and smoke.ipynb"
        raise InvalidProfile(msg)
    return tuple(_read(folder) for folder in folders)


def _read(folder: Path) -> Spec:
    if not NAME.fullmatch(folder.name):
        msg = f"{folder}: name a kernel with small letters and digits, with - _ or . between them"
        raise InvalidProfile(msg)
    said = _json(folder / "kernel.json", _KERNEL)
    argv = said["argv"]
    if argv[:1] != [PYTHON] or _CONNECTION not in argv:
        msg = f"{folder / 'kernel.json'}: argv has to begin with {PYTHON} and to name {_CONNECTION}"
        raise InvalidProfile(msg)
    if not any((folder / logo).is_file() for logo in _LOGOS):
        msg = f"{folder} has no logo; Jupyter shows {' or '.join(_LOGOS)}"
        raise InvalidProfile(msg)
    spec = Spec(folder, said, _cells(folder / "smoke.ipynb"))
    # ROOT's kernel prints the error of a cell of C++ and goes on
    mute = None if spec.python else next((cell.source for cell in spec.cells if not cell.printed), None)
    if mute is not None:
        msg = (
            f"{spec.smoke}: the kernel does not say that a cell failed, so each has to print something, and "
            f"the notebook to hold what; this one prints nothing: {mute.strip()[:80]!a}"
        )
        raise InvalidProfile(msg)
    return spec


def printed(cell: Mapping[str, Any]) -> str:
    """Give what a cell of a notebook has on its standard output."""
    return "".join(
        "".join(output.get("text", ""))
        for output in cell.get("outputs", [])
        if output.get("name") == "stdout"
    )


def _cells(path: Path) -> tuple[Cell, ...]:
    if not path.is_file():
        msg = f"{path} is missing: a kernel is only offered with a notebook that shows that it works"
        raise InvalidProfile(msg)
    code = [cell for cell in _json(path, _NOTEBOOK)["cells"] if cell["cell_type"] == "code"]
    found = tuple(Cell("".join(cell["source"]), printed(cell)) for cell in code)
    if not any(cell.source.strip() for cell in found):
        msg = f"{path} has no code cell"
        raise InvalidProfile(msg)
    return found


def _json(path: Path, schema: dict[str, Any]) -> dict[str, Any]:
    try:
        said = strict_json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        msg = f"{path} cannot be read: {error}"
        raise InvalidProfile(msg) from error
    require(said, schema, path)
    return dict(said)
