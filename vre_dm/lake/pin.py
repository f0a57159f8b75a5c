"""A pin: a JSON file that records which files a dataset had, so that a later fetch gives exactly those."""

import json
import os
import re
import stat
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from vre_dm.did import Did
from vre_dm.errors import InvalidConfiguration, InvalidDid, NotInLake, NotWritable
from vre_dm.lake.files import File
from vre_dm.lake.tables import clean
from vre_dm.lake.transfer.verify import Expected

_KEYS = {"lake", "did", "time", "files"}
_FILE_KEYS = {"did", "size", "adler32", "md5"}
_SUMS = {"adler32": re.compile("[0-9a-f]{8}"), "md5": re.compile("[0-9a-f]{32}")}
_LARGEST = 200_000_000  # bytes of a pin: a million files
_LARGEST_FILE = 2**63  # what the catalogue's column holds


@dataclass(frozen=True, slots=True)
class Pin:
    """The files of a dataset at one time.

    Attributes
    ----------
    path
        Where the pin is, for messages.
    lake
        Address of its server.
    did
        Whose files.
    time
        When they were fetched.
    files
        With sizes and checksums as registered then; without replicas.
    """

    path: Path
    lake: str
    did: Did
    time: datetime
    files: tuple[File, ...]

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Read and check a pin; ``None`` where there is none.

        Raises
        ------
        InvalidConfiguration
            The file cannot be read, or is no sound pin.
        """
        try:
            text = _text(path)
            return None if text is None else cls(path, *_parsed(json.loads(text)))
        except OSError as error:
            msg = f"cannot read the pin {_whole(path)}: {error.strerror}; name another file"
            raise InvalidConfiguration(msg) from error
        except (ValueError, RecursionError) as error:
            cause = "it is no JSON" if isinstance(error, json.JSONDecodeError) else clean(error, 160)
            msg = f"{_whole(path)} is no pin of a fetch: {cause}; name a file that is not there to make one"
            raise InvalidConfiguration(msg) from error

    def write(self) -> None:
        """Put the pin at its path, by one rename.

        Raises
        ------
        NotWritable
            The folder or the disk does not take it.
        """
        document = {
            "lake": self.lake,
            "did": str(self.did),
            "time": self.time.isoformat(timespec="seconds"),
            "files": [_entry(file) for file in self.files],
        }
        try:
            _place(self.path, json.dumps(document, indent=1) + "\n")
        except OSError as error:
            msg = f"the files are here, but not the pin {_whole(self.path)}: {error.strerror}; run again"
            raise NotWritable(msg) from error

    def check(self, lake: str, did: Did) -> None:
        """Refuse a pin of something else.

        Raises
        ------
        InvalidConfiguration
            It pins another DID, or one of another lake.
        """
        if (self.lake, self.did) != (lake, did):
            ours, theirs = f"{did} of {lake}", f"{self.did} of {self.lake}"
            msg = f"{_whole(self.path)} pins {clean(theirs, 200)}, not {clean(ours, 200)}; name another file"
            raise InvalidConfiguration(msg)

    def held(self, everything: Iterable[File], chosen: Iterable[File]) -> list[File]:
        """Pinned files as the catalogue knows them now.

        Parameters
        ----------
        everything
            Files that the dataset has now.
        chosen
            Those of them that the other options of the fetch leave.

        Raises
        ------
        NotInLake
            A pinned file is gone.
        InvalidConfiguration
            The other options leave out a pinned file.
        """
        now, left = {file.did: file for file in everything}, {file.did for file in chosen}
        if gone := [file.did for file in self.files if file.did not in now]:
            msg = f"{_first(gone)} pinned by {_whole(self.path)} is no longer in {self.did}; ask its owner"
            raise NotInLake(msg)
        if out := [file.did for file in self.files if file.did not in left]:
            msg = (
                f"{_whole(self.path)} pins {_first(out)}, which files or since leave out; use it without them"
            )
            raise InvalidConfiguration(msg)
        return [now[file.did] for file in self.files]

    def verified(self, found: Sequence[File]) -> list[File]:
        """Files of `held`, with replicas, to be fetched as what was pinned.

        Raises
        ------
        NotInLake
            The catalogue tells another size or checksum than the pin.
        """
        return [self._same(pinned, file) for pinned, file in zip(self.files, found, strict=True)]

    def _same(self, pinned: File, found: File) -> File:
        then, now = Expected.of(pinned), Expected.of(found)
        for key in ("size", "adler32", "md5"):
            old, new = getattr(then, key), getattr(now, key)
            if None not in (old, new) and old != new:
                what = f"has {key} {clean(new)} now, and {old} in the pin {_whole(self.path)}"
                msg = f"{found.did} was changed: it {what}; ask the dataset's owner"
                raise NotInLake(msg)
        # What the catalogue does not tell any more is still held against the bytes.
        size = now.size if then.size is None else then.size
        return replace(found, size=size, adler32=then.adler32 or now.adler32, md5=then.md5 or now.md5)


def refuse_unwritable(path: Path) -> None:
    """Tell before any byte moves that no pin could be written.

    Raises
    ------
    NotWritable
        Its folder is missing or read-only.
    """
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        msg = f"cannot write the pin {_whole(path)}: its folder is missing or read-only; name another file"
        raise NotWritable(msg)


def _whole(path: Path) -> str:
    return clean(path, None)  # a name that is cut cannot be found


def _first(dids: list[Did]) -> str:
    return str(dids[0]) if len(dids) == 1 else f"{dids[0]} (and {len(dids) - 1} more)"


def _text(path: Path) -> bytes | None:
    try:
        facts = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(facts.st_mode):
        msg = "it is no plain file"
        raise ValueError(msg)
    with path.open("rb") as file:
        text = file.read(_LARGEST + 1)
    if len(text) > _LARGEST:
        msg = "it is too large"
        raise ValueError(msg)
    return text


def _parsed(said: Any) -> tuple[str, Did, datetime, tuple[File, ...]]:
    _expect(isinstance(said, dict) and said.keys() == _KEYS, f"it must have {', '.join(sorted(_KEYS))}")
    _expect(isinstance(said["lake"], str), "its lake is no text")
    _expect(isinstance(said["files"], list), "its files are no list")
    _expect(isinstance(said["time"], str), "its time is no text")
    when = datetime.fromisoformat(said["time"])
    files = tuple(_file(row, number) for number, row in enumerate(said["files"], 1))
    _expect(len({file.did for file in files}) == len(files), "it names a file twice")
    return said["lake"], _did(said["did"], "its did"), when, files


def _file(row: Any, number: int) -> File:
    where = f"file {number}"
    _expect(isinstance(row, dict) and row.keys() == _FILE_KEYS, f"{where} must have did, size, adler32, md5")
    size = row["size"]
    _expect(
        size is None or (type(size) is int and 0 <= size < _LARGEST_FILE), f"{where} has an impossible size"
    )
    for key, form in _SUMS.items():
        said = row[key]
        sound = said is None or (isinstance(said, str) and form.fullmatch(said) is not None)
        _expect(sound, f"{where} has an impossible {key}")
    return File(_did(row["did"], where), size, row["adler32"], row["md5"])


def _did(said: Any, where: str) -> Did:
    _expect(isinstance(said, str), f"{where} is no scope:name")
    try:
        return Did.parse(said)
    except InvalidDid as error:
        msg = f"{where}: {error}"
        raise ValueError(msg) from error


def _expect(sound: bool, fault: str) -> None:
    if not sound:
        raise ValueError(fault)


def _entry(file: File) -> dict[str, Any]:
    said = Expected.of(file)
    return {"did": str(file.did), "size": said.size, "adler32": said.adler32, "md5": said.md5}


def _place(path: Path, text: str) -> None:
    """Write beside the final name and rename; readable by all, since a pin is made to be shared."""
    descriptor, name = tempfile.mkstemp(prefix=".vre-dm-pin.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
