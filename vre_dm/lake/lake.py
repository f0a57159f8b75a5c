"""The lake as its user sees it: searched, looked ahead in, published to; with one's rules and quota."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vre_dm.did import Did
from vre_dm.lake import accounting
from vre_dm.lake.access import Access
from vre_dm.lake.catalogue import Entry
from vre_dm.lake.connection import Connection
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.instance import Instance
from vre_dm.lake.rules import Rule, RuleList, rule_by_id, rules_for
from vre_dm.lake.searchable import Searchable
from vre_dm.lake.site import Site
from vre_dm.lake.storage import Storage
from vre_dm.lake.tables import Table, Tabular
from vre_dm.lake.tokens import TokenProvider

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache
    from vre_dm.lake.outlook import Outlook
    from vre_dm.lake.publish.publication import Publication
    from vre_dm.lake.publish.sources import Sources
    from vre_dm.lake.transfer.events import Listener


class Lake(Searchable, Tabular):
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
    datasets
        What is made of a DID.

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
        datasets: type[Dataset] = Dataset,
    ) -> None:
        connection = Connection(instance)
        self._storage = Storage(connection)
        site = Site(connection, self._storage, folder, jobs, uploads, cache, settings or {})
        super().__init__(site, datasets)

    @property
    def instance(self) -> Instance:
        """Settings of the lake and where they came from; passwords and tokens do not show."""
        return self._connection.instance

    def must_tell(self) -> None:
        """Refuse from now on, as `NotWritable`, what other processes could not see and stop."""
        self._site = replace(self._site, must_tell=True)

    def be_quiet(self) -> None:
        """Tell other processes nothing of fetches from now on: who does them tells of the whole."""
        self._site = replace(self._site, jobs=None)

    @property
    def access(self) -> Access:
        """What a transfer may use at each URL of this lake."""
        return self._storage

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
        return prepare(Shipping(self._site), files, wish, prefix)

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

        return discard(self._site, Did.parse(did))

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
