"""Does one map in a process of its own: `python -P -m vre_dm.cli.driver FOLDER`, the order is in the folder.

Started by `vre_dm.start_map`. How it goes on stands in the folder of its job; what the function prints, in
the log there. What ended it is also told as one JSON document on standard output, for who continues a job.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from vre_dm.errors import JobCancelled, VreDmError
from vre_dm.lake.tables import clean

if TYPE_CHECKING:
    from vre_dm.lake.dataset import Dataset
    from vre_dm.lake.jobs.folder import JobFolder
    from vre_dm.lake.jobs.started import StartedJob

_END = 80  # seconds that the end of a map may take, with that of its cluster
_LOOK = 0.5  # seconds between two looks at whether somebody asked for it


def main() -> int:
    """Do it; the exit code is 0 if it is done, 1 if it failed or was stopped."""
    from vre_dm.compute.run.driving import started
    from vre_dm.compute.run.folder import RunFolder
    from vre_dm.lake.jobs.folder import JobFolder
    from vre_dm.lake.tokens import redaction

    redaction.install()
    folder = JobFolder(Path(sys.argv[1]))
    answer = _printing_to(RunFolder(folder).log)
    try:
        job = started(folder, _dataset)
        threading.Thread(target=_end_in_time, args=(job, folder), daemon=True).start()
        signal.signal(signal.SIGTERM, lambda *_: job.cancel())
        job.result()
    except (VreDmError, JobCancelled) as error:
        said = {"error": type(error).__name__, "message": clean(error, None)}
        os.write(answer, json.dumps(said | {"field": getattr(error, "field", None)}).encode())
        return 1
    return 0


def _end_in_time(job: "StartedJob", folder: "JobFolder") -> None:
    """Let the system end this process where it does not when it is asked to: a `reduce=` may never end."""
    while not job.wait(_LOOK):
        if folder.cancelled:
            signal.alarm(_END)  # whose signal no Python has to run for
            return


def _dataset(lake: str, did: str) -> "Dataset":
    """Open a dataset of a lake by their names; its fetch is told as a part of the map."""
    from vre_dm.session import connect

    found = connect(lake, say=lambda _: None)
    found.be_quiet()
    return found.dataset(did)


def _printing_to(log: Path) -> int:
    """Let all that is printed go to a file; gives the standard output that was."""
    before = os.dup(1)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    return before


if __name__ == "__main__":
    sys.exit(main())
