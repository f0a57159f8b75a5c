"""Which files of an image are as a package brought them, by the lists of Debian and of Python."""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

from builders.images.tree import Tree

_OF_DEBIAN = re.compile(r"^var/lib/dpkg/info/[^/]+\.md5sums$")
_OF_PYTHON = re.compile(r"^(?P<place>.*/site-packages)/[^/]+\.dist-info/RECORD$")


def wanted(path: str) -> bool:
    """Whether a file of an image is such a list."""
    return bool(_OF_DEBIAN.match(path) or _OF_PYTHON.match(path))


class Packaged:
    """What packages brought into an image.

    Parameters
    ----------
    held
        Its files, with the texts of those that are `wanted`.
    """

    def __init__(self, held: Tree) -> None:
        self._held = held

    def brought(self, path: str) -> bool:
        """Whether a package has the file that a path leads to, and it is still that file."""
        path = self._held.real(path)
        entry = self._held.entries.get(path)
        if entry is None or entry.kind != "file":
            return False
        if self._python.get(path) == entry.digest:
            return True
        text = self._held.texts.get(path)
        if text is None or path not in self._debian:
            return False
        # Debian's lists have no better sum; they are not there against who can choose both
        content = text.encode("utf-8", "surrogateescape")
        return hashlib.md5(content, usedforsecurity=False).hexdigest() == self._debian[path]

    @cached_property
    def _debian(self) -> dict[str, str]:
        said: dict[str, str] = {}
        for name, text in self._held.texts.items():
            if _OF_DEBIAN.match(name):
                pairs = (line.split(maxsplit=1) for line in text.splitlines() if " " in line)
                said |= {self._held.real(path): digest for digest, path in pairs}
        return said

    @cached_property
    def _python(self) -> dict[str, str]:
        return dict(self._of_python())

    def _of_python(self) -> Iterator[tuple[str, str]]:
        for name, text in self._held.texts.items():
            if found := _OF_PYTHON.match(name):
                for path, digest, *_ in csv.reader(text.splitlines()):
                    if digest.startswith("sha256="):
                        yield posixpath.normpath(posixpath.join(found["place"], path)), _hex(digest[7:])


def _hex(said: str) -> str:
    """Give a digest of a RECORD as others write it; nothing for what is none."""
    try:
        return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)).hex()
    except (binascii.Error, ValueError):
        return ""
