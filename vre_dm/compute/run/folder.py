"""What the process of a map keeps in its folder: the order, what it gave or why not, and what it printed."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from vre_dm.compute.run.sending import dumps, loads
from vre_dm.errors import RunFailed, VreDmError
from vre_dm.lake.jobs.folder import RUN, JobFolder

_DIGEST = hashlib.sha256().digest_size


class RunFolder:
    """Files of a map inside the folder of its job.

    Parameters
    ----------
    job
        Folder of the job.
    """

    def __init__(self, job: JobFolder) -> None:
        self.path = job.path / RUN

    @property
    def order(self) -> Path:
        """File of the `vre_dm.compute.run.order.Order`."""
        return self.path / "order.pickle"

    @property
    def log(self) -> Path:
        """File of what the function printed, and of what went wrong around it."""
        return self.path / "log.txt"

    @property
    def outcome(self) -> Path:
        """File of the `vre_dm.compute.run.outcome.Outcome`."""
        return self.path / "outcome.pickle"

    @property
    def error(self) -> Path:
        """File of the error that ended it."""
        return self.path / "error.pickle"

    def chunk(self, key: str) -> Path:
        """File of a chunk that is done."""
        return self.path / f"{key}.part"

    def chunks(self) -> list[Path]:
        """Files of all chunks that are done."""
        return list(self.path.glob("*.part"))

    def forget_chunks(self) -> None:
        """Remove them all: a result holds them."""
        for path in self.chunks():
            with suppress(OSError):
                path.unlink()

    def keep_error(self, error: BaseException) -> None:
        """Write down what ended it, for whoever asks for the result."""
        with suppress(OSError):
            try:
                write(self.error, dumps(error))
            except VreDmError:
                write(self.error, dumps(RunFailed(f"{type(error).__name__}: {error}")))


def write(path: Path, data: bytes) -> None:
    """Write bytes that no other user reads, whole or not at all.

    Raises
    ------
    OSError
        The disk refuses.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(hashlib.sha256(data).digest())
            stream.write(data)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def read(path: Path) -> Any:
    """Value of the bytes that `write` wrote; None if the file is not there, or is damaged."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest, body = data[:_DIGEST], memoryview(data)[_DIGEST:]
    return loads(body) if hashlib.sha256(body).digest() == digest else None
