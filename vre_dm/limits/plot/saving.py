"""Write a plot to a file: all of it or nothing, under a temporary name beside the target first."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

from vre_dm.errors import NotWritable

FORMS = ("html", "png", "pdf", "svg")


def target_of(path: object) -> tuple[Path, str]:
    """Where to write, and what the ending of the name asks for, as a word of `FORMS`.

    Raises
    ------
    NotWritable
        No path, or another ending.
    """
    if not isinstance(path, str | Path):
        msg = f"cannot write to {repr(path)[:60]}; give the name of a file, such as limits.html"
        raise NotWritable(msg)
    target = Path(path)
    form = target.suffix.lower().removeprefix(".")
    if form not in FORMS:
        msg = f"cannot write {target.name[:60]!r}: end it in .html, .png, .pdf or .svg"
        raise NotWritable(msg)
    return target, form


def write(target: Path, data: bytes) -> Path:
    """Put the bytes in place with one rename.

    Raises
    ------
    NotWritable
        The folder does not exist or cannot be written; a file that was there stays as it was.
    """
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as stream:
            stream.write(data)
        temporary.replace(target)
    except BaseException as error:
        with suppress(OSError, ValueError):  # there may be no such folder, or no such name
            temporary.unlink()
        if not isinstance(error, OSError | ValueError):
            raise
        reason = getattr(error, "strerror", None) or error
        msg = f"cannot write {str(target)[:200]!r}: {reason}; choose a folder that exists and is yours"
        raise NotWritable(msg) from error
    return target
