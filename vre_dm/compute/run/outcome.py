"""What a map gave, and where it came from: files, function, packages, place and time."""

import hashlib
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import metadata
from typing import Any

from vre_dm.compute.inputs import Input
from vre_dm.compute.packages import NUMBERS
from vre_dm.lake.spans import rough
from vre_dm.lake.tables import Table, Tabular, plural, size_text

_MOST = 10  # files of a display


@dataclass(frozen=True, slots=True)
class Skipped:
    """A piece that is not in the result: its file, entries ``[start, stop)``, and why, which names both."""

    name: str
    start: int
    stop: int
    cause: str


@dataclass(frozen=True, slots=True, repr=False)
class Outcome(Tabular):
    """What a map gave, and where it came from.

    Attributes
    ----------
    value
        The merged value.
    what
        Dataset, or paths in words.
    inputs
        Each file with the registered checksum, and whether all its bytes were compared with it.
    entries, unit
        How many the function saw, and of what.
    chunks, kept
        Pieces, and how many of them an earlier run had done.
    skipped
        Pieces that are not in the value.
    bytes_read
        Compressed bytes that were read.
    function, source, key
        Name and text of the function, and the digest of all that it computes with.
    environment
        Versions of Python and of the packages that matter.
    backend
        Where it ran.
    began, seconds, busy
        When it began (UTC), how long it took, and how long the function ran in all chunks together.
    notes
        What was remarked.
    """

    value: Any
    what: str
    inputs: tuple[Input, ...]
    entries: int
    unit: str
    chunks: int
    kept: int
    skipped: tuple[Skipped, ...]
    bytes_read: int
    function: str
    source: str
    key: str
    backend: str
    began: datetime
    seconds: float
    busy: float
    notes: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=lambda: environment())

    @property
    def environment_key(self) -> str:
        """Digest of the environment: equal where the same versions are."""
        return _digest(repr(sorted(self.environment.items())))

    def provenance(self) -> dict[str, Any]:
        """Where the value came from, as plain JSON."""
        return {
            "what": self.what,
            "inputs": [
                {
                    "name": i.name,
                    "checksum": i.checksum,
                    "bytes": i.size,
                    "verified": i.verified,
                }
                for i in self.inputs
            ],
            self.unit: self.entries,
            "chunks": self.chunks,
            "kept": self.kept,
            "skipped": [
                {"name": s.name, "start": s.start, "stop": s.stop, "cause": s.cause} for s in self.skipped
            ],
            "bytes_read": self.bytes_read,
            "function": {"name": self.function, "source_sha256": _digest(self.source), "key": self.key},
            "environment": dict(self.environment),
            "environment_key": self.environment_key,
            "backend": self.backend,
            "began": self.began.astimezone(UTC).isoformat(timespec="seconds"),
            "seconds": round(self.seconds, 3),
            "function_seconds": round(self.busy, 3),
        }

    def table(self) -> Table:
        """The figures, and the files with their checksums."""
        rows = [
            ("value", type(self.value).__name__),
            (self.unit, f"{self.entries:,}".replace(",", " ")),
            ("chunks", f"{self.chunks}" + (f", {self.kept} of an earlier run" if self.kept else "")),
            ("read", size_text(self.bytes_read)),
            ("ran", f"{self.backend}, {rough(timedelta(seconds=self.seconds))}, {self.seconds:.1f} s"),
            ("function", f"{self.function} ({self.key[:8]})"),
            *((f"file {source.name}", source.checksum or "no checksum") for source in self.inputs[:_MOST]),
            *(("left out", skipped.cause) for skipped in self.skipped[:_MOST]),
            *(("note", note) for note in self.notes),
        ]
        more = len(self.inputs) - _MOST
        note = f"{plural(more, 'file')} more in .inputs" if more > 0 else ""
        return Table(f"Map of {self.function} over {self.what}", ("", ""), rows, note, widest=300)


def environment() -> dict[str, str]:
    """Versions of Python and of the packages that may change a number."""
    found = {"python": platform.python_version(), "machine": f"{sys.platform} {platform.machine()}"}
    for name in NUMBERS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
