"""The environment of a profile: what its lock says, and a copy of this very vre-dm."""

from __future__ import annotations

import shutil
import stat
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from vre_dm.errors import KernelFailed
from vre_dm.kernels.place import Place
from vre_dm.kernels.profile import Profile
from vre_dm.locked import NotInstalled, install, let_read
from vre_dm.resources import PACKAGE, shipped

_LEFT_OUT = {"__pycache__", "labextension", "share"}
_LAKE = "locks/lake.txt"  # what a kernel starts the embedded lake with


def path_of(profile: Profile, place: Place, python: Path) -> Path:
    """Where it is at a place; another lock, vre-dm or Python has another one.

    Raises
    ------
    KernelFailed
        The Python cannot be run.
    """
    said = profile.lock.read_bytes() + of_vre_dm().encode() + bytes(python.resolve())
    said += ask(python, "import sys; print(sys.version)").encode()
    return place.environments / f"{profile.name}-{sha256(said).hexdigest()[:12]}"


def of_vre_dm() -> str:
    """SHA-256 of all that is copied of vre-dm."""
    said = sha256()
    for inside, path in _copied():
        said.update(f"{inside}\0".encode() + path.read_bytes())
    return said.hexdigest()


def make(profile: Profile, target: Path, python: Path) -> None:
    """Make it; what is there after an error is of no use.

    Raises
    ------
    KernelFailed
        A package cannot be had, or the disk is full.
    """
    try:
        found = install(profile.lock, target, python)
        package = Path(ask(found, "import sysconfig; print(sysconfig.get_path('purelib'))"), "vre_dm")
        for inside, path in _copied():
            (package / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, package / inside)
        let_read(package)
    except (NotInstalled, OSError) as error:
        msg = f"the environment of {profile.name} could not be made: {error}"
        raise KernelFailed(msg) from error


def ask(python: Path, code: str, text: str = "") -> str:
    """Run a program in an interpreter that nothing outside has a say in; returns what it prints.

    Parameters
    ----------
    text
        Its standard input.

    Raises
    ------
    KernelFailed
        The interpreter is not there, or the program fails.
    """
    command = [str(python), "-I", "-c", code]
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    except OSError as error:
        msg = f"{python} cannot be run: {error.strerror}; the Python that it points to may be gone"
        raise KernelFailed(msg) from error
    if done.returncode:
        msg = f"{python} cannot be run: {' '.join(done.stderr.split()[-30:]) or done.returncode}"
        raise KernelFailed(msg)
    return done.stdout.strip()


def require_for_all(python: Path) -> None:
    """Refuse an interpreter that others cannot run, since an environment only points to it.

    Raises
    ------
    KernelFailed
        A folder above it is closed to them, or it is itself.
    """
    real = python.resolve()
    closed = [each for each in (real, *real.parents) if not each.stat().st_mode & stat.S_IXOTH]
    if closed:
        msg = (
            f"others cannot run {real}: {closed[-1]} is closed to them; say with --python which one to take, "
            "which every machine has at the same path"
        )
        raise KernelFailed(msg)


def _copied() -> Iterator[tuple[Path, Path]]:
    """Each file by its path inside of the package."""
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE)
        if path.is_file() and not _LEFT_OUT.intersection(inside.parts):
            yield inside, path
    yield Path("share", _LAKE), shipped(_LAKE)
