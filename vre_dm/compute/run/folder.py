"""What the process of a map keeps in its folder: the order, what it gave or why not, and what it printed."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from vre_dm.compute.run.sending import dumps, loads
from vre_dm.errors import RunFailed
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

    def facts(self, wanted: str) -> Path:
        """File of what was seen of the files when it was planned; ``wanted`` tells what was looked for."""
        return self.path / f"{wanted}.facts"

    @property
    def batch(self) -> Path:
        """File of how many points of a scan are done together."""
        return self.path / "batch.pickle"

    def chunk(self, key: str) -> Path:
        """File of a chunk that is done."""
        return self.path / f"{key}.part"

    def chunks(self) -> list[Path]:
        """Files of all chunks that are done."""
        return list(self.path.glob("*.part"))

    def take_over(self, other: "RunFolder") -> None:
        """Have what an earlier run has done, so that it is here when that one is forgotten."""
        for path in (other.batch, *other.path.glob("*.facts"), *other.chunks()):
            with suppress(OSError):  # not there, or here already
                os.link(path, self.path / path.name)

    def forget_chunks(self) -> None:
        """Remove them all: a result holds them."""
        for path in self.chunks():
            with suppress(OSError):
                path.unlink()

    def keep_error(self, error: BaseException) -> None:
        """Write down what ended it, for whoever asks for the result."""
        try:
            data = dumps(error)
            loads(data)  # as many errors with arguments of their own cannot
        except Exception:
            data = dumps(RunFailed(_said(error)))
        with suppress(OSError):
            write(self.error, data)


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
    """Value of the bytes that `write` wrote; None if they are not there, damaged, or cannot be had here."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest, body = data[:_DIGEST], memoryview(data)[_DIGEST:]
    if hashlib.sha256(body).digest() != digest:
        return None
    try:
        return loads(body)
    except Exception:  # whatever a class that is not here, or another one, raises
        return None


def _said(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # an error whose text is an error
        return type(error).__name__
