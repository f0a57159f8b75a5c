"""One file of a fetch, as planned: its name, what its bytes must be, and where they can be read."""

from dataclasses import dataclass
from pathlib import Path

from vre_dm.did import Did
from vre_dm.lake.transfer.sources import Source
from vre_dm.lake.transfer.verify import Expected


@dataclass(frozen=True, slots=True)
class Item:
    """One file to fetch.

    Attributes
    ----------
    did
        Its identifier.
    root
        Folder of the whole fetch.
    folder
        That of the file, below it; one object for all files in it, since it is looked up often.
    target
        Final path.
    expected
        Size and checksums as registered.
    sources
        Ways to read it, best first.
    useless
        Replicas that cannot be read from here, each with the cause.
    """

    did: Did
    root: Path
    folder: Path
    target: Path
    expected: Expected
    sources: tuple[Source, ...]
    useless: tuple[tuple[str, str], ...]
