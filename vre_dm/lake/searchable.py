"""A lake that is searched and browsed: by name and metadata, scope by scope, down to one dataset."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from vre_dm.did import Did, DidPattern
from vre_dm.errors import InvalidFilter
from vre_dm.lake import catalogue
from vre_dm.lake.catalogue import Entry, Page
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.filters import Condition, from_keywords, parse
from vre_dm.lake.metadata import metadata_of, titles_of
from vre_dm.lake.results import SearchResult
from vre_dm.lake.site import Site
from vre_dm.lake.vocabulary import Key, keys


class Searchable:
    """What a lake holds."""

    def __init__(self, site: Site, datasets: type[Dataset] = Dataset) -> None:
        self._site, self._connection, self._datasets = site, site.connection, datasets

    @property
    def account(self) -> str:
        """Rucio account in use."""
        return self._connection.account()

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
        found = SearchResult(pages, self._dataset, title, partial(titles_of, self._connection))
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

    def described(self, dids: Sequence[Did]) -> dict[Did, dict[str, Any]]:
        """What users wrote of DIDs; about a millisecond each."""
        return metadata_of(self._connection, dids, "JSON")

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

    def _entry(self, did: Did) -> Entry:
        return catalogue.entry_of(self._connection, did)

    def _dataset(self, entry: Entry) -> Dataset:
        return self._datasets(self._site, entry)
