"""What is known of one object: where it came from, when it was verified, which names show it."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from vre_dm.lake.transfer.verify import Expected

_SUFFIX = ".facts"


@dataclass(frozen=True, slots=True)
class Facts:
    """Notes beside an object; their own date is the object's last use.

    Attributes
    ----------
    did
        File it was first fetched as.
    stamp
        State of the object when it was verified; any change asks for a new verification.
    adler32, md5
        Checksums that were compared; None where one was not.
    shown
        Links to it in the folders that the cache manages.
    """

    did: str
    stamp: str
    adler32: str | None
    md5: str | None
    shown: tuple[str, ...]

    def says(self, expected: Expected) -> bool:
        """Whether every checksum that is expected was compared and found the same."""
        return expected.adler32 in (None, self.adler32) and expected.md5 in (None, self.md5)


def facts_path(path: Path) -> Path:
    """Where the notes of an object are."""
    return path.with_name(path.name + _SUFFIX)


def is_object(name: str) -> bool:
    """Whether a name in a folder of objects is an object's, not one of notes or of a file on its way."""
    return name.startswith(("md5-", "adler32-")) and "." not in name


def read_facts(path: Path) -> Facts | None:
    """Notes of an object; None where there are none that can be read, which costs a verification."""
    try:
        said = json.loads(facts_path(path).read_bytes())
        facts = Facts(**{**said, "shown": tuple(said["shown"])})
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    texts = (facts.did, facts.stamp, facts.adler32 or "", facts.md5 or "", *facts.shown)
    return facts if all(isinstance(text, str) for text in texts) else None


def write_facts(path: Path, facts: Facts) -> None:
    """Replace the notes of an object in one step; also counts as a use of it."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}{_SUFFIX}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(descriptor, "w") as stream:
            json.dump(asdict(facts), stream)
        fresh.replace(facts_path(path))
    finally:
        fresh.unlink(missing_ok=True)
