"""The transfer tool's book: what was asked, how far it is, how it ended. It outlives the process."""

import json
import sqlite3
import threading
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

WAITING, DONE, FAILED = "waiting", "done", "failed"


@dataclass(frozen=True, slots=True)
class Source:
    """One place to copy from: its RSE's identifier and the physical file name."""

    rse_id: str
    pfn: str


@dataclass(frozen=True, slots=True)
class Order:
    """One file to move: Rucio's request, the sources best first, the target, what the file is."""

    request_id: str
    job: str
    sources: tuple[Source, ...]
    target: str
    size: int
    adler32: str | None
    bytes_per_second: float | None


@dataclass(frozen=True, slots=True)
class Entry:
    """How far an order is."""

    state: str
    moved: int
    source_rse_id: str | None
    error: str | None
    started: datetime | None
    ended: datetime | None


_SCHEMA = """
CREATE TABLE IF NOT EXISTS transfer (
  request_id TEXT PRIMARY KEY, job TEXT NOT NULL, spec TEXT NOT NULL, state TEXT NOT NULL,
  moved INTEGER NOT NULL DEFAULT 0, source_rse_id TEXT, error TEXT, started REAL, ended REAL)
"""


class TransferBook:
    """Orders and their progress in one SQLite file, safe for the threads of one process."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute(_SCHEMA)

    def add(self, orders: Iterable[Order]) -> None:
        """Write new orders down; the same request asked again starts anew."""
        rows = [(order.request_id, order.job, json.dumps(asdict(order)), WAITING) for order in orders]
        with self._lock:
            self._db.execute("BEGIN")
            self._db.executemany(
                "INSERT OR REPLACE INTO transfer (request_id, job, spec, state) VALUES (?, ?, ?, ?)", rows
            )
            self._db.execute("COMMIT")

    def unfinished(self) -> list[Order]:
        """Orders that a process that is gone had not finished."""
        with self._lock:
            rows = self._db.execute("SELECT spec FROM transfer WHERE state = ?", (WAITING,)).fetchall()
        return [_order(json.loads(spec)) for (spec,) in rows]

    def entry(self, request_id: str) -> Entry | None:
        """How far a request is; ``None`` when it was never written down."""
        columns = "state, moved, source_rse_id, error, started, ended"
        with self._lock:
            row = self._db.execute(
                f"SELECT {columns} FROM transfer WHERE request_id = ?", (request_id,)
            ).fetchone()
        if row is None:
            return None
        state, moved, source, error, started, ended = row
        return Entry(state, moved, source, error, _time(started), _time(ended))

    def begin(self, request_id: str) -> None:
        """An order is being carried out."""
        self._set(request_id, "started = ?", _now())

    def progress(self, request_id: str, moved: int) -> None:
        """Bytes moved so far."""
        self._set(request_id, "moved = ?", moved)

    def finish(self, request_id: str, source_rse_id: str) -> None:
        """The file is there, copied from this RSE."""
        self._set(request_id, "state = ?, source_rse_id = ?, ended = ?", DONE, source_rse_id, _now())

    def fail(self, request_id: str, error: str) -> None:
        """No source gave the file; ``error`` says what each answered."""
        self._set(request_id, "state = ?, error = ?, ended = ?", FAILED, error, _now())

    def forget(self, jobs: Iterable[str]) -> None:
        """Drop jobs that were cancelled."""
        with self._lock:
            self._db.executemany("DELETE FROM transfer WHERE job = ?", [(job,) for job in jobs])

    def forget_older_than(self, seconds: float) -> None:
        """Drop what ended so long ago that Rucio will not ask again."""
        with self._lock:
            self._db.execute("DELETE FROM transfer WHERE ended < ?", (_now() - seconds,))

    def moving(self) -> int:
        """Number of orders that are not finished."""
        with (
            self._lock,
            closing(self._db.execute("SELECT count(*) FROM transfer WHERE state = ?", (WAITING,))) as rows,
        ):
            return int(rows.fetchone()[0])

    @property
    def changes(self) -> int:
        """Number of changes that this process has made in it."""
        return self._db.total_changes

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _set(self, request_id: str, assignments: str, *values: object) -> None:
        with self._lock:
            self._db.execute(f"UPDATE transfer SET {assignments} WHERE request_id = ?", (*values, request_id))


def _order(spec: dict[str, Any]) -> Order:
    return Order(**{**spec, "sources": tuple(Source(**source) for source in spec["sources"])})


def _now() -> float:
    return datetime.now(UTC).timestamp()


def _time(value: float | None) -> datetime | None:
    # Rucio stores naive UTC.
    return None if value is None else datetime.fromtimestamp(value, UTC).replace(tzinfo=None)
