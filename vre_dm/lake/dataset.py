"""One DID of the lake, whatever its kind: what it holds, where its copies are, and a way to fetch it."""

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vre_dm.did import Did
from vre_dm.errors import Declined, InvalidConfiguration, NotInLake
from vre_dm.lake.catalogue import Entry, Page, page_of
from vre_dm.lake.citation import Citation, citation
from vre_dm.lake.embargo import embargo
from vre_dm.lake.fetching import Wanted, start
from vre_dm.lake.file_list import FileList
from vre_dm.lake.metadata import Metadata, titles_of
from vre_dm.lake.replicas import ReplicaTable, replica_table
from vre_dm.lake.results import SearchResult
from vre_dm.lake.rules import Rule, RuleList, create_rule, rules_of
from vre_dm.lake.site import Site
from vre_dm.lake.tables import Table, Tabular, plural, size_text

if TYPE_CHECKING:
    from typing import BinaryIO

    import uproot

    from vre_dm.lake.growth import Since
    from vre_dm.lake.jobs.started import StartedJob
    from vre_dm.lake.publish.sources import Sources
    from vre_dm.lake.transfer.events import Listener


class Dataset(Tabular):
    """A container, dataset or file of the lake.

    Made by `Lake.dataset` and by searches. What it says is asked from the lake when it is first needed, and
    remembered; make a new one to see changes.
    """

    def __init__(self, site: Site, entry: Entry) -> None:
        self._site, self._entry = site, entry

    @property
    def did(self) -> Did:
        """``scope:name``."""
        return self._entry.did

    @property
    def kind(self) -> str:
        """``container``, ``dataset`` or ``file``."""
        return self._entry.kind

    @property
    def known_size(self) -> int | None:
        """Bytes, if the catalogue said so without counting."""
        return self._entry.size

    @property
    def known_length(self) -> int | None:
        """Number of files, if the catalogue said so without counting."""
        return self._entry.length

    @property
    def is_open(self) -> bool | None:
        """Whether more may be added to it; ``None`` where only a search told of it."""
        return self._entry.open

    @property
    def size(self) -> int | None:
        """Bytes of all files; ``None`` where one has no registered size."""
        return self.files.size

    @cached_property
    def metadata(self) -> Metadata:
        """Metadata by key, with their types."""
        scope, name = self.did.scope, self.did.name
        values = self._ask("the metadata", lambda rucio: rucio.get_metadata(scope, name, plugin="ALL"))
        return Metadata(self.did, values)

    @cached_property
    def files(self) -> FileList:
        """All files below this DID, with sizes and checksums; no bytes are read."""
        return FileList(self._site.connection, self._entry)

    @cached_property
    def children(self) -> SearchResult:
        """What is attached directly: datasets of a container, files of a dataset."""
        if self.kind == "file":
            return self._others([], "below")
        rows = self._ask("the content", lambda rucio: list(rucio.list_content(self.did.scope, self.did.name)))
        return self._others(rows, "in")

    def content(self) -> Iterator[Page]:
        """Read `children` page by page as the lake tells them: in its order, and nothing is remembered."""
        if self.kind == "file":
            return
        what, scope, name = f"the content of {self.did}", self.did.scope, self.did.name
        for rows in self._site.connection.follow(what, lambda rucio: rucio.stream_content(scope, name)):
            yield page_of(row | {"did_type": row["type"]} for row in rows)

    @cached_property
    def parents(self) -> SearchResult:
        """Datasets and containers this DID is attached to."""
        did = self.did
        rows = self._ask("the parents", lambda rucio: list(rucio.list_parent_dids(did.scope, did.name)))
        return self._others(rows, "that hold")

    def replicas(self) -> ReplicaTable:
        """Where the copies are now, by storage element and protocol."""
        return replica_table(self._site.connection, self.did, len(self.files))

    def rules(self) -> RuleList:
        """Replication rules on this DID, with their state now."""
        return rules_of(self._site.connection, self.did)

    def replicate(self, rse: str, *, days: float | None = None, copies: int = 1, comment: str = "") -> Rule:
        """Ask the lake to keep copies at a storage element.

        Parameters
        ----------
        rse
            RSE expression, such as ``CNAF-STORM`` or ``region=Italy``.
        days
            How long; without it, as long as the configuration of the lake says, or for ever.
        copies
            Number of copies among the storage elements that fit.
        comment
            Why, for who manages the storage.

        Raises
        ------
        NotInLake
            No storage element fits.
        NoSpace
            The account may not store so much there.
        Declined
            Such a rule exists already.
        """
        days = days if days is not None else self._site.connection.instance.rule_days
        return create_rule(self._site.connection, self.did, rse, days=days, copies=copies, comment=comment)

    def publish(
        self,
        files: "Sources",
        *,
        rse: str | None = None,
        prefix: str = "",
        progress: "Listener | None" = None,
    ) -> "Dataset":
        """Add files to this dataset, where its rule keeps it; as `vre_dm.lake.lake.Lake.publish`."""
        from vre_dm.lake.publish.plan import Wish
        from vre_dm.lake.publish.publication import prepare
        from vre_dm.lake.publish.uploading import Shipping

        site, wish = self._site, Wish(did=self.did, rse=rse)
        way = Shipping(site.connection, site.access)
        prepare(way, files, wish, prefix=prefix, records=site.uploads, jobs=site.jobs).run(progress)
        return Dataset(site, Entry(self.did, self.kind))

    def extend(self, days: float) -> None:
        """Let your rules on this dataset keep the copies for so many days from now; a later end stays.

        Raises
        ------
        NotInLake
            No rule on it is yours.
        Declined
            The time is not positive, or all of them keep the copies longer already.
        """
        account = self._site.connection.account()
        mine = [rule for rule in self.rules() if rule.state.account == account]
        if not mine:
            msg = f"no rule of yours keeps {self.did}; dataset.replicate(rse, days=...) makes one"
            raise NotInLake(msg)
        sooner = [rule for rule in mine if rule.ends_within(days)]
        for rule in sooner or mine:  # where there is none the first says why
            rule.extend(days)

    def close(self) -> None:
        """Let no more files be added, for ever; a dataset that is closed stays so.

        Raises
        ------
        Declined, LoginRefused
            It is a file, or belongs to someone else.
        """
        did = self.did
        if self.kind == "file":
            msg = f"{did} is a file, which nothing can be added to; close the dataset that holds it"
            raise Declined(msg)
        if self._ask("the state", lambda rucio: rucio.get_did(did.scope, did.name)).get("open"):
            self._ask("the end", lambda rucio: rucio.close(did.scope, did.name))

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

    def embargo(self) -> str | None:
        """Sentence about an embargo on it, on what holds it or on a dataset in it, if there is one."""
        return embargo(self._site.connection, self._entry)

    def cite(self) -> Citation:
        """Citation from the metadata: a line, and BibTeX in ``.bibtex``."""
        return citation(self.did, self.metadata, self._site.connection.instance.name)

    def table(self) -> Table:
        """Metadata, with kind and size in the title."""
        holds = f"{plural(len(self.files), 'file')}, {size_text(self.size) or 'size not registered'}"
        return Table(f"{self.did} ({self.kind}: {holds})", ("key", "value"), list(self.metadata.items()))

    def __repr__(self) -> str:
        return f"Dataset('{self.did}', {self.kind})"

    def __str__(self) -> str:
        return str(self.table())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dataset):
            return NotImplemented
        ours, theirs = self._site.connection.instance.url, other._site.connection.instance.url
        return (self.did, ours) == (other.did, theirs)

    def __hash__(self) -> int:
        return hash((self.did, self._site.connection.instance.url))

    def _ask(self, what: str, question: Callable[[Any], Any]) -> Any:
        return self._site.connection.ask(f"{what} of {self.did}", question)

    def _others(self, rows: list[dict[str, Any]], relation: str) -> SearchResult:
        page = page_of(row | {"did_type": row["type"]} for row in rows)
        titles = partial(titles_of, self._site.connection)
        return SearchResult(iter([page]), partial(Dataset, self._site), f"{relation} {self.did}", titles)
