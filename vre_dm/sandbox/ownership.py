"""Whose a folder is: the lake runs code and deletes files in places that nobody else may have prepared."""

import os
import stat
from pathlib import Path

from vre_dm.errors import SandboxError

ROOT_UID = 0


def require_own(folder: Path, *, or_roots: bool = False) -> None:
    """Make sure that a folder is this user's and that nobody else can write it.

    Parameters
    ----------
    folder
        Existing folder; a link is not followed.
    or_roots
        Accept one of the administrator's too, as in an image.

    Raises
    ------
    SandboxError
        It is not.
    """
    facts = folder.lstat()
    owners = {os.geteuid(), ROOT_UID} if or_roots else {os.geteuid()}
    if stat.S_ISDIR(facts.st_mode) and facts.st_uid in owners and not facts.st_mode & 0o022:
        return
    own = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.geteuid()
    if own and not facts.st_mode & stat.S_IWOTH:
        # what is in it may be theirs by now, so only the user can say that it is not
        msg = (
            f"{folder} is yours, but its group can write it, as on a volume that is mounted for a group; if "
            f"nobody else is in it, chmod -R go-rwx,g-s {folder}, else choose another folder"
        )
    else:
        msg = f"{folder} is not a folder of yours alone: others own it or can write it; choose another folder"
    raise SandboxError(msg)
