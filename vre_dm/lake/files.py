"""One file of a dataset and its copies: what the catalogue says before any byte moves."""

from dataclasses import dataclass

from vre_dm.did import Did


@dataclass(frozen=True, slots=True)
class Replica:
    """One copy of a file.

    Attributes
    ----------
    rse
        Rucio storage element, for example ``CERN-EOSPILOT``.
    pfn
        Physical file name: a URL (``https://…``, ``root://…``, ``file://…``).
    available
        Whether the catalogue says that the copy can be read now.
    """

    rse: str
    pfn: str
    available: bool = True

    @property
    def scheme(self) -> str:
        """Protocol of the physical file name, in lower case."""
        return self.pfn.partition(":")[0].lower()


@dataclass(frozen=True, slots=True)
class File:
    """A file as registered in the lake.

    Attributes
    ----------
    did
        ``scope:name`` of the file.
    size
        Bytes, or ``None`` where the catalogue does not say.
    adler32, md5
        Checksums in lower-case hexadecimal, or ``None``.
    replicas
        Every known copy.
    """

    did: Did
    size: int | None
    adler32: str | None = None
    md5: str | None = None
    replicas: tuple[Replica, ...] = ()
