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
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in owners or facts.st_mode & 0o022:
        msg = f"{folder} is not a folder of yours alone: others own it or can write it; choose another folder"
        raise SandboxError(msg)
