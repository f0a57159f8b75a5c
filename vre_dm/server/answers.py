"""How an error becomes an answer: its HTTP status, and a document with cause and next step."""

from typing import Any

from vre_dm import errors

# The first class that fits counts. 401 and 403 are never said for a lake's login: the browser would think
# that its own login at the Jupyter server is gone.
_STATUS: tuple[tuple[type[BaseException], int], ...] = (
    (errors.Busy, 503),
    (errors.TooLarge, 413),
    (errors.NotInLake, 404),
    (errors.NoSuchJob, 404),
    (errors.LoginRefused, 424),
    (errors.Declined, 409),
    (errors.NoSpace, 507),
    (errors.NotWritable, 422),
    (errors.Unreachable, 502),
    (errors.FetchError, 502),
    (errors.UploadInterrupted, 502),
    (errors.SandboxError, 502),
    (errors.NoCluster, 502),
    (errors.MissingExtra, 501),
    (ValueError, 400),
)
INTERNAL = "something failed inside vre-dm; the server's log says what, and trying again may help"


def status_of(error: BaseException) -> int:
    """HTTP status of an error; 500 for one that is none of ours."""
    if not isinstance(error, errors.VreDmError):
        return 500
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def document_of(error: BaseException) -> dict[str, Any]:
    """What a client is told of an error."""
    if not isinstance(error, errors.VreDmError):
        return document("Internal", INTERNAL)
    about = {"field": error.field, "index": error.index, "retry_after": getattr(error, "retry_after", None)}
    return document(type(error).__name__, str(error)) | about


def document(kind: str, message: str) -> dict[str, Any]:
    """Every error has these five."""
    line = " ".join(message.split())
    return {"error": kind, "message": line, "field": None, "index": None, "retry_after": None}
