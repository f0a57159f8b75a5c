"""What an upload has done so far, in a private file: enough for the next run to go on, or to take it back."""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from vre_dm.did import Did
from vre_dm.errors import InvalidDid, InvalidUpload, NotWritable, UploadInterrupted
from vre_dm.lake.publish.places import Identity
from vre_dm.lake.publish.sums import Sums
from vre_dm.lake.tables import plural
from vre_dm.private import make_private

PUT, MOVING, PLACED, FOREIGN = "put", "moving", "placed", "foreign"
"""Bytes go to the temporary name; the rename was asked for; the final name holds ours; or another's."""
_PATIENCE = 2.0  # seconds for which a process that was killed may still hold its files
_ELSEWHERE = "name another folder with XDG_STATE_HOME, where an upload notes how far it is"


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
    ``traces`` has the files on the storage element ``rse``, ``sums`` the checksums of files here.

    Parameters
    ----------
    path
        File, made if needed; None remembers nothing beyond the run.

    Raises
    ------
    InvalidUpload
        Another process uploads to the dataset now.
    NotWritable
        The folder of the records cannot be made, or takes no file.
    """

    def __init__(self, path: Path | None) -> None:
        self.traces: dict[Did, Trace] = {}
        self.sums: dict[Identity, Sums] = {}
        self.rse = ""
        self._path = path
        self._lock = threading.Lock()
        self._descriptor = None if path is None else _locked(path)
        noted = b"" if path is None else path.read_bytes()
        self._read_all(noted)
        self._torn = bool(noted) and not noted.endswith(b"\n")  # by a kill, or a full disk

    @classmethod
    def look(cls, path: Path) -> Self:
        """Read what a record says at this moment; the run that holds it, if any, is not disturbed."""
        record = cls(None)
        with contextlib.suppress(OSError):  # none yet, or one that the run itself will complain of
            record._read_all(path.read_bytes())
        return record

    def go_to(self, did: Did, rse: str) -> None:
        """Note where the files of a dataset go; as long as some lie elsewhere, that is where it goes on.

        Raises
        ------
        InvalidUpload
            An earlier run left files at another storage element.
        """
        self.allow(did, rse)
        self.rse = rse
        self._write({"rse": rse})

    def allow(self, did: Did, rse: str) -> None:
        """Refuse a storage element where the upload to a dataset cannot go on; see `go_to`."""
        if self.traces and self.rse != rse:
            left = f"an interrupted upload left {plural(len(self.traces), 'file')} of {did} at {self.rse}"
            msg = f"{left}; go on there (--rse {self.rse}), or first vre-dm upload {did} --discard"
            raise InvalidUpload(msg, field="rse")

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
            if self._descriptor is None:
                return
            text = b"\n" * self._torn + json.dumps(line).encode() + b"\n"
            try:
                self._torn = os.write(self._descriptor, text) < len(text)
                if self._torn:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            except OSError as error:  # what is not noted would not be found again
                why = f"{error.strerror} ({self._path})"
                msg = f"cannot note how far the upload is: {why}; free some space and run again"
                raise UploadInterrupted(msg) from error

    def _read_all(self, noted: bytes) -> None:
        for line in noted.splitlines():
            self._read(line)

    def _read(self, line: bytes) -> None:
        try:
            said = json.loads(line)
            if "sums" in said:
                device, inode, size, modified, changed = map(int, said["file"])
                self.sums[device, inode, size, modified, changed] = Sums(*said["sums"])
            elif "rse" in said:
                self.rse = str(said["rse"])
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
    make_private(path.parent, _ELSEWHERE)
    end = time.monotonic() + _PATIENCE
    while True:
        descriptor = -1
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            if time.monotonic() < end:
                time.sleep(_PATIENCE / 20)
                continue
            msg = "another process of yours uploads to this dataset now; wait for its end, or stop it"
            raise InvalidUpload(msg, field="did") from error
        except OSError as error:
            if descriptor >= 0:
                os.close(descriptor)
            msg = f"cannot note in {path.parent} how far the upload is: {error.strerror}; {_ELSEWHERE}"
            raise NotWritable(msg) from error
        if _is_that(path, descriptor):  # else the one before removed it between our open and our lock
            return descriptor
        os.close(descriptor)


def _is_that(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False
