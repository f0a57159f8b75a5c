"""A file as the computation knows it: plain words that travel to any worker, and nothing of a lake."""

import glob
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vre_dm.errors import UnreadableInput


@dataclass(frozen=True, slots=True)
class Away:
    """Where a file is read that is not on this machine: plain words, and nothing that lets anybody in.

    Attributes
    ----------
    run
        Name under which a process was told what it may use there (`vre_dm.compute.allowed.Allowed`).
    copies
        Storage element and address of each copy, the best first.
    seen
        Addresses that were read, each with what its server called the object then (``ETag``,
        ``Last-Modified``); who reads there later has to see the same.
    """

    run: str
    copies: tuple[tuple[str, str], ...]
    seen: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Input:
    """One file that a function is mapped over.

    Attributes
    ----------
    name
        ``scope:name`` of a file of a lake, or its path.
    checksum
        ``adler32:1a2b3c4d`` or ``md5:…`` as registered; empty where none is.
    size
        Bytes, or ``None`` where they are not known.
    path
        Copy on this machine or mounted path; every worker reads it under this name.
    away
        Where it is read in pieces where there is no such path.
    compared
        Whether all its bytes were compared with what is registered; false for what is read where it is.
    """

    name: str
    checksum: str
    size: int | None
    path: Path | None
    away: Away | None = None
    compared: bool = True

    @property
    def verified(self) -> bool:
        """Whether all its bytes were compared with a registered checksum."""
        return self.compared and bool(self.checksum)


def inputs_of(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> tuple[Input, ...]:
    """Inputs of files on this machine, in the order given; a pattern such as ``data/*.root`` gives its files.

    Raises
    ------
    UnreadableInput
        One is missing, a folder, or given twice; no file fits a pattern, or what fits is a link whose file is
        missing.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    found = [path for one in given for path in _files(os.fspath(one))]
    twice = next((path for i, path in enumerate(found) if path in found[:i]), None)
    if twice is not None:
        msg = f"{twice} is given twice, and would be counted twice"
        raise UnreadableInput(msg)
    return tuple(Input(str(path), "", path.stat().st_size, path) for path in found)


def _files(one: str) -> list[Path]:
    path = Path(os.path.realpath(Path(one).expanduser()))
    if path.is_file():
        return [path]
    if path.is_dir():
        msg = f"{one} is a folder; say which of its files, as {one.rstrip('/')}/*.root"
        raise UnreadableInput(msg)
    fits = glob.glob(str(Path(one).expanduser()))  # noqa: PTH207
    found = sorted(os.path.realpath(fit) for fit in fits if _is_file(Path(fit)))
    if not found:
        msg = f"there is no file {one}"
        raise UnreadableInput(msg)
    return [Path(each) for each in found]


def _is_file(path: Path) -> bool:
    """Whether it is a file, not a folder.

    Raises
    ------
    UnreadableInput
        It is neither, or not there, as where a link leads: left out without a word, its counts would lack.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        link = f" leads to {os.path.realpath(path)}, which" if path.is_symlink() else ""
        msg = f"{path}{link} cannot be read: {error.strerror}; bring it here, or name the files without it"
        raise UnreadableInput(msg) from error
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return stat.S_ISREG(mode)
    msg = f"{path} is neither a file nor a folder; name the files without it"
    raise UnreadableInput(msg)
