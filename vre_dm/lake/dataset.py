"""One DID of the lake, whatever its kind: what it holds, where its copies are, and how long they stay."""

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from vre_dm.errors import Declined, NotInLake
from vre_dm.lake.catalogue import Entry, Page, page_of
from vre_dm.lake.citation import Citation, citation
from vre_dm.lake.embargo import embargo, refuse_mounted
from vre_dm.lake.fetchable import Fetchable
from vre_dm.lake.metadata import Metadata, titles_of
from vre_dm.lake.replicas import ReplicaTable, replica_table
from vre_dm.lake.results import SearchResult
from vre_dm.lake.rules import Rule, RuleList, create_rule, rules_of
from vre_dm.lake.tables import Table, Tabular, plural, size_text

if TYPE_CHECKING:
    from vre_dm.lake.publish.sources import Sources
    from vre_dm.lake.transfer.events import Listener


class Dataset(Fetchable, Tabular):
    """A container, dataset or file of the lake.

    Made by `Lake.dataset` and by searches. What it says is asked from the lake when it is first needed, and
    remembered; make a new one to see changes.
    """

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
            Such a rule exists already, or it is under embargo and would be where others of this machine read.
        """
        refuse_mounted(self._site.connection, self.did, rse)
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

        prepare(Shipping(self._site), files, Wish(did=self.did, rse=rse), prefix).run(progress)
        return type(self)(self._site, Entry(self.did, self.kind))

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
        return SearchResult(iter([page]), partial(type(self), self._site), f"{relation} {self.did}", titles)
