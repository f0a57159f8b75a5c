"""What an image holds: every file with its mode and owner, read from the tar that an engine makes of it."""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from builders.images.engine import Engine, run

_KIND = {tarfile.REGTYPE: "file", tarfile.LNKTYPE: "file", tarfile.SYMTYPE: "link", tarfile.DIRTYPE: "folder"}


@dataclass(frozen=True)
class Entry:
    """One path.

    Attributes
    ----------
    kind
        ``file``, ``link`` or ``folder``; ``other`` for a device or pipe.
    mode
        Its permissions, with the bits above them.
    uid, gid
        Its owner.
    size
        In bytes.
    """

    kind: str
    mode: int
    uid: int
    gid: int
    size: int


@dataclass
class Tree:
    """All paths of an image, without the slash before them, and the texts of those that were wanted."""

    entries: dict[str, Entry] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def above(self, below: Tree) -> Iterator[tuple[str, Entry]]:
        """Paths that are not in an image below, or not as they are there."""
        return ((path, entry) for path, entry in self.entries.items() if below.entries.get(path) != entry)


def read(stream: IO[bytes], wanted: Callable[[str], bool]) -> Tree:
    """Read a tar from its beginning to its end, and the texts of paths that are wanted."""
    found = Tree()
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            path = member.name.removeprefix("./").strip("/")
            kind = _KIND.get(member.type, "other")
            found.entries[path] = Entry(kind, member.mode, member.uid, member.gid, member.size)
            if wanted(path) and member.isfile() and (content := archive.extractfile(member)):
                found.texts[path] = content.read().decode("utf-8", "replace")
    return found


def tree(engine: Engine, reference: str, wanted: Callable[[str], bool] = lambda _: False) -> Tree:
    """Read an image; nothing of it is run.

    Raises
    ------
    ImagesError
        It is not here.
    """
    with _exported(engine, reference) as stream:
        return read(stream, wanted)


@contextmanager
def _exported(engine: Engine, reference: str) -> Iterator[IO[bytes]]:
    # neither is started; docker creates none of an image without a command
    container = run([*engine.runner, "create", reference, "true"]).split()[-1]
    try:
        with subprocess.Popen([*engine.runner, "export", container], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            yield process.stdout
            # tar's end may come before that of the stream
            while process.stdout.read(1 << 20):
                pass
    finally:
        run([*engine.runner, "rm", "--force", container])
