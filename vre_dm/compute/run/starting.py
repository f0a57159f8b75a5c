"""A map begun: its order in the folder of a job, then a process that outlives this one."""

import os
import subprocess
import threading
import time
from pathlib import Path

from vre_dm.compute.memory import MALLOC
from vre_dm.compute.run.fingerprint import fingerprint
from vre_dm.compute.run.folder import RunFolder, read, write
from vre_dm.compute.run.order import Order
from vre_dm.compute.run.running import RunningMap
from vre_dm.compute.run.sending import dumps
from vre_dm.errors import RunFailed
from vre_dm.lake.jobs.folder import About, JobFolder, begin, folders, untold
from vre_dm.lake.jobs.task import MAP, SETTINGS, Task
from vre_dm.lake.tables import clean

FUNCTION = "function"
"""What in the description of a job says which function it maps."""
_COMMAND = ("-P", "-m", "vre_dm.cli.driver")  # -P: no file of the current folder is imported


def start(root: Path, order: Order) -> RunningMap:
    """Start a map in a process of its own, or find the one that does the same already.

    Parameters
    ----------
    root
        Folder of the user's jobs.
    order
        What it is to do.

    Raises
    ------
    NotWritable
        The disk refuses; nothing was begun.
    """
    about = about_of(order)
    for other in folders(root):
        begun = other.begun
        if begun is not None and begun.about == about and other.state == "running" and not other.cancelled:
            return RunningMap(other)
    job = begun_job(root, order)
    try:
        with RunFolder(job).log.open("ab") as log:
            process = subprocess.Popen(
                [order.python, *_COMMAND, str(job.path)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=os.environ | MALLOC,
                start_new_session=True,
            )
    except OSError as error:
        job.remove()  # it would seem to run as long as this process does
        raise untold(root, error) from error
    job.give(process.pid)  # from here on it is no matter of ours
    # Somebody has to take note of its end, or it stays in the table of processes.
    threading.Thread(target=process.wait, name="vre-dm map", daemon=True).start()
    return RunningMap(job)


def again(root: Path, name: str) -> None:
    """Turn this process into one that does again what an earlier job was ordered; does not return.

    Raises
    ------
    RunFailed
        The order of that job is gone.
    NotWritable
        The disk refuses.
    """
    before = next((job for job in folders(root) if job.path.name == name), None)
    order = None if before is None else read(RunFolder(before).order)
    if before is None or not isinstance(order, Order):
        msg = f"what the map {name} was ordered is not there any more; run it again where it was begun"
        raise RunFailed(clean(msg, None))
    job = begun_job(root, order)
    RunFolder(job).take_over(RunFolder(before))  # who asked for this forgets that one now
    os.execve(order.python, [order.python, *_COMMAND, str(job.path)], os.environ | MALLOC)  # noqa: S606


def begun_job(root: Path, order: Order) -> JobFolder:
    """Make the folder of a job of this process, with the order in it."""
    job = begin(root, about_of(order), time.time())
    try:
        RunFolder(job).path.mkdir(mode=0o700)
        write(RunFolder(job).order, dumps(order))
        RunFolder(job).log.touch(mode=0o600)
        settings = {name: os.environ[name] for name in SETTINGS if name in os.environ}
        job.remember(Task(MAP, order.lake, order.names, {"job": job.path.name}, settings))
    except OSError as error:
        job.remove()
        raise untold(root, error) from error
    return job


def about_of(order: Order) -> About:
    """Describe a map; two of the same description do the same, wherever they do it."""
    how = (order.kind, order.tree, order.columns, order.chunk_bytes, order.on_error, order.files)
    content = fingerprint(
        order.reduce_key,
        *how,
        order.batch,
        order.fetch,
        *((i.name, i.checksum, i.size) for i in order.inputs),
    )
    chosen = ((FUNCTION, order.key), ("order", content))
    return About(MAP, order.names, order.name, order.lake, chosen)
