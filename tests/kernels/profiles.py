"""Profiles that tests write: a good one, and what can be wrong with it."""

import json
from pathlib import Path

LOCK = (
    "demo==1.0 \\\n    --hash=sha256:"
    + 64 * "0"
    + "\nipykernel==7.1 \\\n    --hash=sha256:"
    + 64 * "1"
    + "\n"
)
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


def written(root: Path, name: str = "demo") -> Path:
    """A profile in which all is right; it cannot be installed, as there is no such package."""
    folder = root / name
    kernel = folder / "kernels" / "demo"
    kernel.mkdir(parents=True)
    (folder / "card.yaml").write_text(CARD)
    (folder / "requirements.in").write_text("demo>=1  # a comment\nipykernel\n")
    (folder / "requirements.txt").write_text(LOCK)
    (kernel / "kernel.json").write_text(json.dumps(KERNEL))
    (kernel / "logo-svg.svg").write_text("<svg/>")
    (kernel / "smoke.ipynb").write_text(notebook("1 + 1", PROOF))
    return folder
