"""What a dataset needs from its lake, handed down from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vre_dm.lake.access import Access
from vre_dm.lake.connection import Connection

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache


@dataclass(frozen=True)
class Site:
    """What a dataset needs from its lake.

    Attributes
    ----------
    connection, access
        The catalogue, and what may be used to read from the storage.
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
    must_tell
        Whether a fetch or an upload that cannot tell of itself is refused.
    """

    connection: Connection
    access: Access
    folder: Path
    jobs: Path | None = None
    uploads: Path | None = None
    cache: "Cache | None" = None
    settings: Mapping[str, str] = field(default_factory=dict)
    must_tell: bool = False
