"""All jobs of a user as a list: those that run first, then the newest."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from vre_dm.errors import NoSuchJob
from vre_dm.lake.jobs.folder import About, JobFolder, folders
from vre_dm.lake.jobs.job import AGAIN, Given, Job, Show, unseen
from vre_dm.lake.tables import Table, Tabular, plural

_SHOWN = 20
_WIDEST = 300  # the next step stands at the end of a remark


class JobList(Tabular, list[Job]):
    """Jobs that show themselves as a table; a list in every other respect."""

    def one(self, name: str | None = None) -> Job:
        """Get a job by its name, or the begin of it; without a name, the only one that runs.

        Raises
        ------
        NoSuchJob
            None fits, or several do.
        """
        if name is None:
            found, what = [job for job in self if job.state == "running"], "runs"
        else:
            found, what = [job for job in self if name and job.name.startswith(name)], f"is called {name!a}"
        if len(found) == 1:
            return found[0]
        msg = f"no job {what}; vre-dm jobs and dm.jobs() list those of the last week"
        if found:
            msg = f"more than one job {what}; name one of {', '.join(job.name for job in found[:9])}"
        raise NoSuchJob(msg)

    def table(self) -> Table:
        """How they stand now."""
        running = sum(job.state == "running" for job in self)
        more, shown = len(self) - _SHOWN, self[:_SHOWN]
        notes = [f"{more} older ones are not shown; take them with [{_SHOWN}:]."] if more > 0 else []
        if any("continue" in job.can for job in shown):
            notes.append(f"What was stopped is kept; {AGAIN}.")
        cells = [job.cells() for job in shown]
        # Columns in which at least one row says something.
        heads = [head for head in (cells[0] if cells else ()) if any(row[head] for row in cells)]
        title = plural(len(self), "job") + (f", {running} running" if self else "")
        rows = [[row[head] for head in heads] for row in cells]
        return Table(title, heads, rows, " ".join(notes), widest=_WIDEST)


def jobs_in(root: Path, show: Show = unseen, given: Given | None = None) -> JobList:
    """Jobs of this user, in whatever window.

    Parameters
    ----------
    root
        Folder in which jobs tell of themselves.
    show
        Shows one to the user while it is followed.
    given
        Reads what a map gave.
    """
    return jobs_of(folders(root), show, given)


def jobs_of(some: Iterable[JobFolder], show: Show = unseen, given: Given | None = None) -> JobList:
    """Jobs of some folders; which of them goes on with which is told if all of a purpose are among them."""
    found, later = JobList(), dict[About, tuple[Job, ...]]()
    told = [(begun, folder) for folder in some if (begun := folder.begun) is not None]
    for begun, folder in sorted(told, key=lambda pair: pair[0].at, reverse=True):
        same = later.get(begun.about, ())
        found.append(Job(folder, begun, same, show, given))
        later[begun.about] = (*same, found[-1])
    found.sort(key=lambda job: job.state != "running")
    return found


def job_of(root: Path, pid: int, since: datetime) -> Job | None:
    """The job that a process of this machine began since a moment; a look at the newest folders only."""
    for folder in folders(root):
        begun = folder.begun
        if begun is None:  # it is being made
            continue
        if begun.at < since - timedelta(seconds=2):  # names of folders tell the second, and no more
            return None
        if begun.at >= since and begun.owner.here and begun.owner.pid == pid:
            return Job(folder, begun)
    return None
