"""What changes among all jobs of a user, for who shows them: a look costs a few system calls a job."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vre_dm.lake.jobs.folder import About, JobFolder, folders
from vre_dm.lake.jobs.job import Job, name_of
from vre_dm.lake.jobs.listing import jobs_of

_Mark = tuple[int, int, bool]


@dataclass(frozen=True, slots=True)
class News:
    """What a look found.

    Attributes
    ----------
    jobs
        Documents of the jobs that are new or stand otherwise than at the last look, by name.
    gone
        Names of those that are there no more.
    """

    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()


class Watch:
    """Looks at the jobs again and again, and tells what is new since the last look.

    Parameters
    ----------
    root
        Folder in which jobs tell of themselves.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._marks: dict[str, _Mark] = {}
        self._abouts: dict[str, About] = {}  # read once: of a week there may be many
        self.known: dict[str, dict[str, Any]] = {}

    def look(self) -> News:
        """What changed since the last look."""
        marks = {name: self._mark(name, folder) for name, folder in self._folders()}
        moved = {name for name, mark in marks.items() if self._marks.get(name) != mark}
        gone = self._marks.keys() - marks.keys()
        self._marks = marks
        for name in gone:
            self._abouts.pop(name, None)
        if not moved and not gone:
            return News()
        now = {job.name: job.document() for job in self._touched(moved)}
        changed = {name: said for name, said in now.items() if self.known.get(name) != said}
        news = News(changed, frozenset(gone & self.known.keys()))
        self.known = {name: said for name, said in (self.known | now).items() if name in marks}
        return news

    def _folders(self) -> Iterator[tuple[str, JobFolder]]:
        return ((name_of(folder), folder) for folder in folders(self._root))

    def _mark(self, name: str, folder: JobFolder) -> _Mark:
        """What differs as soon as a job stands otherwise: files in its folder, its journal, its process."""
        over = self.known.get(name, {}).get("state", "running") != "running"
        try:
            return folder.path.stat().st_mtime_ns, _size(folder.journal), not over and folder.gone
        except OSError:
            return 0, 0, True

    def _touched(self, moved: set[str]) -> list[Job]:
        """Jobs that moved, and others of the same purpose: they say which one goes on with them."""
        every = dict(self._folders())
        told = {name: begun.about for name in moved & every.keys() if (begun := every[name].begun)}
        self._abouts |= told
        same = {*told.values()}
        return jobs_of(folder for name, folder in every.items() if self._abouts.get(name) in same)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
