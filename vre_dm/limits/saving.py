"""Write a plot to a file: all of it or nothing, under a temporary name beside the target first."""

from __future__ import annotations

import os
import tempfile
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
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as stream:
            temporary = Path(stream.name)
            stream.write(data)
        # A temporary file is the owner's alone; the plot gets what any new file would.
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except OSError as error:
        msg = f"cannot write {str(target)!r}: {error.strerror}; choose a folder that exists and is yours"
        raise NotWritable(msg) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return target


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
