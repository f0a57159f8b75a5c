"""A file as the computation knows it: plain words that travel to any worker, and nothing of a lake."""

import glob
import os
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
        Name under which a process was told what it may use there (`vre_dm.compute.remote.Allowed`).
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
        One is missing, a folder, or given twice, or no file fits a pattern.
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
    fits = sorted(os.path.realpath(found) for found in glob.glob(str(Path(one).expanduser())))  # noqa: PTH207
    if not fits:
        msg = f"there is no file {one}"
        raise UnreadableInput(msg)
    return [Path(found) for found in fits if Path(found).is_file()]
