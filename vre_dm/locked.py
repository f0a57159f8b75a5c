"""Environments made by uv from a hash-locked requirement file, and from nothing else."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

# They hold public packages, and one that an admin makes is for every user.
READABLE = 0o755
_UMASK = 0o022


class NotInstalled(Exception):
    """A package could not be had, the disk is full, or uv is missing; the text says what uv said."""


def install(lock: Path, place: Path, python: Path | None = None) -> Path:
    """Make an environment with what a lock says, and nothing more; returns its interpreter.

    What was at ``place`` is removed first; what stays there after an error is of no use.

    Parameters
    ----------
    python
        Interpreter that it is bound to, the one that runs where nothing is said.

    Raises
    ------
    NotInstalled
        As it says.
    """
    shutil.rmtree(place, ignore_errors=True)
    base, found = python or Path(sys.executable), place / "bin" / "python"
    # No package that would have to be built: its build would run unlocked code. Copies, since a link shares
    # the mode of the file in the cache, which may be closed to others.
    run_uv(["venv", "--quiet", "--python", str(base), str(place)])
    exact = ["--quiet", "--require-hashes", "--no-deps", "--no-build", "--compile-bytecode"]
    exact += ["--link-mode", "copy"]
    run_uv(["pip", "install", *exact, "--python", str(found), "--requirement", str(lock)])
    (place / ".lock").unlink(missing_ok=True)  # uv's, which it lets anybody write
    let_read(place)
    return found


def let_read(folder: Path) -> None:
    """Let everybody read a folder and what is in it, and nobody but the owner write it.

    Neither this process's umask nor the modes of what was copied have a say.

    Raises
    ------
    OSError
        The folder is another user's.
    """
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink():
            continue
        before = stat.S_IMODE(path.stat().st_mode)
        runs = 0o111 if path.is_dir() or before & stat.S_IXUSR else 0
        if before != (after := (before | 0o444 | runs) & ~0o022):
            path.chmod(after)


def run_uv(arguments: list[str], *, folder: Path | None = None, text: str | None = None) -> None:
    """Run uv.

    Parameters
    ----------
    folder
        Where it runs.
    text
        Its standard input.

    Raises
    ------
    NotInstalled
        It fails, or is missing.
    """
    # The shell's virtual environment is not the one meant here.
    environment = {
        key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONPATH")
    }
    done = subprocess.run(
        # No configuration file of the current folder or of one above it: it could name a stranger's index.
        [_uv(), "--no-config", *arguments],
        env=environment,
        umask=_UMASK,
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise NotInstalled(" ".join(lines[-3:]) or "no message")


def _uv() -> str:
    try:
        from uv import find_uv_bin
    except ImportError:
        msg = "it needs the extra: pip install 'vre-dm[sandbox]'"
        raise NotInstalled(msg) from None
    return find_uv_bin()
