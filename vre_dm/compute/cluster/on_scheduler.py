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
