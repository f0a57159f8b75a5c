"""Write a plot to a file: all of it or nothing, under a temporary name beside the target first."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

from vre_dm.errors import NotWritable

FORMS = ("html", "png", "pdf", "svg")


def form_of(target: Path) -> str:
    """What the ending of a file name asks for, as a word of `FORMS`.

    Raises
    ------
    ValueError
        Another ending.
    """
    form = target.suffix.lower().removeprefix(".")
    if form not in FORMS:
        msg = f"cannot write {target.name!r}: end it in .html, .png, .pdf or .svg"
        raise ValueError(msg)
    return form


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
    except OSError as error:
        with suppress(OSError):  # there may be no such folder
            temporary.unlink()
        msg = f"cannot write {str(target)!r}: {error.strerror}; choose a folder that exists and is yours"
        raise NotWritable(msg) from error
    return target
