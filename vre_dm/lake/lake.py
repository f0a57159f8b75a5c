"""The lake as its user sees it: search, browse, one dataset, one's rules and quota."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vre_dm.did import Did, DidPattern
from vre_dm.errors import InvalidFilter
from vre_dm.lake import accounting, catalogue
from vre_dm.lake.access import Access
from vre_dm.lake.catalogue import Entry, Page
from vre_dm.lake.connection import Connection
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.filters import Condition, from_keywords, parse
from vre_dm.lake.instance import Instance
from vre_dm.lake.metadata import titles_of
from vre_dm.lake.results import SearchResult
from vre_dm.lake.rules import Rule, RuleList, rule_by_id, rules_for
from vre_dm.lake.site import Site
from vre_dm.lake.storage import Storage
from vre_dm.lake.tables import Table, Tabular
from vre_dm.lake.tokens import TokenProvider
from vre_dm.lake.vocabulary import Key, keys

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache
    from vre_dm.lake.outlook import Outlook
    from vre_dm.lake.publish.publication import Publication
    from vre_dm.lake.publish.sources import Sources
    from vre_dm.lake.transfer.events import Listener


class Lake(Tabular):
    """A Rucio data lake that this user is logged in to.

    Made by `vre_dm.connect`. May be shared between threads.

    Parameters
    ----------
    instance
        Which lake, and how to log in.
    folder
        Where fetched files go when nothing else is said.
    jobs
        Where fetches tell other processes of themselves; None where they do not.
    uploads
        Where uploads note how far they are, for the next run; None where they do not.
    cache
        Remembers what was verified, and keeps it by content; None where nothing does.
    settings
        Variables of ours that decide how files are fetched.

    Raises
    ------
    LoginRefused
        The configuration lacks what its kind of login needs.
    """

    def __init__(
        self,
        instance: Instance,
        folder: Path,
        *,
        jobs: Path | None = None,
        uploads: Path | None = None,
        cache: "Cache | None" = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._connection = Connection(instance)
        self._storage = Storage(self._connection)
        self._site = Site(self._connection, self._storage, folder, jobs, uploads, cache, settings or {})

    @property
    def instance(self) -> Instance:
        """Settings of the lake and where they came from; passwords and tokens do not show."""
        return self._connection.instance

    def must_tell(self) -> None:
        """Refuse from now on, as `NotWritable`, what other processes could not see and stop."""
        self._site = replace(self._site, must_tell=True)

    @property
    def access(self) -> Access:
        """What a transfer may use at each URL of this lake."""
        return self._storage

    def search(
        self,
        pattern: str | Did | DidPattern = "*",
        *,
        scope: str | None = None,
        kind: str = "collection",
        where: str = "",
        **filters: object,
    ) -> SearchResult:
        """Find datasets by name and metadata.

        Parameters
        ----------
        pattern
            ``name*``, or ``scope:name*``; ``*`` stands for any characters.
        scope
            Scope or pattern of scopes; every scope when neither this nor the pattern says.
        kind
            ``collection`` (datasets and containers), ``container``, ``dataset``, ``file`` or ``all``.
        where
            Conditions on the metadata, as in ``year>=2017 technique="direct detection"``; see
            `vre_dm.lake.filters.parse`.
        **filters
            The same as keywords: ``year__ge=2017``, ``simulated=False``, ``mass=(10, 100)``,
            ``title="*dwarf*"``; suffixes ``__ge __le __gt __lt __ne``. All conditions must hold; a dataset
            without the key never fits. Besides free metadata the catalogue's ``created`` and the like
            can be compared; ``size`` (``bytes``) and ``length`` with ``kind="file"`` only, since the
            catalogue leaves them empty for datasets and containers.

        Returns
        -------
        SearchResult
            A list of `Dataset`, asked for as it is looked at.

        Raises
        ------
        InvalidDid, InvalidFilter
            The pattern or a condition cannot be read, or a key or its type is unknown in the lake.
        NotInLake
            There is no such scope.
        """
        wanted = DidPattern.parse(pattern).within(scope)
        if not isinstance(where, str):
            msg = 'where= is a text such as "year>=2017"; use keywords for values from Python'
            raise InvalidFilter(msg)
        if "type" in filters:
            msg = "search() has no type; use kind='file'"
            raise InvalidFilter(msg)
        conditions = [*parse(where), *from_keywords(filters)]
        pages = self.find(wanted, kind=kind, conditions=conditions)
        title = " ".join(["found for", str(wanted), *map(str, conditions)])
        found = SearchResult(pages, self._dataset, title, self.titles)
        found.look_at(1)  # so that what is wrong with the question is said here, not at the first use
        return found

    def find(
        self,
        pattern: str | Did | DidPattern = "*",
        *,
        scope: str | None = None,
        kind: str = "collection",
        conditions: Sequence[Condition] = (),
    ) -> Iterator[Page]:
        """Find as `search` does, page by page: for who shows what is found as it comes, and keeps none of it.

        What `search` raises of the lake is raised with the first page.
        """
        return catalogue.find(self._connection, DidPattern.parse(pattern).within(scope), kind, conditions)

    def titles(self, dids: Sequence[Did]) -> dict[Did, str]:
        """Titles of those DIDs that have one; about a millisecond each."""
        return titles_of(self._connection, dids)

    def keys(self, scope: str = "*") -> list[Key]:
        """Metadata keys that are used in the scopes that fit a pattern, with the kinds of their values."""
        return keys(self._connection, self.scopes(scope))

    def scopes(self, pattern: str = "*") -> catalogue.Scopes:
        """Scopes of the lake that fit a pattern, sorted; those with unsafe names are left out, and named."""
        return catalogue.scopes(self._connection, pattern)

    def own_scopes(self) -> catalogue.Scopes:
        """Scopes of this account: those that it may write."""
        return catalogue.scopes_of(self._connection, self.account)

    def dataset(self, did: str | Did) -> Dataset:
        """One container, dataset or file.

        Parameters
        ----------
        did
            ``scope:name``.

        Raises
        ------
        InvalidDid
            It is malformed.
        NotInLake
            The lake has no such DID.
        """
        return self._dataset(self._entry(Did.parse(did)))

    def ls(self, what: str | Did | None = None) -> "catalogue.Scopes | SearchResult":
        """List what is one level below: scopes, the collections of a scope, or the content of a DID.

        A file, with nothing below it, is listed itself.

        Parameters
        ----------
        what
            Nothing, a scope, or ``scope:name``.

        Raises
        ------
        InvalidDid, NotInLake
            It is malformed, or the lake does not know it.
        """
        if what is None:
            return self.scopes()
        if isinstance(what, str) and ":" not in what:
            return self.search(scope=what)
        entry = self._entry(Did.parse(what))
        if entry.kind == "file":
            return SearchResult(iter([Page([entry])]), self._dataset, f"at {entry.did}")
        return self._dataset(entry).children

    def outlook(
        self,
        did: str | Did,
        target: Path | None = None,
        *,
        files: str | None = None,
        cache: "Cache | None" = None,
    ) -> "Outlook":
        """Look at what a fetch would do: what is here, what comes, where to, whether it fits.

        Parameters
        ----------
        did
            ``scope:name``.
        target
            Folder of the user's own; the usual places when left out.
        files
            Only files whose name fits this pattern.
        cache
            Another cache than this lake's.

        Raises
        ------
        InvalidDid, NotInLake
            It is malformed, or the lake does not know it, or no file fits.
        NotWritable, NoSpace
            The folder does not take the files.
        """
        from vre_dm.lake.outlook import outlook

        return outlook(self._site, self._entry(Did.parse(did)), files, target, cache)

    def publication(
        self,
        files: "Sources",
        did: str | Did,
        *,
        rse: str | None = None,
        days: float | None = None,
        metadata: Mapping[str, Any] | None = None,
        prefix: str = "",
        comment: str = "",
    ) -> "Publication":
        """Prepare an upload: everything is checked, nothing is changed; ``run()`` of the result does it.

        Parameters
        ----------
        files
            File, folder, several of them, or a mapping from names in the lake to files.
        did
            Dataset; a new one is made with the first files.
        rse
            Storage element; where left out, that of the dataset's rule, or the one mounted here.
        days
            Lifetime of the rule that keeps a new dataset; as the configuration of the lake says, or for ever,
            when left out.
        metadata
            Of a new dataset; see `vre_dm.lake.publish.metadata.checked`. Where the dataset is there, any of
            its keys, which must be as registered.
        prefix
            Put before each file's name: a name can be given only once in a scope.
        comment
            Why, for who manages the storage.

        Raises
        ------
        InvalidUpload
            A file, a name or the metadata cannot be published as they are, or an interrupted upload left
            files at another storage element.
        Declined
            A name belongs to other content, or the dataset is closed.
        NoSpace
            The quota is too small.
        NotInLake
            There is no such storage element.
        """
        from vre_dm.lake.publish.plan import Wish
        from vre_dm.lake.publish.publication import prepare
        from vre_dm.lake.publish.uploading import Shipping

        wish = Wish(did=Did.parse(did), rse=rse, days=days, metadata=metadata, comment=comment)
        way, site = Shipping(self._connection, self._storage), self._site
        return prepare(
            way, files, wish, prefix=prefix, records=site.uploads, jobs=site.jobs, must_tell=site.must_tell
        )

    def publish(
        self,
        files: "Sources",
        did: str | Did,
        *,
        rse: str | None = None,
        days: float | None = None,
        metadata: Mapping[str, Any] | None = None,
        prefix: str = "",
        comment: str = "",
        progress: "Listener | None" = None,
    ) -> Dataset:
        """Upload files as a dataset, or to one: bytes first, names last; parameters as `publication`.

        Raises
        ------
        InvalidUpload, Declined, NoSpace, LoginRefused, NotInLake
            Refused: nothing is registered, and nothing is left on the storage.
        UploadInterrupted, Unreachable, JobCancelled
            It could not go on: what arrived stays, and the same call continues.
        """
        self.publication(
            files, did, rse=rse, days=days, metadata=metadata, prefix=prefix, comment=comment
        ).run(progress)
        return self._dataset(Entry(Did.parse(did), "dataset"))

    def discard_upload(self, did: str | Did) -> int:
        """Remove what an interrupted upload to a dataset left on the storage; registered files stay.

        Returns
        -------
        int
            Files that could not be removed now.
        """
        from vre_dm.lake.publish.publication import discard

        records = self._site.uploads
        return 0 if records is None else discard(self._connection, self._storage, Did.parse(did), records)

    def rules(self) -> RuleList:
        """Replication rules of this account, with their state now."""
        return rules_for(self._connection, self.account)

    def rule(self, identifier: str) -> Rule:
        """One replication rule by its id.

        Raises
        ------
        NotInLake
            It expired or was deleted.
        """
        return rule_by_id(self._connection, identifier)

    def quota(self) -> accounting.Quota:
        """Space that this account may use, by storage element."""
        return accounting.quota(self._connection, self.account)

    def rses(self, expression: str | None = None) -> accounting.StorageElements:
        """Storage elements, all or those that fit an RSE expression.

        Raises
        ------
        NotInLake
            None fits.
        """
        return accounting.storage_elements(self._connection, expression, self._storage.endpoints())

    def whoami(self) -> dict[str, Any]:
        """Account as the lake knows it: ``account``, ``account_type``, ``email``, ``status``."""
        return self._connection.ask("your account", lambda rucio: dict(rucio.whoami()))

    @property
    def account(self) -> str:
        """Rucio account in use."""
        return self._connection.account()

    def ping(self) -> str:
        """Version of the server.

        Raises
        ------
        Unreachable
            It does not answer, is not Rucio, or has a version that this client does not understand.
        """
        return self._connection.version()

    def clock(self) -> datetime | None:
        """Time of the server (UTC, to the second), if it tells."""
        return self._connection.clock()

    @property
    def tokens(self) -> TokenProvider:
        """Where the tokens of this lake come from."""
        return self._connection.tokens

    def table(self) -> Table:
        """Which lake this is."""
        instance = self.instance
        rows = [
            ("server", instance.url),
            ("login", f"{instance.auth}, account {instance.account or 'of the identity'}"),
            ("configured in", instance.source),
            ("fetched files", self._site.folder),
        ]
        return Table(f"Data lake {instance.name}", ("", ""), rows, widest=300)

    def _entry(self, did: Did) -> Entry:
        row = self._connection.ask(str(did), lambda rucio: rucio.get_did(did.scope, did.name))
        return Entry(did, str(row["type"]).lower(), row.get("bytes"), row.get("length"), row.get("open"))

    def _dataset(self, entry: Entry) -> Dataset:
        return Dataset(self._site, entry)
