"""Which files of this machine are published, under which names."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vre_dm.did import Did
from vre_dm.errors import InvalidDid, InvalidUpload
from vre_dm.lake.publish.places import Identity, Place, changed, look
from vre_dm.lake.tables import clean

Sources = Path | str | Iterable[Path | str] | Mapping[str, Path | str] | Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Item:
    """One file to publish.

    Attributes
    ----------
    did, path
        Its name in the lake, and where it lies here, links resolved.
    identity
        As long as it stays, the content does.
    """

    did: Did
    path: Path
    identity: Identity

    @property
    def size(self) -> int:
        """Bytes."""
        return self.identity[2]

    @property
    def place(self) -> Place:
        """What finds the very same file again."""
        return Place(str(self.path), self.identity[1])

    def check_unchanged(self) -> None:
        """Compare with the file as it is now.

        Raises
        ------
        InvalidUpload
            It was changed or exchanged meanwhile.
        """
        if look(self.path) != (self.path, self.identity):
            raise changed(self.path)


def items(
    sources: Sources, scope: str, prefix: str = "", allow: Callable[[Path], object] = lambda _: None
) -> list[Item]:
    """Files with their names, in the order given; of a folder the files in it, hidden ones left out.

    Parameters
    ----------
    sources
        File, folder, several of them, or a mapping from names to files.
    scope
        Scope of the names.
    prefix
        Put before each name: a name can be given only once in a scope.
    allow
        Told where each file really lies, to refuse it.

    Raises
    ------
    InvalidUpload
        A file is missing, is no plain file, is no safe name, or two would get one name; or a folder holds
        folders, or links to what is not in it.
    """
    found: dict[Did, Item] = {}
    for name, source, folder in _named(sources):
        path, identity = look(source)
        allow(path)
        if folder is not None and not path.is_relative_to(folder):
            raise _leads_out(source, folder)
        did = _did(scope, prefix + name, path)
        if did in found:
            two = f"{clean(found[did].path, None)} and {clean(path, None)}"
            msg = f"{two} would both be {did}; rename one, or give names"
            raise InvalidUpload(msg)
        if not os.access(path, os.R_OK):
            msg = f"{clean(path, None)} may not be read by you; ask its owner"
            raise InvalidUpload(msg)
        found[did] = Item(did, path, identity)
    if not found:
        msg = "nothing to publish: no file was given, or the folder holds none"
        raise InvalidUpload(msg)
    return list(found.values())


def _named(sources: Sources) -> Iterator[tuple[str, Path | Place, Path | None]]:
    """Names, what has them, and the folder that stands for it."""
    if isinstance(sources, Mapping):
        yield from (
            (name, source if isinstance(source, Place) else _path(source), None)
            for name, source in sources.items()
        )
        return
    several = [sources] if isinstance(sources, (str, Path)) else sources
    for path in map(_path, several):
        if os.path.isdir(path):  # noqa: PTH112 - False also where it cannot be asked
            folder = path.resolve()
            yield from ((inner.name, inner, folder) for inner in _inside(folder))
        else:
            yield path.name, path, None


def _path(source: Path | str) -> Path:
    try:
        return Path(source).expanduser()
    except RuntimeError as error:  # a user's home is unknown
        msg = f"{clean(source, None)} cannot be read: {error}; check the path"
        raise InvalidUpload(msg) from error


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
    return found


def _leads_out(path: object, folder: Path) -> InvalidUpload:
    """Error of a link out of a folder: who put it there may not be who publishes, and can see the target."""
    msg = (
        f"{clean(path, None)} is a link that leads out of {clean(folder, None)}; "
        "put a copy there, or name the file itself"
    )
    return InvalidUpload(msg)


def _did(scope: str, name: str, path: Path) -> Did:
    try:
        return Did(scope, name)
    except InvalidDid as error:
        msg = f"{clean(path, None)}: {error}; rename it, or give it a name of its own"
        raise InvalidUpload(msg) from error
