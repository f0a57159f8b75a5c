"""Which files of a growing dataset a fetch takes: those registered since a time, or those of a pin."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Self

from vre_dm.did import Did
from vre_dm.errors import InvalidFilter, NotInLake
from vre_dm.lake.connection import Connection
from vre_dm.lake.file_list import FileList
from vre_dm.lake.files import File
from vre_dm.lake.filters import in_utc, read_date
from vre_dm.lake.instance import Instance
from vre_dm.lake.metadata import metadata_of
from vre_dm.lake.pin import Pin, refuse_unwritable
from vre_dm.lake.tables import clean

_FORM = "%Y-%m-%dT%H:%M:%SZ"

Since = str | date | datetime
"""ISO date or time; UTC where it names no zone."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What of a growing dataset is wanted.

    Attributes
    ----------
    instance, did
        The lake, and the dataset.
    since
        Only files that were registered then or later.
    pin
        Where the pin is, or will be.
    pinned
        The pin, if there is one already.
    """

    instance: Instance
    did: Did
    since: datetime | None = None
    pin: Path | None = None
    pinned: Pin | None = None

    @classmethod
    def read(cls, instance: Instance, did: Did, since: Since | None, pin: Path | str | None) -> Self:
        """Check both options; no server is asked.

        Raises
        ------
        InvalidFilter
            ``since`` is no date.
        InvalidConfiguration
            The pin is none, or pins something else.
        NotWritable
            No pin can be written there.
        """
        start = None if since is None else since_time(since)
        if pin is None:
            return cls(instance, did, start)
        path = Path(pin).expanduser().absolute()
        pinned = Pin.read(path)
        if pinned is None:
            refuse_unwritable(path)
        else:
            pinned.check(instance, did)
        return cls(instance, did, start, path, pinned)

    def chosen(self, connection: Connection, files: FileList, pattern: str | None) -> list[File]:
        """Files to fetch.

        Raises
        ------
        NotInLake
            None fits, or a pinned file is gone.
        InvalidConfiguration
            The pattern or the time leaves out a pinned file.
        """
        chosen = files.matching(pattern)
        if self.since is not None:
            chosen = newer(connection, self.did, chosen, self.since)
        return chosen if self.pinned is None else self.pinned.held(files, chosen)

    def located(self, files: FileList, chosen: list[File], rse: str | None) -> list[File]:
        """The chosen files with their replicas.

        Raises
        ------
        NotInLake
            No storage element fits, or a pinned file was changed.
        """
        found = list(files.with_replicas(chosen, rse=rse))
        return found if self.pinned is None else self.pinned.verified(found)

    def keep(self, files: list[File], now: datetime, *, private: bool) -> None:
        """Write the pin, unless there is none to write or it was there before.

        Parameters
        ----------
        private
            The files are under embargo: their names too are for the user alone.

        Raises
        ------
        NotWritable
            The folder or the disk does not take it.
        """
        if self.pin is not None and self.pinned is None:
            bare = tuple(replace(file, replicas=()) for file in files)
            lake = self.instance
            Pin(self.pin, lake.name, lake.url, self.did, now, bare).write(private=private)


def since_time(since: Since) -> datetime:
    """Time that ``since`` means, in UTC; a day begins at midnight.

    Raises
    ------
    InvalidFilter
        It is no date.
    """
    try:
        when = read_date(since) if isinstance(since, str) else since
        if isinstance(when, datetime):
            return in_utc(when).replace(microsecond=0)  # the catalogue tells whole seconds
        if isinstance(when, date):
            return datetime.combine(when, time(), UTC)
    except OverflowError:
        pass
    msg = f"since: {clean(ascii(since))} is no date; write 2026-01-31 or 2026-01-31T12:00:00 (UTC)"
    raise InvalidFilter(msg)


def newer(connection: Connection, did: Did, files: list[File], since: datetime) -> list[File]:
    """Files that were registered at a time or later, asked for a page at a time.

    Raises
    ------
    NotInLake
        There is none, or the catalogue does not say when one was registered.
    """
    rows = metadata_of(connection, [file.did for file in files], "DID_COLUMN")
    times: dict[Did, datetime] = {}
    for file in files:
        when = rows.get(file.did, {}).get("created_at")
        if not isinstance(when, datetime):
            msg = f"the lake does not say when {file.did} was registered; fetch {did} without since"
            raise NotInLake(msg)
        times[file.did] = in_utc(when)
    found = [file for file in files if times[file.did] >= since]
    if not found:
        newest = f"the newest is of {max(times.values()):{_FORM}}" if times else "it holds none"
        msg = f"{did} has no file registered since {since:{_FORM}}; {newest}"
        raise NotInLake(msg)
    return found
