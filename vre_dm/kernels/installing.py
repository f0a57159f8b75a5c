"""Kernels installed, listed and removed: an environment from the lock, tried before it is offered."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from vre_dm import __version__, strict_json
from vre_dm.errors import InvalidProfile, KernelFailed, NotWritable
from vre_dm.kernels.checks import check_profile
from vre_dm.kernels.place import Place
from vre_dm.kernels.profile import Profile
from vre_dm.kernels.smoke import run
from vre_dm.kernels.spec import NAME
from vre_dm.locked import NotInstalled
from vre_dm.locked import install as install_locked
from vre_dm.resources import PACKAGE, shipped

_ABOUT = "vre-dm-kernels.json"
_SHIPPED = ("locks", "notebooks", "images")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Installed:
    """A profile that is installed at a place.

    Attributes
    ----------
    profile
        Its name.
    version
        Of the vre-dm that is inside.
    lock
        First digits of the SHA-256 of its lock.
    kernels
        Names by which Jupyter knows its kernels.
    environment
        Its folder.
    """

    profile: str
    version: str
    lock: str
    kernels: tuple[str, ...]
    environment: str

    @property
    def python(self) -> Path:
        """Interpreter of its environment."""
        return Path(self.environment, "bin", "python")


def installed(place: Place) -> list[Installed]:
    """Find what is installed at a place, by name."""
    found = []
    for path in sorted(place.environments.glob(f"*/{_ABOUT}")):
        with suppress(OSError, ValueError, TypeError, KeyError):  # half removed, or a stranger's
            said = strict_json.loads(path.read_bytes())
            one = Installed(**{**said, "kernels": tuple(said["kernels"])})
            # what an edited record names must not be removed
            if Path(one.environment) == path.parent and all(map(NAME.fullmatch, one.kernels)):
                found.append(one)
    return found


def install(profile: Profile, place: Place, say: Say) -> Installed:
    """Make the environment of a profile and run its smoke notebooks; then Jupyter is told of its kernels.

    Parameters
    ----------
    profile
        Checked first: one that claims what its lock does not hold is not installed.
    place
        Where; what is installed there of the same profile is replaced once the new one works.
    say
        Told each step in a line.

    Raises
    ------
    InvalidProfile
        The profile claims what it does not hold.
    KernelFailed
        A package of Debian is missing, a package cannot be had, or a smoke notebook fails: what was
        installed before is as it was.
    NotWritable
        The place cannot be written.
    """
    check_profile(profile)
    require_apt(profile)
    place.require_writable()
    with _alone(place, profile.name):
        before = {each.profile: each for each in installed(place)}.get(profile.name)
        target = place.environments / f"{profile.name}-{_key(profile)}"
        if before is None or Path(before.environment) != target or not before.python.exists():
            say(f"installing {len(profile.pins)} packages into {target}")
            _make(profile, target)
        found = Installed(
            profile.name,
            __version__,
            _key(profile),
            tuple(spec.name for spec in profile.specs),
            str(target),
        )
        for spec in profile.specs:
            say(f"trying {spec.title}")
            run(spec, found.python)
        for spec in profile.specs:
            _offer(spec.write, place.kernels / spec.name, found.python)
        (target / _ABOUT).write_text(json.dumps(asdict(found), indent=1) + "\n", encoding="utf-8")
        if before is not None and before.environment != found.environment:
            _drop(before, place, keep=found.kernels)
    return found


def remove(name: str, place: Place) -> Installed:
    """Remove the kernels of a profile and their environment.

    Raises
    ------
    InvalidProfile
        It is not installed there.
    """
    with _alone(place, name):
        for each in installed(place):
            if each.profile == name:
                _drop(each, place)
                return each
    msg = f"{name!a} is not installed in {place.words}; see `vre-dm kernels list`"
    raise InvalidProfile(msg)


def require_apt(profile: Profile) -> None:
    """Refuse where a package of Debian is missing; without dpkg nobody can tell, and nothing is said.

    Raises
    ------
    KernelFailed
        With the command that installs it.
    """
    if not profile.apt or shutil.which("dpkg-query") is None:
        return
    command = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *profile.apt]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    there = {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}
    if absent := [name for name in profile.apt if name not in there]:
        msg = (
            f"{profile.name} needs {' and '.join(absent)} of Debian when it runs:"
            f" sudo apt-get install {' '.join(absent)}"
        )
        raise KernelFailed(msg)


def _make(profile: Profile, target: Path) -> None:
    try:
        python = install_locked(profile.lock, target)
        _add_vre_dm(python)
    except (NotInstalled, OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(target, ignore_errors=True)
        msg = f"the environment of {profile.name} could not be made: {error}"
        raise KernelFailed(msg) from error


def _add_vre_dm(python: Path) -> None:
    """Copy this very vre-dm into an environment, so that an upgrade of the one does not break the other."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    shown = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    target = Path(shown.stdout.strip(), "vre_dm")
    shutil.copytree(PACKAGE, target, ignore=shutil.ignore_patterns("__pycache__", "labextension", "share"))
    for name in _SHIPPED:
        shutil.copytree(shipped(name), target / "share" / name, ignore=shutil.ignore_patterns("__pycache__"))


def _offer(write: Callable[[Path, Path], None], folder: Path, python: Path) -> None:
    """Put a kernel's description in place in one step, so that Jupyter never reads half of it."""
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        write(fresh, python)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    except OSError as error:
        msg = f"{folder} cannot be written: {error.strerror}"
        raise NotWritable(msg) from error


def _drop(each: Installed, place: Place, keep: tuple[str, ...] = ()) -> None:
    for name in set(each.kernels) - set(keep):
        shutil.rmtree(place.kernels / name, ignore_errors=True)
    shutil.rmtree(each.environment, ignore_errors=True)


def _key(profile: Profile) -> str:
    said = profile.lock.read_bytes() + sys.version.encode() + __version__.encode()
    return sha256(said).hexdigest()[:12]


@contextmanager
def _alone(place: Place, name: str) -> Iterator[None]:
    """One at a time: two windows may install the same."""
    place.require_writable()
    with (place.environments / f".{name}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
