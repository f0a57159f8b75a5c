"""A profile: one folder that describes the kernels of an experiment, for a laptop, an image and a hub."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from vre_dm.errors import InvalidProfile
from vre_dm.kernels.card import Card, read_card
from vre_dm.kernels.lock import Pin, read_lock
from vre_dm.kernels.spec import Spec, read_specs
from vre_dm.resources import shipped

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_CARD = "card.yaml"
_FILES = (_CARD, "requirements.in", "requirements.txt", "kernels")
_DEBIAN = re.compile(r"[a-z0-9][a-z0-9+.-]+")  # Debian Policy, section 5.6.1


@dataclass(frozen=True)
class Profile:
    """A folder with a card, a lock, kernels, and packages of Debian that it cannot do without.

    Attributes
    ----------
    name
        That of the folder.
    folder
        Where it is.
    """

    folder: Path

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.folder.name

    @property
    def wanted(self) -> Path:
        """File of what is wanted, which the lock was solved for."""
        return self.folder / "requirements.in"

    @property
    def lock(self) -> Path:
        """Hash-locked file of what is installed."""
        return self.folder / "requirements.txt"

    @cached_property
    def card(self) -> Card:
        """What it promises."""
        return read_card(self.folder / _CARD)

    @cached_property
    def pins(self) -> tuple[Pin, ...]:
        """What its lock holds."""
        return read_lock(self.lock)

    @cached_property
    def specs(self) -> tuple[Spec, ...]:
        """Its kernels."""
        return read_specs(self.folder / "kernels")

    @cached_property
    def apt(self) -> tuple[str, ...]:
        """Packages of Debian that its kernels need when they run.

        Raises
        ------
        InvalidProfile
            A line of ``apt.txt`` is no name of a package.
        """
        path = self.folder / "apt.txt"
        if not path.exists():
            return ()
        lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
        names = tuple(filter(None, lines))
        for name in names:
            if not _DEBIAN.fullmatch(name):
                msg = f"{path}: {name!a} is no name of a Debian package"
                raise InvalidProfile(msg)
        return names


def profiles(more: Path | None = None) -> list[Profile]:
    """Give the profiles that come with vre-dm, or those of another folder.

    Raises
    ------
    InvalidProfile
        The other folder is not there, or holds no profile, or one without a card or of a name that cannot be.
    """
    root = more or shipped("images/profiles")
    found = [_profile(folder) for folder in _folders(root)]
    if not found:
        msg = f"{root} holds no profile: a folder with a {_CARD}"
        if (root / _CARD).exists():
            msg = f"{root} is a profile; say the folder that it is in: --profiles {root.absolute().parent}"
        raise InvalidProfile(msg)
    return found


def profile(name: str, more: Path | None = None) -> Profile:
    """Give one profile by its name.

    Raises
    ------
    InvalidProfile
        There is none, and the text names those that are; or it is one that `profiles` refuses.
    """
    root = more or shipped("images/profiles")
    for folder in _folders(root):
        if folder.name == name:
            return _profile(folder)
    msg = f"no profile {name!a}; there are {', '.join(each.name for each in profiles(more))}"
    raise InvalidProfile(msg)


def _folders(root: Path) -> list[Path]:
    """Folders that were meant as profiles."""
    try:
        return [path for path in sorted(root.iterdir()) if any((path / name).exists() for name in _FILES)]
    except OSError as error:
        msg = f"{root} cannot be read: {error.strerror}"
        raise InvalidProfile(msg) from error


def _profile(folder: Path) -> Profile:
    if not NAME.fullmatch(folder.name):
        msg = f"{folder}: name a profile with small letters and digits, with - between them"
        raise InvalidProfile(msg)
    if not (folder / _CARD).is_file():
        msg = f"{folder} has no {_CARD}, which says what it promises"
        raise InvalidProfile(msg)
    return Profile(folder)
