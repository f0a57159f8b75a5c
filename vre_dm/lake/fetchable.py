"""The files of one DID, and the ways to have them: fetched, opened where they are, brought by the lake."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from vre_dm.did import Did
from vre_dm.errors import InvalidConfiguration
from vre_dm.lake.catalogue import Entry
from vre_dm.lake.fetching import Wanted, start
from vre_dm.lake.file_list import FileList
from vre_dm.lake.instance import Instance
from vre_dm.lake.site import Site

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    import uproot

    from vre_dm.lake.access import Access
    from vre_dm.lake.files import File
    from vre_dm.lake.growth import Since
    from vre_dm.lake.jobs.started import StartedJob
    from vre_dm.lake.tokens import TokenProvider
    from vre_dm.lake.transfer.events import Listener


class Fetchable:
    """The files of a DID, and the ways to have them."""

    def __init__(self, site: Site, entry: Entry) -> None:
        self._site, self._entry = site, entry

    @property
    def did(self) -> Did:
        """``scope:name``."""
        return self._entry.did

    @cached_property
    def files(self) -> FileList:
        """All files below this DID, with sizes and checksums; no bytes are read."""
        return FileList(self._site.connection, self._entry)

    def files_now(self) -> FileList:
        """All files as the lake has them now: asked anew."""
        return FileList(self._site.connection, self._entry)

    @property
    def instance(self) -> Instance:
        """Settings of the lake that it is of."""
        return self._site.connection.instance

    @property
    def tokens(self) -> "TokenProvider":
        """Source of the login's own token at the lake."""
        return self._site.connection.tokens

    @property
    def access(self) -> "Access":
        """What may be used to read its files from the storage."""
        return self._site.access

    def copies(self, files: "Sequence[File]") -> "list[Path | None]":
        """Copies of some of its files that earlier fetches left and verified; None where there is none."""
        from vre_dm.lake.opening import verified_copies

        return verified_copies(files, self._site.folder, self._site.cache)

    def fetch(
        self,
        target: Path | str | None = None,
        *,
        files: str | None = None,
        rse: str | None = None,
        progress: "Listener | None" = None,
        recheck: bool = False,
        since: "Since | None" = None,
        pin: Path | str | None = None,
    ) -> list[Path]:
        """Have the files on this machine, each verified, as ``target/scope/name``.

        Parameters
        ----------
        target
            Folder; the lake's cache folder when left out.
        files
            Only files whose name fits this pattern, such as ``*.parquet``.
        rse
            Read only from storage elements that fit this RSE expression; a verified copy on this machine (the
            target, the cache) is used before any.
        progress
            Takes the events of the fetch (`vre_dm.lake.transfer.events`); the state about ten times a second.
        recheck
            Read files that are here already once more, and compare their checksums.
        since
            Only files that the lake registered at this ISO date or time (UTC) or later.
        pin
            JSON file that records the files. Where it is missing it is written after the fetch; where it is
            there exactly its files are fetched, and none that is new.

        Returns
        -------
        list of Path
            One path a file, in the order of names.

        Raises
        ------
        NotInLake
            No file or no storage element fits, or a pinned file is gone or was changed.
        InvalidFilter, InvalidConfiguration
            ``since`` is no date; ``pin`` is no sound pin of this dataset, or ``files`` leaves out a part of
            it; either of them without a target in replica mode.
        NotWritable
            The cache folder cannot be made, or other users can change it; the pin cannot be written.
        NoSpace, FetchError
            As `vre_dm.lake.transfer.fetch_files`; nothing partial is at a final name.
        Declined
            In replica mode, without a target: the files are under embargo.
        JobCancelled
            Interrupted (a ``KeyboardInterrupt``), or stopped from another process; run again to continue.
        """
        job = self.start_fetch(target, files=files, rse=rse, recheck=recheck, since=since, pin=pin)
        return job.follow(progress or (lambda _: None))

    def open(self, name: str | None = None) -> "BinaryIO | uproot.ReadOnlyDirectory":
        """Read a file where it is, without a copy: only what is asked for moves.

        From a verified copy in the cache folder, a mounted path, https, or ``root://`` (extra ``stream``):
        the first that can be opened. The size is checked, and that all pieces are of one object; the checksum
        of the whole is not, as that needs the whole: `fetch` compares it.

        Parameters
        ----------
        name
            Name of the file, or a pattern that only it fits; not needed where there is but one.

        Returns
        -------
        uproot.ReadOnlyDirectory or file object
            A ROOT file is opened by uproot, anything else as Python opens a file for reading bytes. Use
            ``with``, or ``close()``.

        Raises
        ------
        NotInLake
            No file fits, or several do.
        TransferFailed
            No copy can be opened; while reading: the bytes do not come, or the file changed on the server.
        MissingExtra
            The only copy is on ``root://`` and its client is not installed.
        """
        from vre_dm.lake.opening import open_file, verified_copy

        site, file = self._site, self.files.one(name)
        return open_file(file, site.access, copy=verified_copy(file, site.folder, site.cache))

    def start_fetch(
        self,
        target: Path | str | None = None,
        *,
        files: str | None = None,
        rse: str | None = None,
        recheck: bool = False,
        since: "Since | None" = None,
        pin: Path | str | None = None,
    ) -> "StartedJob":
        """Begin to fetch, and return at once; parameters as `fetch`.

        Returns
        -------
        StartedJob
            ``events()``, ``wait()``, ``result()``, ``cancel()``, ``state``.

        Raises
        ------
        NotWritable, InvalidFilter, InvalidConfiguration
            As `fetch`.
        """
        mount = self._site.connection.instance.replica
        bring_to = mount.rse if mount and target is None and rse is None else None
        wanted = Wanted(files, rse, recheck, bring_to, since=since, pin=pin)
        return start(self._site, self._entry, self.files, target, wanted)

    def make_available(
        self,
        rse: str | None = None,
        *,
        days: float | None = None,
        files: str | None = None,
        verify: bool = True,
        progress: "Listener | None" = None,
    ) -> list[Path]:
        """Have the lake bring the files to a storage element, and wait until they are there.

        Makes a replication rule, or reuses one. It stays when the wait is stopped or given up, and the lake
        goes on: the next call finds it. ``dataset.rules()`` shows it, and its ``delete()`` ends it.

        Parameters
        ----------
        rse
            Storage element; the one that is mounted on this machine when left out.
        days
            How long a new rule keeps them; without it, as the configuration of the lake says, or for ever.
        files
            Paths of those files only whose name fits this pattern. The rule is for all of them.
        verify
            Read each file once through the mount, and again when it changed, to compare its checksum; a
            damaged one is copied from elsewhere. With False only the sizes are compared, and the paths are
            there at once: for files of which a program reads a part.
        progress
            Takes the events: the state of the rule in a sentence, then the verification of the files.

        Returns
        -------
        list of Path
            Where the files are on this machine; empty where the element is not mounted here.

        Raises
        ------
        InvalidConfiguration
            No element is named, and none is mounted.
        NotInLake, NoSpace, Declined
            There is no such element, the account may not keep so much there, or a file is under embargo.
        FetchError
            The files do not come: the rule is stuck, waits for approval, ended, or reads from tape.
        JobCancelled
            Interrupted (a ``KeyboardInterrupt``).
        """
        job = self.start_available(rse, days=days, files=files, verify=verify)
        return job.follow(progress or (lambda _: None))

    def start_available(
        self,
        rse: str | None = None,
        *,
        days: float | None = None,
        files: str | None = None,
        verify: bool = True,
    ) -> "StartedJob":
        """Begin to have the lake bring the files, and return at once; all else as `make_available`."""
        mount = self._site.connection.instance.mount
        where = rse or (mount.rse if mount else None)
        if where is None:
            msg = "no storage element is mounted here; name one: make_available('CERN-EOSPILOT')"
            raise InvalidConfiguration(msg)
        wanted = Wanted(files, bring_to=where, days=days, verify=verify)
        return start(self._site, self._entry, self.files, None, wanted)
