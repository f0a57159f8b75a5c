"""Which files of this machine are published, under which names."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vre_dm.did import Did
from vre_dm.errors import InvalidDid, InvalidUpload
from vre_dm.lake.tables import clean

Sources = Path | str | Iterable[Path | str] | Mapping[str, Path | str]
Identity = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Item:
    """One file to publish.

    Attributes
    ----------
    did, path
        Its name in the lake, and where it lies here.
    size
        Bytes.
    identity
        Device, inode, size and times: as long as they stay, the content does.
    """

    did: Did
    path: Path
    size: int
    identity: Identity

    def check_unchanged(self) -> None:
        """Compare with the file as it is now.

        Raises
        ------
        InvalidUpload
            It was changed or exchanged meanwhile.
        """
        if identity(self.path) != self.identity:
            msg = (
                f"{clean(self.path, None)} changed while it was uploaded; run again when nothing writes to it"
            )
            raise InvalidUpload(msg)


def identity(path: Path) -> Identity:
    """What changes whenever the content of a plain file does.

    Raises
    ------
    InvalidUpload
        It is missing, or no plain file.
    """
    try:
        facts = path.stat()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        msg = f"{clean(path, None)} cannot be read: {why}; check the path"
        raise InvalidUpload(msg) from error
    if not stat.S_ISREG(facts.st_mode):
        msg = f"{clean(path, None)} is no plain file; give files, or a folder that holds them"
        raise InvalidUpload(msg)
    return facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def items(sources: Sources, scope: str, prefix: str = "") -> list[Item]:
    """Files with their names, in the order given; of a folder the files in it, hidden ones left out.

    Parameters
    ----------
    sources
        File, folder, several of them, or a mapping from names to files.
    scope
        Scope of the names.
    prefix
        Put before each name: a name can be given only once in a scope.

    Raises
    ------
    InvalidUpload
        A file is missing, is no plain file, is no safe name, or two would get one name; or a folder holds
        folders, or links to what is not in it.
    """
    found: dict[Did, Item] = {}
    for name, path in _named(sources):
        did = _did(scope, prefix + name, path)
        if did in found:
            two = f"{clean(found[did].path, None)} and {clean(path, None)}"
            msg = f"{two} would both be {did}; rename one, or give names"
            raise InvalidUpload(msg)
        facts = identity(path)
        if not os.access(path, os.R_OK):
            msg = f"{clean(path, None)} may not be read by you; ask its owner"
            raise InvalidUpload(msg)
        found[did] = Item(did, path, facts[2], facts)
    if not found:
        msg = "nothing to publish: no file was given, or the folder holds none"
        raise InvalidUpload(msg)
    return list(found.values())


def _named(sources: Sources) -> Iterator[tuple[str, Path]]:
    if isinstance(sources, Mapping):
        yield from ((name, _path(path)) for name, path in sources.items())
        return
    several = [sources] if isinstance(sources, (str, Path)) else sources
    for source in several:
        path = _path(source)
        if path.is_dir():
            yield from ((inner.name, inner) for inner in _inside(path))
        else:
            yield path.name, path


def _path(source: Path | str) -> Path:
    """Path of a source that can be looked at."""
    try:
        path = Path(source).expanduser()
        path.stat()
    except (OSError, ValueError, RuntimeError) as error:  # the last where a user's home is unknown
        why = getattr(error, "strerror", None) or error
        msg = f"{clean(source, None)} cannot be read: {why}; check the path"
        raise InvalidUpload(msg) from error
    return path


def _inside(folder: Path) -> list[Path]:
    try:
        found = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
        inner = next((path for path in found if path.is_dir()), None)
    except OSError as error:
        msg = f"the folder {clean(folder, None)} cannot be read: {error.strerror}; ask its owner"
        raise InvalidUpload(msg) from error
    if inner is not None:
        msg = (
            f"{clean(folder, None)} holds the folder {clean(inner.name)}; "
            "names in a lake are flat, so upload each by itself"
        )
        raise InvalidUpload(msg)
    for path in found:
        _refuse_way_out(path, folder)
    return found


def _refuse_way_out(path: Path, folder: Path) -> None:
    """Refuse a link out of the folder: who put it there may not be who publishes, and can see the target."""
    if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        msg = (
            f"{clean(path, None)} is a link that leads out of {clean(folder, None)}; "
            "put a copy there, or name the file itself"
        )
        raise InvalidUpload(msg)


def _did(scope: str, name: str, path: Path) -> Did:
    try:
        return Did(scope, name)
    except InvalidDid as error:
        msg = f"{clean(path, None)}: {error}; rename it, or give it a name of its own"
        raise InvalidUpload(msg) from error
