"""A pin: which files a dataset had, recorded so that a later fetch gives exactly those."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Self

from vre_dm.did import Did
from vre_dm.errors import InvalidConfiguration, NotInLake, NotWritable
from vre_dm.lake.files import File
from vre_dm.lake.instance import Instance
from vre_dm.lake.pin_file import content_of, read, write
from vre_dm.lake.tables import clean
from vre_dm.lake.transfer.verify import Expected


@dataclass(frozen=True, slots=True)
class Pin:
    """The files of a dataset at one time.

    Attributes
    ----------
    path
        Where the pin is, for messages.
    lake, address
        Name of the lake where it was made, and address of its server.
    did
        Whose files.
    time
        When they were fetched.
    files
        With sizes and checksums as registered then; without replicas.
    """

    path: Path
    lake: str
    address: str
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
            text = read(path)
            return None if text is None else cls(path, *content_of(text))
        except OSError as error:
            msg = f"cannot read the pin {_whole(path)}: {error.strerror}; name another file"
            raise InvalidConfiguration(msg) from error
        except (ValueError, RecursionError) as error:
            step = "name a file that is not there to make one"
            msg = f"{_whole(path)} is no pin of a fetch: {clean(error, 160)}; {step}"
            raise InvalidConfiguration(msg) from error

    def write(self, *, private: bool) -> None:
        """Put the pin at its path, by one rename; made to be shared, unless the data are the user's alone.

        Raises
        ------
        NotWritable
            The folder or the disk does not take it.
        """
        try:
            write(self.path, (self.lake, self.address, self.did, self.time, self.files), private=private)
        except OSError as error:
            msg = f"the files are here, but not the pin {_whole(self.path)}: {error.strerror}; run again"
            raise NotWritable(msg) from error

    def check(self, instance: Instance, did: Did) -> None:
        """Refuse a pin of something else.

        A lake is known by its name (the embedded one changes its port), or by its address (others may call it
        otherwise).

        Raises
        ------
        InvalidConfiguration
            It pins another DID, or one of another lake.
        """
        same = instance.name == self.lake or instance.url == self.address
        if did != self.did or not same:
            ours, theirs = f"{did} of {instance.name}", f"{self.did} of {self.lake}"
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
