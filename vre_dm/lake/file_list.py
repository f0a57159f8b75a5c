"""The files of a dataset: names and sizes in one question, replicas in pages of a thousand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any, overload

from vre_dm.did import Did
from vre_dm.errors import InvalidDid, NotInLake
from vre_dm.lake.catalogue import Entry
from vre_dm.lake.connection import Connection
from vre_dm.lake.files import File, Replica
from vre_dm.lake.metadata import PAGE
from vre_dm.lake.tables import Table, Tabular, clean, plural, size_text

_SHOWN = 20
_NAMED = 5  # files that a message names

Name = tuple[str, str]
Row = dict[str, Any]


class FileList(Sequence[File], Tabular):
    """Files of a dataset or of everything in a container, sorted by name.

    Behaves as a list. The catalogue is asked when the first file is needed.

    Parameters
    ----------
    connection
        Lake that is asked.
    entry
        File, dataset or container.
    """

    def __init__(self, connection: Connection, entry: Entry) -> None:
        self._connection, self._kind, self._did = connection, entry.kind, entry.did
        self._files: list[File] | None = None

    @overload
    def __getitem__(self, index: int) -> File: ...
    @overload
    def __getitem__(self, index: slice) -> list[File]: ...
    def __getitem__(self, index: int | slice) -> File | list[File]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())

    @property
    def size(self) -> int | None:
        """Bytes of all files, or ``None`` where one has no registered size."""
        sizes = [file.size for file in self._all()]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    def matching(self, pattern: str | None) -> list[File]:
        """Files whose name, or its last part, fits a pattern such as ``*.parquet``.

        Raises
        ------
        NotInLake
            No file fits.
        """
        if pattern is None:
            return list(self._all())
        found = [file for file in self._all() if fits(file.did.name, pattern)]
        if not found:
            names = ", ".join(clean(file.did.name) for file in self[:_NAMED]) + ", …" * (len(self) > _NAMED)
            known = f"they are called {names}" if names else "more may be added to it"
            msg = f"none of the {len(self)} files of {self._did} fits {pattern!r}; {known}"
            raise NotInLake(msg)
        return found

    def one(self, name: str | None) -> File:
        """One file, with its replicas.

        Parameters
        ----------
        name
            Its name, or a pattern that only it fits; not needed where there is but one.

        Raises
        ------
        NotInLake
            No file fits, or several do.
        """
        found = [file for file in self._all() if file.did.name == name] or self.matching(name)
        if len(found) != 1:
            some = ", ".join(file.did.name for file in found[:3])
            which = "" if name is None else f" that fit {name!r}"
            msg = f"{self._did} has {plural(len(found), 'file')}{which} ({some} …): name one of them"
            raise NotInLake(msg if found else f"{self._did} holds no file")
        (file,) = found
        return next(self.with_replicas([file]))

    def located(self, pattern: str | None = None, *, rse: str | None = None) -> Iterator[File]:
        """Files with their replicas, a page of the catalogue at a time.

        Parameters
        ----------
        pattern
            Only files whose name fits.
        rse
            Only replicas on storage elements that fit this RSE expression.

        Returns
        -------
        iterator of File
            In order; without replicas where the catalogue has none that can be read.

        Raises
        ------
        NotInLake
            No file or no storage element fits.
        """
        return self.with_replicas(self.matching(pattern), rse=rse)

    def with_replicas(self, files: Iterable[File], *, rse: str | None = None) -> Iterator[File]:
        """Files of this list with their replicas; as `located`."""
        files = iter(files)
        while page := list(islice(files, PAGE)):
            names, found = [_name(file.did) for file in page], dict[Name, Row]()
            if self._kind == "dataset" and len(page) == len(self._all()):
                found = self._replicas([_name(self._did)], rse)  # a third less to do for the server
            if lost := [name for name in names if name not in found]:
                found |= self._replicas(lost, rse)  # what lies in an archive, or nowhere
            for file, name in zip(page, names, strict=True):
                yield self._located(file, found.get(name))

    def table(self) -> Table:
        """First files, with a sentence about those that are not shown."""
        rows = [(file.did.name, size_text(file.size), file.adler32 or file.md5) for file in self[:_SHOWN]]
        total = len(self)
        note = f"{total - _SHOWN} more are not shown; take them with [{_SHOWN}:]." if total > _SHOWN else ""
        title = f"{plural(total, 'file')} of {self._did}, {size_text(self.size) or 'size not registered'}"
        return Table(title, ("name", "size", "checksum"), rows, note)

    def _all(self) -> list[File]:
        if self._files is None:
            rows = self._connection.ask(f"the files of {self._did}", self._listed)
            # A file may be in several datasets of a container: it is one file.
            once = {(row["scope"], row["name"]): row for row in rows}
            self._files = [file_of(once[key], self._did) for key in sorted(once)]
        return self._files

    def _listed(self, rucio: Any) -> list[Row]:
        # Of a dataset the content is its files, and is told with their md5.
        question = rucio.list_content if self._kind == "dataset" else rucio.list_files
        return list(question(*_name(self._did)))

    def _replicas(self, names: Iterable[Name], rse: str | None) -> dict[Name, Row]:
        asked = [{"scope": scope, "name": name} for scope, name in names]
        what = f"the replicas of {self._did}" + (f" at {clean(rse)}" if rse else "")
        rows = self._connection.ask(what, lambda rucio: list(rucio.list_replicas(asked, rse_expression=rse)))
        return {(row["scope"], row["name"]): row for row in rows}

    def _located(self, file: File, row: Row | None) -> File:
        if row is None:
            return file
        pfns = sorted(row["pfns"].items(), key=lambda item: item[1].get("priority") or 0)
        replicas = tuple(Replica(said["rse"], pfn) for pfn, said in pfns)
        # Where the dataset was asked for, the row has that of a copy, which may be another.
        md5 = file.md5 if self._kind == "dataset" else _hex(row.get("md5"))
        return replace(file, md5=md5, replicas=replicas)


def fits(name: str, pattern: str) -> bool:
    """Whether a file's name, or its part after the last slash, fits a pattern."""
    return fnmatchcase(name, pattern) or fnmatchcase(name.rsplit("/", 1)[-1], pattern)


def file_of(row: Row, dataset: Did) -> File:
    """File of a row that Rucio lists for a dataset; `InvalidDid` when its name is not safe."""
    try:
        did = Did(row["scope"], row["name"])
    except InvalidDid as error:
        msg = f"{dataset} holds a file whose name is not safe: {error}; ask its owner to rename it"
        raise InvalidDid(msg) from error
    return File(did, row["bytes"], _hex(row.get("adler32")), _hex(row.get("md5")))


def _name(did: Did) -> Name:
    return did.scope, did.name


def _hex(checksum: str | None) -> str | None:
    return checksum.lower() if checksum else None
