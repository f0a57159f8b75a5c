"""Kernels installed and removed: an environment from the lock, tried before it is offered."""

from __future__ import annotations

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from vre_dm import __version__
from vre_dm.errors import InvalidProfile, KernelFailed, MissingExtra, NotWritable
from vre_dm.kernels import debian
from vre_dm.kernels.checks import check_profile
from vre_dm.kernels.environment import make, path_of, require_for_all
from vre_dm.kernels.place import Place, Say
from vre_dm.kernels.profile import NAME, Profile
from vre_dm.kernels.record import (
    Installed,
    environments_of,
    installed,
    kernels_of,
    made_of,
    owner,
    record,
)
from vre_dm.kernels.record import remove as remove_path
from vre_dm.kernels.spec import Spec
from vre_dm.kernels.trying import try_profile
from vre_dm.locked import let_read

_EXTRAS = ("uv", "nbclient", "nbformat", "jupyter_client")


def install(profile: Profile, place: Place, say: Say, python: Path | None = None) -> Installed:
    """Make the environment of a profile and run its smoke notebooks; then Jupyter is told of its kernels.

    Parameters
    ----------
    profile
        Checked first: one that claims what its lock does not hold is not installed.
    place
        Where; what is installed there of the same profile is replaced once the new one works.
    say
        Told each step in a line.
    python
        Interpreter of the environment; the one that runs where nothing is said.

    Raises
    ------
    InvalidProfile
        The profile claims what it does not hold.
    KernelFailed
        A package of Debian is missing, others could not run the Python, a package cannot be had, or a smoke
        notebook fails: what was installed before is as it was.
    MissingExtra
        What makes environments or runs notebooks is not installed here.
    NotWritable
        The place cannot be written, or a kernel of this name is there that is not of this profile.
    """
    require_extras()
    check_profile(profile)
    debian.require(profile)
    # who uses the environment that vre-dm is in can run its Python
    if place.for_all and (python is not None or place != Place.environment()):
        require_for_all(python or Path(sys.executable))
    place.require_writable()
    with place.alone(profile.name, say):
        for spec in profile.specs:
            require_free(place.kernels / spec.name, profile.name, place)
        found = _tried(profile, place, python or Path(sys.executable), say)
        for spec in profile.specs:
            _offer(spec, found, place)
        for path in kernels_of(profile.name, place):
            if path.name not in found.kernels:
                remove_path(path)
        for path in environments_of(profile.name, place):
            if str(path) != found.environment:
                remove_path(path)
    return found


def remove(name: str, place: Place, say: Say) -> tuple[str, ...]:
    """Remove the kernels of a profile, their environment and what failed installs left; returns their names.

    Raises
    ------
    InvalidProfile
        Nothing of it is there.
    KernelFailed
        The place is not this user's alone.
    NotWritable
        Something stays, which the text names.
    """
    if NAME.fullmatch(name) and _paths(name, place):  # else nothing is made or opened
        place.require_writable()
        with place.alone(name, say):
            # one that begins with a dot was never seen by Jupyter
            kernels = tuple(path.name for path in kernels_of(name, place) if path.name[0] != ".")
            found = _paths(name, place)
            for path in found:
                remove_path(path)
        if found:
            return kernels
    msg = f"{name!a} is not installed in {place.words}; see `vre-dm kernels list`"
    raise InvalidProfile(msg)


def require_extras() -> None:
    """Refuse to begin what could not be brought to its end.

    Raises
    ------
    MissingExtra
        With what to install, all of it.
    """
    if any(find_spec(name) is None for name in _EXTRAS):
        msg = "installing kernels needs two extras: pip install 'vre-dm[lab,sandbox]'"
        raise MissingExtra(msg)


def require_free(folder: Path, name: str, place: Place) -> None:
    """Refuse to replace a kernel that is not of the same profile.

    Raises
    ------
    NotWritable
        There is one, a user's own or another profile's.
    """
    if (folder.exists() or folder.is_symlink()) and (other := owner(folder, place)) != name:
        whose = f"is of the profile {other}" if other else "was not installed by `vre-dm kernels`"
        msg = f"{folder} {whose}; remove it, or name the kernel otherwise"
        raise NotWritable(msg)


def _tried(profile: Profile, place: Place, python: Path, say: Say) -> Installed:
    """Make the environment unless it is there, try it, and write that it is installed."""
    before = next((each for each in installed(place) if each.profile == profile.name), None)
    target = path_of(profile, place, python)
    fresh = before is None or before.environment != str(target) or not before.python.exists()
    kernels = tuple(spec.name for spec in profile.specs)
    found = Installed(profile.name, __version__, made_of(profile), kernels, str(target))
    try:
        if fresh:
            say(f"installing {len(profile.pins)} packages into {target}")
            make(profile, target, python)
        try_profile(profile, found.python, say)
        # before Jupyter is told: a kernel that nobody can remove must not be seen
        found.write(place)
    except BaseException as error:
        if fresh:
            shutil.rmtree(target, ignore_errors=True)
        if isinstance(error, OSError):
            msg = f"{target} cannot be written: {error.strerror}"
            raise NotWritable(msg) from error
        if isinstance(error, KernelFailed) and not fresh:
            msg = (
                f"{error} (in the environment of {profile.name} that was there; should that be damaged, "
                f"`vre-dm kernels remove` it and install it again)"
            )
            raise KernelFailed(msg) from error
        raise
    return found


def _offer(spec: Spec, found: Installed, place: Place) -> None:
    """Put a kernel's description in place in one step, so that Jupyter never reads half of it."""
    final = place.kernels / spec.name
    fresh = final.with_name(f".{final.name}.new")
    remove_path(fresh)
    try:
        spec.write(fresh, found.python)
        let_read(fresh)
        require_free(final, found.profile, place)  # another profile may have come in between
        remove_path(final)
        fresh.rename(final)
    except OSError as error:
        msg = f"{final} cannot be written: {error.strerror}"
        raise NotWritable(msg) from error


def _paths(name: str, place: Place) -> list[Path]:
    """All of a profile that is there; the record last, so that what could not be removed is still listed."""
    found = [*kernels_of(name, place), *environments_of(name, place), record(name, place)]
    return [path for path in found if path.exists() or path.is_symlink()]
