"""The folder of a local cluster: what was ordered, how it stands, how to reach it; this user's alone."""

import json
import os
import re
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

from vre_dm.lake.transfer.owner import Owner
from vre_dm.private import make_private, open_to_others

T = TypeVar("T")

_NAME = re.compile(r"local-[0-9a-f]{8}")
_ELSEWHERE = "name another folder with XDG_STATE_HOME"
START = 180.0
"""Seconds a cluster may take to start."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a local cluster is to be, and how long it lives.

    Attributes
    ----------
    minimum, maximum
        Workers, each a process of one core; between the two it follows the work.
    memory
        Bytes a worker.
    idle
        Seconds without work after which it ends.
    owner
        Process with which it ends; empty where it outlives the one that made it.
    """

    minimum: int
    maximum: int
    memory: int
    idle: float
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a scheduler.

    Attributes
    ----------
    address
        Of the scheduler.
    certificate, key
        PEM texts of both sides: who has them may run code on the cluster.
    dashboard
        Address of its pages: who has it may read them. Empty where it has none.
    """

    address: str
    certificate: str
    key: str
    dashboard: str = ""

    def __repr__(self) -> str:
        return f"Contact({self.address!r})"


@dataclass(frozen=True, slots=True)
class ClusterFolder:
    """Files of one local cluster."""

    path: Path

    @classmethod
    def new(cls, root: Path, order: Size) -> "ClusterFolder":
        """Make the folder of a cluster that is to start.

        Raises
        ------
        NotWritable
            It cannot be made, or is another user's to change.
        """
        found(root)  # removes the keys of clusters that were killed
        folder = cls(root / f"local-{secrets.token_hex(4)}")
        make_private(folder.path, _ELSEWHERE)
        folder.order(order)
        return folder

    @property
    def log(self) -> Path:
        """What its processes say."""
        return self.path / "log"

    @property
    def ordered(self) -> Size | None:
        """What it is to be; ``None`` where it is to end."""
        said = _read(self.path / "order.json")
        return _made(Size, said)

    def order(self, order: Size) -> None:
        """Change what it is to be; its process looks several times a second."""
        _write(self.path / "order.json", asdict(order))

    def end(self) -> None:
        """Have it end."""
        with suppress(FileNotFoundError):
            (self.path / "order.json").unlink()

    @property
    def process(self) -> Owner | None:
        """Process that is the cluster, if it said so."""
        with suppress(OSError):
            return Owner.parse((self.path / "process").read_bytes())
        return None

    @property
    def access(self) -> Contact | None:
        """How to reach it; ``None`` before it is up."""
        said = _read(self.path / "access.json")
        return _made(Contact, said)

    def open(self, access: Contact) -> None:
        """Tell how to reach it."""
        _write(self.path / "access.json", asdict(access))

    @property
    def here(self) -> bool:
        """Whether its process lives, on this machine."""
        process = self.process
        return process is not None and process.here and not process.ended

    def beat(self) -> None:
        """Say that it lives, for those who cannot look at its process."""
        with suppress(OSError):
            os.utime(self.path / "process")

    @property
    def abandoned(self) -> bool:
        """Whether its process is gone: ended, never come, or silent on another machine."""
        try:
            since = max(path.stat().st_mtime for path in (self.path, *self.path.glob("process")))
        except OSError:
            return False  # it goes at this moment
        process = self.process
        return process.gone(since) if process else time.time() - since > START

    def remove(self) -> None:
        """Forget it with all that lies there; keys first, also those of a write that was killed."""
        with suppress(OSError):
            for path in sorted(self.path.iterdir()):
                path.unlink(missing_ok=True)
            self.path.rmdir()


def default_root() -> Path:
    """Folder of the user's local clusters."""
    return platformdirs.user_state_path("vre-dm") / "clusters"


def found(root: Path) -> list[ClusterFolder]:
    """Folders of this user's clusters; those whose process is gone are removed, with their keys."""
    try:
        if open_to_others(root) is not None:
            return []
        folders = [ClusterFolder(path) for path in sorted(root.iterdir()) if _NAME.fullmatch(path.name)]
    except OSError:
        return []
    for folder in folders:
        if folder.abandoned:
            folder.remove()
    return [folder for folder in folders if folder.path.is_dir()]


def named(root: Path, name: str) -> ClusterFolder | None:
    """Folder of a cluster that runs on this machine; ``None`` where there is none of that name."""
    folders = [folder for folder in found(root) if folder.path.name == name and folder.here]
    return folders[0] if folders else None


def _read(path: Path) -> dict[str, Any] | None:
    try:
        said = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def _made(kind: type[T], said: dict[str, Any] | None) -> T | None:
    """What a file says; nothing where another version of this package wrote it."""
    with suppress(TypeError):
        return kind(**said) if said else None
    return None


def _write(path: Path, said: Mapping[str, object]) -> None:
    """Replace a file in one step; nobody else can read it at any time."""
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(said, file)
    draft.replace(path)
