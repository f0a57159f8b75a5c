"""Program that looks at one folder, and prints what it saw as JSON.

It runs apart (`vre_dm.hub.folders`) and imports nothing of vre-dm: it starts at once, and is left behind
where a dead mount holds it.
"""

import json
import os
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

_MOST = 1000  # entries that are counted
_LARGEST = 1_000_000  # bytes of a kernel.json
_KERNELS = "kernels"
_MISPLACED = ("share", "jupyter", _KERNELS)  # below a folder that JUPYTER_PATH names one level too high


def look(folder: Path) -> dict[str, Any]:
    """What can be said of a folder, as the attributes of `vre_dm.hub.folders.Seen`.

    Raises
    ------
    OSError
        It cannot be read.
    """
    started = time.monotonic()
    room = os.statvfs(folder)
    with os.scandir(folder) as every:
        entries = sum(1 for _ in islice(every, _MOST))
    return {
        "entries": entries,
        "free": room.f_bavail * room.f_frsize,
        "names": room.f_favail if room.f_files else None,
        "writable": os.access(folder, os.W_OK),
        "kernels": _kernels(folder / _KERNELS),
        "misplaced": folder.joinpath(*_MISPLACED).is_dir(),
        "seconds": time.monotonic() - started,
    }


def _kernels(folder: Path) -> dict[str, str]:
    """Kernels described in a folder, and what keeps each from starting; empty where nothing does."""
    if not folder.is_dir():
        return {}
    return {
        path.name: _fault(path / "kernel.json")
        for path in islice(sorted(folder.iterdir()), _MOST)
        if (path / "kernel.json").exists()
    }


def _fault(description: Path) -> str:
    try:
        with description.open("rb") as file:
            program = json.loads(file.read(_LARGEST))["argv"][0]
    except OSError as error:
        return f"its kernel.json cannot be read: {error.strerror}"
    except (ValueError, LookupError, TypeError, RecursionError):
        program = None
    if not isinstance(program, str):
        return "its kernel.json names no program"
    # One without a folder is looked for on the PATH, by Jupyter when it starts it.
    if "/" in program and not os.access(program, os.X_OK):
        return f"{program} is not there or cannot be run"
    return ""


def main() -> None:
    """Look at the folder of the first argument."""
    try:
        said = look(Path(sys.argv[1]))
    except OSError as error:
        said = {"fault": error.strerror or type(error).__name__}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
