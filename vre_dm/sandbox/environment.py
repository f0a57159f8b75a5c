"""The lake's private Python environment: Rucio's server and its pins, apart from the user's own packages.

One environment serves every lake of a user; it is named after what is in it, so a new release makes a new
one.
"""

import fcntl
import os
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from vre_dm.errors import SandboxError
from vre_dm.locked import READABLE, NotInstalled, install
from vre_dm.resources import PACKAGE, shipped
from vre_dm.sandbox.ownership import require_own

# An image or an admin may have made the environment beforehand.
PREBUILT = "VRE_DM_LAKE_ENVIRONMENT"


def ensure(folder: Path, say: Callable[[str], None]) -> Path:
    """Use the environment that an image brings, or `make` one; returns its interpreter.

    Raises
    ------
    SandboxError
        As `make`, or what ``VRE_DM_LAKE_ENVIRONMENT`` names is no environment that this user can run.
    """
    prebuilt = os.environ.get(PREBUILT)
    return _prebuilt(Path(prebuilt)) if prebuilt else make(folder, say)


def make(folder: Path, say: Callable[[str], None]) -> Path:
    """Make the environment below ``folder`` unless it is there; returns its interpreter.

    Raises
    ------
    SandboxError
        A package could not be had, or the disk is full; nothing half-made is ever used.
    """
    lock = shipped("locks/lake.txt")
    place = folder / _name(lock)
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(READABLE)
    require_own(folder)
    if not (place / "complete").exists():
        _make(place, lock, say)
    require_own(place)
    return place / "bin" / "python"


def _prebuilt(place: Path) -> Path:
    python = place / "bin" / "python"
    try:
        (place / "complete").stat()
        require_own(place, or_roots=True)
    except (FileNotFoundError, NotADirectoryError):
        msg = f"{PREBUILT} names {place}, which holds no environment made by `vre-dm lake environment`"
        raise SandboxError(msg) from None
    except OSError as error:
        msg = (
            f"{PREBUILT} names {place}, which you cannot read: {error.strerror}; ask who made it to let "
            "everybody read it and enter the folders above it"
        )
        raise SandboxError(msg) from error
    if not os.access(python, os.X_OK):
        msg = (
            f"{PREBUILT} names {place}, whose interpreter {python.resolve()} you cannot run; ask who made it "
            "to make it anew with a Python that everybody can run"
        )
        raise SandboxError(msg)
    return python


def _name(lock: Path) -> str:
    content = sha256(lock.read_bytes() + sys.version.encode() + bytes(Path(sys.base_prefix)))
    return f"python{sys.version_info.major}.{sys.version_info.minor}-{content.hexdigest()[:12]}"


def _make(place: Path, lock: Path, say: Callable[[str], None]) -> None:
    with (place.parent / f".{place.name}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if (place / "complete").exists():
            return
        say("making the lake's private environment (once; 72 MB to download, 300 MB of disk)")
        try:
            install(lock, place)
        except NotInstalled as error:
            msg = f"the lake's private environment could not be made: {error}"
            raise SandboxError(msg) from error
        (place / "complete").touch()


def only_vre_dm(folder: Path) -> Path:
    """A folder with nothing but a link to this package, for the private environment's module path.

    To put the user's own site-packages there would let them stand before Rucio's.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    link = folder / "vre_dm"
    if not (link.is_symlink() and link.readlink() == PACKAGE):
        fresh = folder / f".vre_dm.{os.getpid()}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(PACKAGE)
        fresh.replace(link)
    return folder
