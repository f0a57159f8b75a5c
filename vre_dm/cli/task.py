"""Does one task in a process of its own: it comes as JSON on standard input, so no argument can be misread.

`python -P -m vre_dm.cli.task` is started by the Jupyter server extension. A task that is refused is told as
one JSON document on standard output; how it goes on stands in the job's folder, as of any other.
"""

import json
import os
import sys

from vre_dm.errors import JobCancelled, VreDmError
from vre_dm.lake.jobs.task import MAP, Task
from vre_dm.lake.tables import clean


def main() -> int:
    """Do it; the exit code is 0 if it is done, 1 if it was refused, failed or was stopped."""
    from vre_dm.lake.tokens import redaction
    from vre_dm.session import connect, job_folder

    redaction.install()
    try:
        task = Task.read(json.load(sys.stdin))
        os.environ.update(task.settings)
        if task.verb == MAP:
            from vre_dm.compute.run.starting import again

            again(job_folder(), task.wishes["job"])
        lake = connect(task.lake, say=lambda _: None)
        lake.must_tell()  # nobody would know of it, nor could stop it
        task.start(lake).result()
    except (VreDmError, JobCancelled) as error:
        said = {"error": type(error).__name__, "message": clean(error, None)}
        sys.stdout.write(json.dumps(said | {"field": getattr(error, "field", None)}))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
