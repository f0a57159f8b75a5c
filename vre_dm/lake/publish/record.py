"""What an upload has done so far, in a private file: enough for the next run to go on, or to take it back."""

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from vre_dm.did import Did
from vre_dm.errors import InvalidDid, InvalidUpload
from vre_dm.lake.private import make_private
from vre_dm.lake.publish.sources import Identity
from vre_dm.lake.publish.sums import Sums

PUT, MOVING, PLACED, FOREIGN = "put", "moving", "placed", "foreign"
"""Bytes go to the temporary name; the rename was asked for; the final name holds ours; or another's."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A file on the storage: its temporary and final address, and how far it is."""

    temporary: str
    final: str
    step: str

    @property
    def is_ours(self) -> bool:
        """Whether what lies at the final name, if anything, was put there by us."""
        return self.step in {MOVING, PLACED}


class Record:
    """The record of the uploads to one dataset; one run at a time.

    Appended line by line, so a kill at any moment loses nothing; a line cut short is ignored.

    Parameters
    ----------
    path
        File, made if needed; None remembers nothing beyond the run.

    Raises
    ------
    InvalidUpload
        Another process uploads to the dataset now.
    NotWritable
        The folder of the records cannot be made.
    """

    def __init__(self, path: Path | None) -> None:
        self.traces: dict[Did, Trace] = {}
        self.sums: dict[Identity, Sums] = {}
        self._path = path
        self._lock = threading.Lock()
        self._descriptor = None if path is None else _locked(path)
        lines = [] if path is None else path.read_bytes().splitlines()
        for line in lines:
            self._read(line)

    def put(self, did: Did, temporary: str, final: str) -> None:
        """Note that bytes are about to go to a temporary name; a final name that is ours stays ours."""
        before = self.traces.get(did)
        step = before.step if before is not None and before.is_ours else PUT
        self._keep(did, Trace(temporary, final, step))

    def step(self, did: Did, step: str) -> None:
        """Note how far a file is."""
        self._keep(did, replace(self.traces[did], step=step))

    def forget(self, did: Did) -> None:
        """Note that nothing of a file is left to take back."""
        self.traces.pop(did, None)
        self._write({"did": str(did), "gone": True})

    def note_sums(self, identity: Identity, sums: Sums) -> None:
        """Note checksums of a file here."""
        self.sums[identity] = sums
        self._write({"file": identity, "sums": [sums.size, sums.adler32, sums.md5]})

    def close(self, *, finished: bool) -> None:
        """End the run; with nothing to go on with, the file is removed."""
        with self._lock:
            if self._path is not None and self._descriptor is not None:
                if finished:
                    self._path.unlink(missing_ok=True)
                os.close(self._descriptor)
                self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close(finished=not self.traces)

    def _keep(self, did: Did, trace: Trace) -> None:
        self.traces[did] = trace
        self._write({"did": str(did), "at": [trace.temporary, trace.final, trace.step]})

    def _write(self, line: Mapping[str, Any]) -> None:
        with self._lock:  # a thread of a stopped run may still write, and the number be another file's
            if self._descriptor is not None:
                os.write(self._descriptor, json.dumps(line).encode() + b"\n")

    def _read(self, line: bytes) -> None:
        try:
            said = json.loads(line)
            if "sums" in said:
                device, inode, size, modified, changed = map(int, said["file"])
                self.sums[device, inode, size, modified, changed] = Sums(*said["sums"])
            elif said.get("gone"):
                self.traces.pop(Did.parse(said["did"]), None)
            else:
                self.traces[Did.parse(said["did"])] = Trace(*said["at"])
        except (ValueError, KeyError, TypeError, AttributeError, InvalidDid):
            return


def path_of(folder: Path, lake: str, did: Did) -> Path:
    """File of the record of a dataset; its name is a digest, since names of datasets may be long.

    Parameters
    ----------
    folder
        Of all records of the user.
    lake
        Address of the lake's server.
    """
    return folder / f"{hashlib.sha256(f'{lake} {did}'.encode()).hexdigest()[:32]}.jsonl"


def _locked(path: Path) -> int:
    """Open for appending, held by this run until it ends, however it ends."""
    make_private(path.parent)
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            msg = "another process of yours uploads to this dataset now; wait for its end, or stop it"
            raise InvalidUpload(msg) from error
        if _is_that(path, descriptor):  # else the one before removed it between our open and our lock
            return descriptor
        os.close(descriptor)


def _is_that(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False
