"""Put files in place: all of them whole, or none; what was there stays until then."""

import errno
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from vre_dm.errors import NotWritable

NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""What file systems without hard links answer (FAT, many network and FUSE mounts)."""


def place(files: Mapping[str, str | bytes], folder: Path, *, overwrite: bool = False) -> list[Path]:
    """Write files to a folder that exists.

    Parameters
    ----------
    files
        Plain file names and what goes in; text becomes UTF-8.
    folder
        Where to.
    overwrite
        Replace files that exist; a link is replaced, not followed.

    Returns
    -------
    list of Path
        In the order given.

    Raises
    ------
    NotWritable
        A file exists, or the folder cannot be written; nothing has changed, also after Ctrl-C, but for files
        that cannot be put back, which the message names.
    """
    import tempfile  # takes as long to load as a plot to build

    targets = [folder / name for name in files]
    if not overwrite:
        _require_free(targets)
    try:
        with tempfile.TemporaryDirectory(prefix=".vre-dm-", dir=folder) as stage:
            new = [Path(stage, str(number)) for number in range(len(targets))]
            for path, content in zip(new, files.values(), strict=True):
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
            _move(new, targets, overwrite=overwrite)
    except (OSError, ValueError) as error:  # ValueError: a name or a text that no file can have
        reason = getattr(error, "strerror", None) or error
        more = f" and {len(targets) - 1} more" if len(targets) > 1 else ""
        msg = (
            f"cannot write {str((targets or [folder])[0])[:200]!r}{more}: {reason}; nothing was changed, "
            "choose a folder that exists, has room and is yours"
        )
        raise NotWritable(msg) from error
    return targets


def _require_free(targets: Sequence[Path]) -> None:
    if taken := [path for path in targets if os.path.lexists(path)]:
        msg = f"{taken[0].name} exists in {taken[0].parent} and stays; move it away or take another name"
        raise NotWritable(msg)


def _move(new: Sequence[Path], targets: Sequence[Path], *, overwrite: bool) -> None:
    """Move all, or put back what was there before the failure or Ctrl-C; the last move needs no way back."""
    import shutil

    moved: dict[Path, Path | None] = {}
    try:
        for path, target in zip(new, targets, strict=True):
            old = None
            if overwrite and target != targets[-1] and os.path.lexists(target):
                old = path.with_suffix(".old")
                shutil.copy2(target, old, follow_symlinks=False)
            _move_one(path, target, overwrite=overwrite)
            moved[target] = old
    except BaseException as error:
        if lost := [target.name for target, old in moved.items() if not _put_back(target, old)]:
            msg = f"{', '.join(lost)[:200]} in {targets[0].parent} changed and cannot be put back: {error}"
            raise NotWritable(msg) from error
        raise


def _put_back(target: Path, old: Path | None) -> bool:
    try:
        old.replace(target) if old else target.unlink()
    except OSError:
        return False
    return True


def _move_one(path: Path, target: Path, *, overwrite: bool) -> None:
    if overwrite:
        path.replace(target)
        return
    try:
        os.link(path, target)  # fails when somebody else made the file meanwhile
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        _require_free([target])
        path.replace(target)
