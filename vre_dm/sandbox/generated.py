"""Simulated events as a dataset of the user's scope, for scale tests and benchmarks."""

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

from vre_dm.errors import SandboxError
from vre_dm.sandbox import events as simulation
from vre_dm.sandbox.control import LakeStatus, private_python
from vre_dm.sandbox.layout import USER, Layout

# The policy's rule for names, with room for what each file's name adds.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


def events(lake: LakeStatus, *, name: str, files: int, events: int, seed: int) -> str:
    """Generate, move onto a storage element and register; returns the DID.

    Raises
    ------
    SandboxError
        An argument is out of range, there is no room, or the name is taken; nothing is left behind.
    """
    if not _NAME.fullmatch(name) or ".." in name:
        msg = (
            f"{name!a} cannot name a dataset; use letters, digits, dots, dashes and underscores, at most 200"
        )
        raise SandboxError(msg)
    layout = Layout(lake.root)
    with tempfile.TemporaryDirectory(dir=layout.root, prefix=".generated-") as folder:
        made = simulation.generate(Path(folder), files=files, events=events, seed=seed)
        named = [path.rename(path.with_name(f"{name}.{path.name}")) for path in made]
        order = {"scope": f"user.{USER}", "name": name, "files": list(map(str, named))}
        _adopt(layout, order | {"metadata": _metadata(files, events, seed)})
    return f"user.{USER}:{name}"


def _metadata(files: int, events: int, seed: int) -> dict[str, object]:
    return {
        "title": "Simulated Drell-Yan and Z' events",
        "description": "Smeared pseudo-events for scale tests; not an experiment's data or simulation.",
        "experiment": "none",
        "technique": "collider",
        "simulated": True,
        "product": "events",
        "n_events": files * events,
        "random_seed": seed,
        "licence": "CC0-1.0",
    }


def _adopt(layout: Layout, order: dict[str, object]) -> None:
    python, path = private_python(layout)
    done = subprocess.run(
        [str(python), "-W", "ignore", "-m", "vre_dm.sandbox.services.adoption"],
        input=json.dumps(order),
        text=True,
        capture_output=True,
        cwd=layout.root,
        env={
            "PATH": os.defpath,
            "HOME": str(layout.root),
            "PYTHONPATH": str(path),
            "RUCIO_CONFIG": str(layout.userpass_config),
        },
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        msg = lines[-1] if lines else "the dataset could not be registered"
        raise SandboxError(msg)
