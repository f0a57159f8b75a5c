"""Every exception a user can meet: what happened, to which DID, file or row, and the next step."""

from collections.abc import Sequence
from pathlib import Path

INTERRUPTED = "interrupted; what was done so far stays"
"""What is said of an interrupt that says nothing itself."""


class VreDmError(Exception):
    """Base of all errors of vre-dm; its text is one line that a user can act on.

    Attributes
    ----------
    field
        Parameter that is to blame, where one is; inside of the metadata with the path, as ``metadata.year``.
    index
        Which one of several that were said for it, from 0.
    """

    def __init__(self, *text: str, field: str | None = None, index: int | None = None) -> None:
        super().__init__(*text)
        self.field, self.index = field, index

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a stack trace: no line of code is to blame."""
        text = f"{type(self).__name__}: {self}"  # which may quote a stranger's file
        return ["".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)]


class InvalidDid(VreDmError, ValueError):
    """A data identifier is malformed or could leave a folder or an HTML context."""


class InvalidConfiguration(VreDmError, ValueError):
    """A setting of a lake is missing or makes no sense; the text names the file or variable."""


class NotInLake(VreDmError, LookupError):
    """The lake knows no such scope, DID, RSE or account."""


class InvalidFilter(VreDmError, ValueError):
    """A metadata filter names an unknown key, an unknown operator or a value of the wrong type."""


class Unreachable(VreDmError):
    """A server did not answer, or did not answer as a Rucio server of a known version."""


class LoginRefused(VreDmError):
    """The lake refused the credentials: wrong password, expired or missing token, no right to do this."""


class Declined(VreDmError):
    """The lake, or what it says of the data, forbids a request: a rule that exists already, an embargo."""


class NoSpace(VreDmError):
    """A disk, a quota or an account limit is too small; nothing was written."""


class NotWritable(VreDmError):
    """A folder or a file on the user's disk cannot be written; what was there is unchanged."""


class InvalidUpload(VreDmError, ValueError):
    """Files or metadata cannot be published as they are; nothing was registered."""


class UploadInterrupted(VreDmError):
    """An upload could not go on; nothing was registered, and the next run continues it."""


class NoSuchJob(VreDmError, LookupError):
    """No job has this name, or several do."""


class JobNotStarted(VreDmError):
    """The process of a job ended, or told nothing, before anything was done."""


class JobCancelled(KeyboardInterrupt):
    """The user stopped a fetch or an upload; the text says what is complete and how the next run goes on."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a stack trace."""
        return [f"{type(self).__name__}: {self}"]


class FollowingStopped(KeyboardInterrupt):
    """The user stopped to follow another window's job, which goes on."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a stack trace."""
        return [str(self)]


class FetchError(VreDmError):
    """Some files of a fetch could not be had; the others are whole and stay.

    Attributes
    ----------
    placed
        Files of the same fetch that are whole at their final names.
    failures
        One line for each file that could not be had: every source with its cause.
    report
        Table of causes with who can act and the next step; shows itself in a terminal and in a notebook.
    """

    def __init__(
        self, message: str, *, placed: Sequence[Path] = (), failures: Sequence[str] = (), report: object = ""
    ) -> None:
        super().__init__(message)
        self.placed = tuple(placed)
        self.failures = tuple(failures)
        self.report = report

    def _render_traceback_(self) -> list[str]:
        return [*super()._render_traceback_(), *str(self.report).splitlines()]


class TransferFailed(FetchError):
    """No replica of a file could be read whole; each source's cause is in the text."""


class ChecksumMismatch(TransferFailed):
    """Bytes arrived that are not the registered ones; they were removed."""


class SandboxError(VreDmError):
    """The embedded lake could not do what was asked."""


class OutOfRange(VreDmError, ValueError):
    """A value lies outside the range a table or a formula is valid for; nothing is extrapolated."""


class InvalidCurve(VreDmError, ValueError):
    """A limit curve breaks the catalogue's schema or one of its checks.

    Attributes
    ----------
    check
        Name of the check, where one found it.
    row, column
        Where in the table: the row counts from 1 below the header; 0 and empty where neither is meant.
    """

    def __init__(self, message: str, *, check: str = "", row: int = 0, column: str = "") -> None:
        super().__init__(message)
        self.check, self.row, self.column = check, row, column


class InvalidPlot(VreDmError, ValueError):
    """A plot is asked for with a theme, preset, colouring, title or list of ids that cannot be."""


class InvalidRequest(VreDmError, ValueError):
    """A request to the Jupyter server extension lacks something or says what cannot be."""


class TooLarge(InvalidRequest):
    """The body of a request is larger than any that makes sense."""


class Busy(VreDmError):
    """Too much is asked at the same time; nothing was done.

    Attributes
    ----------
    retry_after
        Seconds after which it is worth asking again.
    """

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LakeStarting(Busy):
    """The embedded lake is being started, and answers soon."""


class UnreadableInput(VreDmError, ValueError):
    """A file that a function is mapped over cannot be read: truncated, without a tree, of another schema."""


class MissingColumn(VreDmError, LookupError):
    """A column is not in a file, or not of a shape that was asked for; the text names what there is."""


class Unmergeable(VreDmError, TypeError):
    """What a function gave for two chunks cannot be added; the text names the type, and where it stands."""


class ChunkFailed(VreDmError):
    """One chunk of a run could not be done; the others are whole and stay.

    Attributes
    ----------
    chunk
        Position in the plan.
    name
        File: ``scope:name`` or a path.
    start, stop
        Entries ``[start, stop)`` of it.
    cause
        Name of the exception's class.
    trace
        Traceback in the user's function, as text; empty where the file is to blame.
    """

    def __init__(
        self,
        *text: str,
        chunk: int = -1,
        name: str = "",
        start: int = 0,
        stop: int = 0,
        cause: str = "",
        trace: str = "",
    ) -> None:
        super().__init__(*text)
        self.chunk, self.name, self.start, self.stop = chunk, name, start, stop
        self.cause, self.trace = cause, trace

    def _render_traceback_(self) -> list[str]:
        return [*self.trace.splitlines(), *super()._render_traceback_()]


class InvalidRun(VreDmError, ValueError):
    """A map is asked for with an option that makes no sense; nothing was begun."""


class NotSendable(VreDmError, TypeError):
    """A function, or a value that it uses, cannot be given to another process; the text names it."""


class RunFailed(VreDmError):
    """A map ended without a result: its process was killed, or the disk did not take what it gave."""


class DatasetChanged(VreDmError):
    """A file was replaced while a function was mapped over it: the result would be of two datasets."""


class NothingProcessed(UserWarning):
    """A map came to its end and its function saw no entry at all."""


class NoCluster(VreDmError):
    """A cluster cannot be had: it does not start, no worker comes, or it cannot load the function."""


class ClusterLost(VreDmError):
    """A cluster went away while it worked; finished chunks are kept."""


class VersionsDiffer(VreDmError):
    """A cluster has another Python or another package that matters; nothing was sent to it."""


class InvalidProfile(VreDmError, ValueError):
    """A profile of kernels claims what it does not hold, a file of it is missing, or there is no such one."""


class KernelFailed(VreDmError):
    """A kernel cannot be installed, or does not do what its profile promises."""


class MissingExtra(VreDmError, ImportError):
    """Something optional is not installed; the message says how to install it."""
