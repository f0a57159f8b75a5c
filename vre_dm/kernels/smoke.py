"""The smoke notebooks of a profile, run in its kernels."""

from __future__ import annotations

import asyncio
import atexit
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

from vre_dm.errors import KernelFailed, MissingExtra
from vre_dm.kernels.spec import Spec, printed

PATIENCE = 300
"""Seconds for the start of a kernel and for a cell: the first import reads all of a package from disk."""
LOADED = '%load_ext vre_dm\nimport vre_dm as _dm\nassert len(_dm.curves("si_lz_2024")) == 1'
"""Run at the end in every kernel of Python; after the cells of the notebook, which have to do without."""


def run(spec: Spec, python: Path, patience: int = PATIENCE) -> int:
    """Run every cell of a kernel's smoke notebook in an environment; returns how many.

    Parameters
    ----------
    spec
        Kernel of a profile.
    python
        Interpreter of the environment; the kernel need not be known to Jupyter yet.
    patience
        Seconds that the start and each cell may take.

    Raises
    ------
    KernelFailed
        The kernel does not start, or a cell raises, takes too long, or prints other than it has to; the text
        has the cell and its error.
    MissingExtra
        What runs notebooks is not installed here.
    """
    try:
        from jupyter_client.kernelspec import KernelSpecManager
        from jupyter_client.manager import AsyncKernelManager
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
        from nbformat.v4 import new_code_cell, new_notebook
    except ImportError as error:
        msg = "running a smoke notebook needs the extra: pip install 'vre-dm[lab]'"
        raise MissingExtra(msg) from error
    # the sources alone: a tag of a cell could let it be skipped, or fail
    sources = [cell.source for cell in spec.cells] + ([LOADED] if spec.python else [])
    notebook = new_notebook(cells=[new_code_cell(each) for each in sources])  # type: ignore[no-untyped-call]
    with TemporaryDirectory() as folder, TemporaryFile() as errors:
        known = KernelSpecManager(kernel_dirs=[str(Path(folder, "kernels"))], ensure_native_kernel=False)
        kernel = AsyncKernelManager(kernel_name=spec.name, kernel_spec_manager=known)
        client = NotebookClient(
            notebook,
            km=kernel,
            timeout=patience,
            startup_timeout=patience,
            resources={"metadata": {"path": folder}},
        )
        client.owns_km = True  # so that it ends with the notebook
        try:
            spec.write(Path(folder, "kernels", spec.name), python)
            # in a loop that is closed: else it would go on to take the interrupts of this process to itself
            asyncio.run(client.async_execute(stdout=subprocess.DEVNULL, stderr=errors))
        except CellExecutionError as error:
            msg = f"{spec.title}: {_cause(error)}"
            raise KernelFailed(msg) from error
        except (CellTimeoutError, DeadKernelError, RuntimeError, OSError) as error:
            said = " ".join(str(error).split())[:300]
            msg = f"{spec.title}: the smoke notebook stops: {said}{_last(errors)}"
            raise KernelFailed(msg) from error
        finally:
            # of a kernel that did not start it would print a traceback when Python ends
            atexit.unregister(client._cleanup_kernel)
    for wanted, cell in zip(spec.cells, notebook.cells, strict=False):  # without the one of vre-dm
        if wanted.printed and printed(cell) != wanted.printed:
            msg = (
                f"{spec.title}: the cell {wanted.source.strip()[:80]!a} of the smoke notebook prints "
                f"{_said(cell)!a}, and {wanted.printed!a} is expected"
            )
            raise KernelFailed(msg)
    return len(spec.cells)


def _said(cell: Any) -> str:
    """All that a cell printed, also its errors."""
    return "".join(output.get("text", "") for output in cell.outputs)[:300]


def _cause(error: Any) -> str:
    """One line of what nbclient tells in many: the error of the cell, and the cell."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip().strip("-")]
    cell = next((line for line in lines if not line.startswith("An error occurred")), "")
    return f"the smoke notebook raises {error.ename}: {error.evalue} in the cell {cell!a}"


def _last(errors: IO[bytes]) -> str:
    """What a kernel that ended said at last."""
    errors.seek(0)
    lines = errors.read().decode("utf-8", "replace").strip().splitlines()
    return "; it said: " + " ".join(line.strip() for line in lines[-3:])[:500] if lines else ""
