"""Folders of fetches, running and over: how one process finds, follows and stops another's."""

import json
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from vre_dm.errors import NotWritable
from vre_dm.lake.jobs import journal
from vre_dm.lake.private import make_private
from vre_dm.lake.transfer.events import Cancelled, Event, Failed, Finished
from vre_dm.lake.transfer.owner import Owner, myself

WEEK = 7 * 24 * 3600.0
MOST = 50
"""Folders of fetches that are over are removed after a week, and when there are more than these."""
_SILENT = 120.0  # seconds without a line after which a fetch of another machine is gone
_POLL = 0.2  # seconds between two looks at another process's journal
_NAME = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")
_FILES = ("cancel", "events.jsonl", "job.json.new", "job.json")


class JobFolder:
    """What one fetch tells other processes.

    Attributes
    ----------
    path
        The folder; its name is the job's.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def about(self) -> dict[str, Any]:
        """What is fetched, to where, by whom, since when; empty where that cannot be read."""
        try:
            about = json.loads((self.path / "job.json").read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return about if isinstance(about, dict) else {}

    @property
    def journal(self) -> Path:
        """File of the events."""
        return self.path / "events.jsonl"

    @property
    def state(self) -> str:
        """``running``, ``finished``, ``failed``, ``cancelled``, or ``lost`` if its process is gone."""
        last = journal.last(self.journal)
        return state_after(last) or ("lost" if self._gone() else "running")

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked for the end."""
        return (self.path / "cancel").exists()

    def cancel(self) -> None:
        """Ask for the end; the fetch looks twice a second. Harmless if it is over."""
        if self.path.is_dir():
            (self.path / "cancel").touch(mode=0o600)

    def events(self, wait: Callable[[], object] = lambda: time.sleep(_POLL)) -> Iterator[Event]:
        """Events from the first on, as they come, until the fetch is over or its process gone."""
        return journal.follow(self.journal, self._gone, wait)

    def _gone(self) -> bool:
        owner = Owner.parse(str(self.about.get("owner", "")).encode())
        if owner is None or owner.ended:
            return True
        if owner.here:
            return False
        try:
            return time.time() - self.journal.stat().st_mtime > _SILENT
        except OSError:
            return True

    def __repr__(self) -> str:
        return f"JobFolder({self.path.name}: {self.about.get('did')}, {self.state})"


def state_after(event: Event | None) -> str | None:
    """State of a fetch whose last event this is; None while it may go on."""
    if isinstance(event, Finished):
        return "failed" if event.failed else "finished"
    if isinstance(event, Cancelled):
        return "cancelled"
    return "failed" if isinstance(event, Failed) and event.file is None else None


def begin(root: Path, about: Mapping[str, Any], now: float | None = None) -> JobFolder | None:
    """Make the folder of a fetch of this process, and remove old ones.

    Returns
    -------
    JobFolder or None
        None where the disk refuses, which stops no fetch.
    """
    now = time.time() if now is None else now
    clean(root, now)
    name = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime(now))}-{secrets.token_hex(4)}"
    folder = JobFolder(root / name)
    try:
        make_private(root)
        folder.path.mkdir(mode=0o700)
        text = json.dumps({**about, "owner": str(myself()), "started": now})
        draft = folder.path / "job.json.new"
        draft.write_text(text)
        draft.replace(folder.path / "job.json")
    except (OSError, NotWritable):
        return None
    return folder


def all_jobs(root: Path) -> list[JobFolder]:
    """Fetches of this user that left a folder, the newest first."""
    try:
        with os.scandir(root) as entries:
            names = [e.name for e in entries if _NAME.fullmatch(e.name) and e.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return [JobFolder(root / name) for name in sorted(names, reverse=True)]


def running(root: Path) -> list[JobFolder]:
    """Fetches of this user that go on now, the newest first."""
    return [job for job in all_jobs(root) if job.state == "running"]


def clean(root: Path, now: float) -> None:
    """Remove folders of fetches that ended a week ago, and all but the newest fifty; never a running one."""
    for at, job in enumerate(all_jobs(root)):
        try:
            old = now - job.path.stat().st_mtime > WEEK
        except OSError:
            continue
        if (old or at >= MOST) and job.state != "running":
            _remove(job.path)


def _remove(folder: Path) -> None:
    """Remove the files that we put there, one by one: nothing else can be lost."""
    try:
        for name in _FILES:
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()
    except OSError:
        pass  # another process removes it too, or it holds what is not ours
