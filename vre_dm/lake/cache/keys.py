"""Which content an object of the cache is: its name there."""

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path

from vre_dm.did import Did
from vre_dm.lake.transfer.verify import Expected

_NAME = re.compile(
    r"(md5-(?P<md5>[0-9a-f]{32})-|adler32-(?P<adler32>[0-9a-f]{8})-)(?P<size>\d{1,20})(-[0-9a-f]{32})?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Key:
    """Content in the cache.

    Attributes
    ----------
    name
        Name of its file, unique to the content.
    expected
        Size and checksums that its bytes must have.
    """

    name: str
    expected: Expected

    @property
    def identity(self) -> Expected:
        """What makes the content this one: its size and its best checksum."""
        adler32 = None if self.expected.md5 is not None else self.expected.adler32
        return replace(self.expected, adler32=adler32)

    def below(self, folder: Path) -> Path:
        """Path of the object in a cache's folder."""
        return folder / "objects" / hashlib.sha256(self.name.encode()).hexdigest()[:2] / self.name


def key_of(did: Did, expected: Expected, lake: str) -> Key | None:
    """Key of a file; None where size or checksum is missing or none, so that no content is told from another.

    An md5 with a size is one content whatever it is called. An adler32 is no identity, there are few of them:
    where there is nothing better, the name in its lake is part of the key.

    Parameters
    ----------
    lake
        Address of the lake that the DID belongs to.
    """
    if expected.size is None or not expected.has_checksum:
        return None
    if expected.md5 is not None:
        name = f"md5-{expected.md5}-{expected.size}"
    else:
        whose = hashlib.sha256(f"{lake} {did}".encode()).hexdigest()[:32]
        name = f"adler32-{expected.adler32}-{expected.size}-{whose}"
    return Key(name, expected) if _NAME.fullmatch(name) else None


def read_key(name: str) -> Expected | None:
    """Size and checksum that the name of an object says; None for another name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    adler32, md5 = found["adler32"], found["md5"]
    return Expected(int(found["size"]), adler32, md5)
