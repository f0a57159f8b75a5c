"""Compiled modules that Python would reject: it would compile them at each start, and could not save them."""

from __future__ import annotations

import posixpath
import re

from builders.images.tree import HEAD, Tree

_MODULE = re.compile(r"^(?P<folder>opt/.*/)__pycache__/(?P<name>[^/]+)\.cpython-\d+\.pyc$")
_OF_ITS_CONTENT = 1  # its head has a sum of the source, not the source's time and size


def stale(held: Tree) -> list[str]:
    """Name those of ``/opt`` whose head speaks of another source than that beside them."""
    found = []
    for path, head in held.heads.items():
        module = _MODULE.match(path)
        source = held.entries.get(held.real(f"{module['folder']}{module['name']}.py")) if module else None
        if source is None:
            continue
        flags, changed, size = (int.from_bytes(head[at : at + 4], "little") for at in range(4, HEAD, 4))
        if flags & _OF_ITS_CONTENT:
            continue
        if (changed, size) != (source.changed & 0xFFFFFFFF, source.size & 0xFFFFFFFF):
            found.append(posixpath.join("/", path))
    return found


def faults(held: Tree) -> list[str]:
    """Say in a line how many there are, with the first."""
    found = stale(held)
    if not found:
        return []
    return [f"{len(found)} modules are compiled of other sources than those beside them, such as {found[0]}"]
