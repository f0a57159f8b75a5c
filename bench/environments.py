"""A peer in an environment of its own, made from the lock beside this file (run: solve that again)."""

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import platformdirs

_FOLDER = Path(__file__).parent
_UV = (str(Path(sys.executable).with_name("uv")), "--no-config")
_WHEELS = ("--only-binary", ":all:")
SOURCES = {"rucio_jupyterlab": ("--no-binary", "rucio-jupyterlab")}
"""Peers that are published as sources only."""


def solve(name: str) -> None:
    """Write the lock: hashes for all that runs or builds the peer, and no address of an index."""
    words = ["--universal", "--python-version=3.11", "--generate-hashes", "--no-emit-index-url", "--upgrade"]
    words += [f"--custom-compile-command=python -m bench.environments {name}"]
    command = [*_UV, "pip", "compile", "--quiet", *_wanted(name), *words]
    subprocess.run([*command, f"{name}.in", "--output-file", f"{name}.txt"], cwd=_FOLDER, check=True)


def python(name: str) -> Path:
    """Interpreter of the peer's environment, which is made from the lock the first time."""
    lock = _FOLDER / f"{name}.txt"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    folder = platformdirs.user_cache_path("vre-dm-bench") / f"{name.replace('_', '-')}-{digest}"
    found = folder / "bin" / "python"
    if not (folder / "made").is_file():
        subprocess.run([*_UV, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
        command = [*_UV, "pip", "sync", "--quiet", "--require-hashes", *_wanted(name)]
        subprocess.run([*command, "--build-constraints", lock, "--python", found, lock], check=True)
        (folder / "made").touch()
    return found


def _wanted(name: str) -> Sequence[str]:
    return (*_WHEELS, *SOURCES.get(name, ()))


if __name__ == "__main__":
    solve(sys.argv[1])
