"""Where a file can be read from, best first: a local path, https (WebDAV), ``root://``, what may be down."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from vre_dm.lake.access import Access
from vre_dm.lake.files import File, Replica
from vre_dm.lake.tables import clean

_HTTP = {"https": "https", "davs": "https", "http": "http", "dav": "http"}
_ROOT = frozenset(("root", "roots"))
_RANKS = ("https", "root", "roots", "http")  # after any path; what travels openly comes last

NO_REPLICA = ("the catalogue", "knows no replica that can be read")
"""Source and cause of a file without any replica."""
CACHE = "cache"
"""What stands for the storage element where the copy is one of the user's own cache, or of a shared one."""


@dataclass(frozen=True, slots=True)
class Source:
    """One way to the bytes: a local path, or a URL to ask.

    Attributes
    ----------
    rse
        Storage element the copy belongs to.
    path
        Path on this machine, or None.
    url
        ``https://``, ``http://`` or ``root://`` address, or None.
    """

    rse: str
    path: Path | None = None
    url: str | None = None

    @property
    def place(self) -> str:
        """What fares alike: a host, or the mounted paths of a storage element."""
        if self.url is None:
            return f"{self.rse} on this machine"
        return self.url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower()

    def __str__(self) -> str:
        where = str(self.path) if self.path is not None else shown(self.url or "")
        return f"{clean(self.rse)} ({clean(where, None)})"


def sources(file: File, access: Access) -> tuple[list[Source], list[tuple[str, str]]]:
    """Rank the replicas of a file; those that cannot be read from here come back with the cause.

    Copies of one kind keep the order of the catalogue, which knows how far each is. Of a file that has none
    the catalogue itself is the cause.
    """
    ranked: list[tuple[tuple[bool, int], Source]] = []
    useless: list[tuple[str, str]] = []
    for replica in file.replicas:
        source = _source(replica, access)
        if isinstance(source, str):
            useless.append((clean(replica.rse), source))
        else:
            rank = -1 if source.url is None else _RANKS.index(source.url.partition(":")[0])
            ranked.append(((not replica.available, rank), source))
    if not file.replicas:
        useless.append(NO_REPLICA)
    ranked.sort(key=lambda pair: pair[0])
    return [source for _, source in ranked], useless


def _source(replica: Replica, access: Access) -> Source | str:
    """Way to a copy, or why there is none."""
    path = access.local_path(replica.pfn)
    if path is not None:
        return Source(replica.rse, path=path)
    if replica.scheme in _ROOT and importlib.util.find_spec("XRootD") is None:
        return "root:// needs: pip install vre-dm[stream]"
    if replica.scheme not in _HTTP and replica.scheme not in _ROOT:
        return f"{clean(replica.scheme)}:// cannot be read from here"
    # a name may hold "#", which an address would take for its end
    rest = replica.pfn[len(replica.scheme) :].replace("#", "%23")
    if not access.knows(replica.scheme + rest):
        return f"{shown(replica.scheme + rest)} is on no storage element of the lake"
    return Source(replica.rse, url=_HTTP.get(replica.scheme, replica.scheme) + rest)


def shown(url: str) -> str:
    """Address without user, query and fragment: those may hold credentials."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "an address that cannot be read"
    return clean(f"{parts.scheme}://{parts.hostname or ''}{f':{port}' if port else ''}{parts.path}", None)
