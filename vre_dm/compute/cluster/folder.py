"""The folder of a local cluster: what was ordered, how it stands, how to reach it; this user's alone."""

import json
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vre_dm.lake.private import make_private, open_to_others
from vre_dm.lake.transfer.owner import Owner

_NAME = re.compile(r"local-[0-9a-f]{8}")
_ELSEWHERE = "name another folder with XDG_STATE_HOME"


@dataclass(frozen=True, slots=True)
class Order:
    """What a local cluster is to be.

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
class Access:
    """How to reach a scheduler.

    Attributes
    ----------
    address
        Of the scheduler.
    certificate, key
        PEM texts of both sides: who has them may run code on the cluster.
    dashboard
        Address of its pages; empty where it has none.
    """

    address: str
    certificate: str
    key: str
    dashboard: str = ""

    def __repr__(self) -> str:
        return f"Access({self.address!r})"


@dataclass(frozen=True, slots=True)
class ClusterFolder:
    """Files of one local cluster."""

    path: Path

    @classmethod
    def new(cls, root: Path, order: Order) -> "ClusterFolder":
        """Make the folder of a cluster that is to start.

        Raises
        ------
        NotWritable
            It cannot be made, or is another user's to change.
        """
        folder = cls(root / f"local-{secrets.token_hex(4)}")
        make_private(folder.path, _ELSEWHERE)
        folder.order(order)
        return folder

    @property
    def log(self) -> Path:
        """What its processes say."""
        return self.path / "log"

    @property
    def ordered(self) -> Order | None:
        """What it is to be; ``None`` where it is to end."""
        said = _read(self.path / "order.json")
        return Order(**said) if said else None

    def order(self, order: Order) -> None:
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
    def access(self) -> Access | None:
        """How to reach it; ``None`` before it is up."""
        said = _read(self.path / "access.json")
        return Access(**said) if said else None

    def open(self, access: Access) -> None:
        """Tell how to reach it."""
        _write(self.path / "access.json", asdict(access))

    def remove(self) -> None:
        """Forget it; keys first."""
        for name in ("access.json", "order.json", "process", "log"):
            with suppress(OSError):
                (self.path / name).unlink()
        with suppress(OSError):
            self.path.rmdir()


def found(root: Path) -> list[ClusterFolder]:
    """Folders of this user's clusters; those whose process is gone are removed."""
    try:
        if open_to_others(root) is not None:
            return []
        folders = [ClusterFolder(path) for path in sorted(root.iterdir()) if _NAME.fullmatch(path.name)]
    except OSError:
        return []
    for folder in folders:
        if folder.process is not None and folder.process.ended:
            folder.remove()
    return [folder for folder in folders if folder.path.is_dir()]


def _read(path: Path) -> dict[str, Any] | None:
    try:
        said = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def _write(path: Path, said: Mapping[str, object]) -> None:
    """Replace a file in one step; nobody else can read it at any time."""
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(said, file)
    draft.replace(path)
