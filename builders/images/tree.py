"""What an image holds: every file with its mode and owner, read from the tar that an engine makes of it."""

from __future__ import annotations

import hashlib
import posixpath
import re
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from builders.images.engine import Engine, run
from builders.images.errors import ImagesError

HEAD = 16
"""Bytes that a compiled module begins with: what it was compiled of is told in them."""
_KIND = {tarfile.SYMTYPE: "link", tarfile.DIRTYPE: "folder"}
# with a line of what it encodes, as programs that only know of such files have none
_KEY = re.compile(rb"-----BEGIN (?:[A-Z0-9]+ )*(?:PRIVATE KEY|CERTIFICATE)-----\r?\n[\w+/=:, -]{16}")
_CAPABLE = "SCHILY.xattr.security.capability"
_LINKS = 40  # as many as Linux follows


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
    digest
        SHA-256 of what a file holds.
    target
        Where a link leads, as it says.
    key
        Whether a certificate or a private key is written in it.
    capable
        Whether it is run with rights that its user may not have.
    changed
        When it was, in seconds since 1970.
    """

    kind: str
    mode: int
    uid: int
    gid: int
    size: int
    digest: str = ""
    target: str = ""
    key: bool = False
    capable: bool = False
    changed: int = field(default=0, compare=False)


@dataclass
class Tree:
    """All paths of an image, without the slash before them.

    Attributes
    ----------
    texts
        Of those that were wanted, and of those with a certificate or a key.
    heads
        First bytes of compiled modules.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    heads: dict[str, bytes] = field(default_factory=dict)

    def above(self, below: Tree) -> Iterator[tuple[str, Entry]]:
        """Paths that are not in an image below, or not as they are there."""
        return ((path, entry) for path, entry in self.entries.items() if below.entries.get(path) != entry)

    def real(self, path: str) -> str:
        """Where a path leads once all links in it are followed."""
        for _ in range(_LINKS):
            parts = path.split("/")
            whole = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
            link = next((part for part in whole if part in self.entries and self._leads(part)), None)
            if link is None:
                break
            there = posixpath.join("/", posixpath.dirname(link), self.entries[link].target)
            path = posixpath.normpath(there + path[len(link) :]).strip("/")
        return path

    def _leads(self, path: str) -> bool:
        return self.entries[path].kind == "link"


def read(stream: IO[bytes], wanted: Callable[[str], bool]) -> Tree:
    """Read a tar from its beginning to its end, and the texts of paths that are wanted.

    Raises
    ------
    ImagesError
        A text that is wanted is another name of a file that is not.
    """
    found = Tree()
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            path = _plain(member.name)
            if member.islnk():
                _again(found, path, _plain(member.linkname), wanted)
                continue
            content = b""
            if member.isfile() and (opened := archive.extractfile(member)):
                content = opened.read()
            found.entries[path] = entry = _entry(member, content)
            if member.isfile() and (wanted(path) or entry.key):
                found.texts[path] = content.decode("utf-8", "surrogateescape")
            if path.endswith(".pyc"):
                found.heads[path] = content[:HEAD]
    for path in [path for path in found.entries if found.entries[path].kind == "link" and wanted(path)]:
        if (text := found.texts.get(found.real(path))) is not None:
            found.texts[path] = text
    return found


def _entry(member: tarfile.TarInfo, content: bytes) -> Entry:
    file = member.isfile()
    return Entry(
        kind="file" if file else _KIND.get(member.type, "other"),
        mode=member.mode,
        uid=member.uid,
        gid=member.gid,
        size=member.size,
        digest=hashlib.sha256(content).hexdigest() if file else "",
        target=member.linkname,
        # much quicker than the whole pattern, and few files have it
        key=b"-----BEGIN " in content and _KEY.search(content) is not None,
        capable=_CAPABLE in member.pax_headers,
        changed=int(member.mtime),
    )


def _again(found: Tree, path: str, first: str, wanted: Callable[[str], bool]) -> None:
    """Take in another name of a file that was read before."""
    found.entries[path] = found.entries[first]
    if first in found.texts:
        found.texts[path] = found.texts[first]
    if first in found.heads:
        found.heads[path] = found.heads[first]
    if wanted(path) and path not in found.texts:
        msg = f"/{path} is another name of /{first}, whose text was not kept; let it be wanted too"
        raise ImagesError(msg)


def _plain(name: str) -> str:
    return name.removeprefix("./").strip("/")


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
            try:
                yield process.stdout
                # tar's end may come before that of the stream
                while process.stdout.read(1 << 20):
                    pass
            except BaseException:
                # podman has both ends of the pipe open: it would wait for a reader, and its removal for it
                process.kill()
                raise
    finally:
        run([*engine.runner, "rm", "--force", container])
