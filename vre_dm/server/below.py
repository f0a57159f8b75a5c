"""From a path as the file browser says it, below the server's root, to the file of this machine."""

from pathlib import Path

from vre_dm.errors import InvalidRequest


def below(root: Path, path: str, field: str = "path", *, hidden: bool = True) -> Path:
    """File or folder that a path of the file browser means; it need not be there.

    Parameters
    ----------
    root
        Folder that the server shows.
    path
        With slashes, from the root; empty for the root itself.
    field
        Part of the question that says it, for the error.
    hidden
        Whether the server shows what begins with a dot.

    Raises
    ------
    InvalidRequest
        It leads out of the root, by its name or through a link, is not shown, or is no path.
    """
    parts = path.strip("/").split("/") if path.strip("/") else []
    if any(part in {"", ".", ".."} or "\\" in part or not part.isprintable() for part in parts):
        msg = f"{ascii(path)[:200]} is no path below the folder that JupyterLab shows"
        raise InvalidRequest(msg, field=field)
    if not hidden and any(part.startswith(".") for part in parts):
        msg = (
            f"{ascii(path)[:200]} is hidden, and this server does not show hidden files; choose another name"
        )
        raise InvalidRequest(msg, field=field)
    top = root.resolve()
    found = top.joinpath(*parts)
    # A link may be part of what somebody else packed: it must not show what lies elsewhere.
    if not found.resolve().is_relative_to(top):
        msg = f"{ascii(path)[:200]} leads out of the folder that JupyterLab shows; copy the files into it"
        raise InvalidRequest(msg, field=field)
    return found
