"""What a scheduler is asked about its tasks; sent by name, which one of other versions may not know."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from distributed import Scheduler


def tasks(dask_scheduler: "Scheduler") -> tuple[int, int]:
    """How many tasks run, and how many wait for a worker."""
    workers = list(dask_scheduler.workers.values())
    given = sum(len(worker.processing) for worker in workers)
    running = sum(min(len(worker.processing), worker.nthreads) for worker in workers)
    return running, given - running + len(dask_scheduler.queued) + len(dask_scheduler.unrunnable)


def holders(run: str, dask_scheduler: "Scheduler") -> dict[str, bool]:
    """Workers that were given chunks of a run, and whether they surely work at nothing else."""
    found = {}
    for address, worker in dask_scheduler.workers.items():
        ours = {task for task in worker.processing if str(task.key).startswith(f"{run}-")}
        # What it began since its last sign of life is not known, unless that had all its threads at work.
        begun = worker.processing & worker.executing.keys()
        if ours:
            full = len(begun) >= worker.nthreads
            found[address] = worker.processing <= ours or (full and begun <= ours)
    return found
