"""New files in a folder: all of them whole, or none; nothing of the user's is overwritten unasked."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from vre_dm.errors import NotWritable

NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""What file systems without hard links answer (FAT, many network and FUSE mounts)."""


def place(files: Mapping[str, str], folder: Path, *, overwrite: bool = False) -> list[Path]:
    """Write texts to a folder that exists.

    Parameters
    ----------
    files
        Plain file names and what goes in.
    folder
        Where to.
    overwrite
        Replace files that exist.

    Returns
    -------
    list of Path
        In the order given.

    Raises
    ------
    NotWritable
        A file exists, or the folder cannot be written; nothing new stays behind, unless files were replaced.
    """
    targets = [folder / name for name in files]
    if not overwrite:
        _require_free(targets)
    placed: list[Path] = []
    try:
        with tempfile.TemporaryDirectory(prefix=".vre-dm-", dir=folder) as stage:
            for name, text in files.items():
                (Path(stage) / name).write_text(text, encoding="utf-8", newline="\n")
            for target in targets:
                _move(Path(stage) / target.name, target, overwrite=overwrite)
                placed.append(target)
    except BaseException as error:
        if not overwrite:
            _remove(placed)
        if not isinstance(error, OSError | UnicodeError | NotWritable):
            raise  # Ctrl-C: half a pair must not stay either
        left = (
            f"{len(placed)} of {len(targets)} files are new"
            if overwrite and placed
            else "nothing was written"
        )
        reason = getattr(error, "strerror", None) or error
        msg = f"cannot write to {folder}: {reason}; {left}"
        raise NotWritable(msg) from None
    return targets


def _require_free(targets: list[Path]) -> None:
    if taken := [path for path in targets if os.path.lexists(path)]:
        msg = f"{taken[0].name} exists in {taken[0].parent}; move it away, or pass overwrite=True in Python"
        raise NotWritable(msg)


def _move(source: Path, target: Path, *, overwrite: bool) -> None:
    if overwrite:
        source.replace(target)
        return
    try:
        os.link(source, target)  # fails when somebody else made the file meanwhile
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        _require_free([target])
        source.replace(target)


def _remove(paths: list[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()
