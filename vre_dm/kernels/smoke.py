"""The smoke notebooks of a profile, run in its kernels."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from vre_dm.errors import KernelFailed, MissingExtra
from vre_dm.kernels.spec import Spec, printed

PATIENCE = 300
"""Seconds that one cell may take: the first import of a large package reads all of it from disk."""


def run(spec: Spec, python: Path, patience: int = PATIENCE) -> int:
    """Run every cell of a kernel's smoke notebook in an environment; returns how many.

    Parameters
    ----------
    spec
        Kernel of a profile.
    python
        Interpreter of the environment; the kernel need not be known to Jupyter yet.
    patience
        Seconds that a cell may take.

    Raises
    ------
    KernelFailed
        The kernel does not start, or a cell raises, takes too long, or prints other than it has to; the text
        has the cell and its error.
    MissingExtra
        What runs notebooks is not installed here.
    """
    try:
        import nbformat
        from jupyter_client.kernelspec import KernelSpecManager
        from jupyter_client.manager import AsyncKernelManager
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    except ImportError as error:
        msg = "running a smoke notebook needs the extra: pip install 'vre-dm[lab]'"
        raise MissingExtra(msg) from error
    notebook = nbformat.read(spec.smoke, as_version=4)  # type: ignore[no-untyped-call]
    with TemporaryDirectory() as folder, _only_its_own():
        spec.write(Path(folder, "kernels", spec.name), python)
        known = KernelSpecManager(kernel_dirs=[str(Path(folder, "kernels"))], ensure_native_kernel=False)
        kernel = AsyncKernelManager(kernel_name=spec.name, kernel_spec_manager=known)
        client = NotebookClient(
            notebook, km=kernel, timeout=patience, resources={"metadata": {"path": folder}}
        )
        client.owns_km = True  # so that it ends with the notebook
        try:
            client.execute(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except (CellExecutionError, CellTimeoutError, DeadKernelError, RuntimeError) as error:
            msg = f"{spec.title}: {_cause(error)}"
            raise KernelFailed(msg) from error
    for wanted, cell in zip(spec.cells, _code(notebook), strict=True):
        if wanted.printed and printed(cell) != wanted.printed:
            msg = (
                f"{spec.title}: the cell {wanted.source.strip()[:80]!a} of the smoke notebook prints "
                f"{_said(cell)!a}, and {wanted.printed!a} is expected"
            )
            raise KernelFailed(msg)
    return len(spec.cells)


def _code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _said(cell: Any) -> str:
    """All that a cell printed, also its errors."""
    return "".join(output.get("text", "") for output in cell.outputs)[:300]


def _cause(error: Exception) -> str:
    """One line of what nbclient tells in many: the error of the cell, and the cell."""
    name, value = getattr(error, "ename", ""), getattr(error, "evalue", "")
    lines = [line.strip() for line in str(error).splitlines() if line.strip().strip("-")]
    if name or value:
        cell = next((line for line in lines if not line.startswith("An error occurred")), "")
        return f"the smoke notebook raises {name}: {value}" + (f" in the cell {cell!a}" if cell else "")
    return f"the smoke notebook stops: {' '.join(lines)[:300]}"


@contextmanager
def _only_its_own() -> Iterator[None]:
    """Run without the module path of this process, which would bring its packages into the kernel."""
    kept = os.environ.pop("PYTHONPATH", None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ["PYTHONPATH"] = kept
