"""Environments made by uv from a hash-locked requirement file, and from nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# They hold public packages, and one that an admin makes is for every user.
READABLE = 0o755
_UMASK = 0o022


class NotInstalled(Exception):
    """A package could not be had, the disk is full, or uv is missing; the text says what uv said."""


def install(lock: Path, place: Path) -> Path:
    """Make an environment with what a lock says, and nothing more; returns its interpreter.

    What was at ``place`` is removed first; what stays there after an error is of no use.

    Raises
    ------
    NotInstalled
        As it says.
    """
    shutil.rmtree(place, ignore_errors=True)
    uv, python = _uv(), place / "bin" / "python"
    # No configuration file of the current folder or of one above it, and no package that would have to be
    # built: its build would run unlocked code.
    _run([uv, "--no-config", "venv", "--quiet", "--python", sys.executable, str(place)])
    exact = ["--quiet", "--require-hashes", "--no-deps", "--no-build", "--compile-bytecode"]
    _run([uv, "--no-config", "pip", "install", *exact, "--python", str(python), "--requirement", str(lock)])
    (place / ".lock").unlink(missing_ok=True)  # uv's, which it lets anybody write
    place.chmod(READABLE)
    return python


def _uv() -> str:
    try:
        from uv import find_uv_bin
    except ImportError:
        msg = "it needs the extra: pip install 'vre-dm[sandbox]'"
        raise NotInstalled(msg) from None
    return find_uv_bin()


def _run(command: list[str]) -> None:
    # The shell's virtual environment is not the one meant here.
    environment = {
        key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONPATH")
    }
    done = subprocess.run(command, env=environment, umask=_UMASK, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise NotInstalled(" ".join(lines[-3:]) or "no message")
