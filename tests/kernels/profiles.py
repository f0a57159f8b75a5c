"""Profiles that tests write: a good one, and what can be wrong with it."""

import json
from importlib.metadata import version
from pathlib import Path

from vre_dm.kernels.needs import needed


def pin(name: str, version: str, marker: str = "") -> str:
    """A line of a lock, with a hash that no file has."""
    return f"{name}=={version}{marker and f' ; {marker}'} \\\n    --hash=sha256:{64 * '0'}\n"


DEMO = pin("demo", "1.0")
LOCK = DEMO + "".join(pin(each.name, version(each.name)) for each in needed())
PROOF = "import demo; assert demo.works"
CARD = f"""\
title: A demonstration
about: For tests.
promises:
  - package: demo
    version: "1.0"
    kernel: demo
    proof: {PROOF}
"""
KERNEL = {
    "argv": ["{python}", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "A demonstration",
    "language": "python",
}


def notebook(*cells: str, printed: str = "") -> str:
    """A notebook with code cells, each of which printed something."""
    made = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"c{n}",
            "metadata": {},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": printed}] if printed else [],
            "source": c,
        }
        for n, c in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def written(root: Path, name: str = "demo", kernel: str = "demo") -> Path:
    """A profile in which all is right; it cannot be installed, as there is no such package."""
    folder = root / name
    spec = folder / "kernels" / kernel
    spec.mkdir(parents=True)
    (folder / "card.yaml").write_text(CARD.replace("kernel: demo", f"kernel: {kernel}"))
    (folder / "requirements.in").write_text("demo>=1  # a comment\nipykernel\n")
    (folder / "requirements.txt").write_text(LOCK)
    (spec / "kernel.json").write_text(json.dumps(KERNEL))
    (spec / "logo-svg.svg").write_text("<svg/>")
    (spec / "smoke.ipynb").write_text(notebook("1 + 1", PROOF))
    return folder
