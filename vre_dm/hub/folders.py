"""Looks at folders that may be on a dead mount, and waits for none of them.

In a process apart, unlike `vre_dm.lake.apart`: with a thread that a mount holds the doctor would say
everything, and not end.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 5.0
"""Seconds for a folder to answer."""
_ENDS = 1.0  # seconds in which a program ends that nothing holds
_PROGRAM = Path(__file__).with_name("looking.py")
_NOT_LOOKED = "the program that looks at it failed"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a folder.

    Attributes
    ----------
    fault
        Why it cannot be read; empty where it can.
    hangs
        Whether it did not answer.
    entries
        How many it has, counted up to a thousand.
    free, names
        Bytes, and names of files, that are left there; ``None`` where its file system does not count names.
    writable
        Whether this user may make files in it.
    kernels
        Kernels of Jupyter in its ``kernels``, each with what keeps it from starting.
    misplaced
        Whether kernels lie in ``share/jupyter`` below it.
    seconds
        It took to look.
    """

    fault: str = ""
    hangs: bool = False
    entries: int = 0
    free: int = 0
    names: int | None = None
    writable: bool = False
    kernels: Mapping[str, str] = field(default_factory=dict)
    misplaced: bool = False
    seconds: float = 0.0

    @property
    def took(self) -> str:
        """How fast it answered, for a sentence."""
        return f"answered in {self.seconds * 1000:.0f} ms"


def seen(folder: Path, patience: float = PATIENCE) -> Seen:
    """Look at a folder.

    Parameters
    ----------
    folder
        Folder; nothing of it is asked in this process.
    patience
        Seconds after which it counts as one that does not answer.
    """
    # Isolated, so that nothing of the user's settings of Python is looked for on the very mount.
    printed = printed_by([sys.executable, "-I", "-S", str(_PROGRAM), str(folder)], patience)
    if printed is None:
        return Seen(hangs=True)
    try:
        return Seen(**json.loads(printed))
    except (ValueError, TypeError):
        return Seen(fault=_NOT_LOOKED)


def printed_by(command: Sequence[str], patience: float) -> bytes | None:
    """What a program prints; ``None`` where it did not end in time, and was left behind.

    Parameters
    ----------
    command
        Program and arguments.
    patience
        Seconds it may take.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # of a terminal or a pipe it would keep open
        start_new_session=True,
    )
    try:
        return process.communicate(timeout=patience)[0]
    except subprocess.TimeoutExpired:
        process.kill()  # one that a mount holds ends when that comes back
        with suppress(subprocess.TimeoutExpired):
            process.wait(_ENDS)
        if process.stdout:
            process.stdout.close()
        return None
