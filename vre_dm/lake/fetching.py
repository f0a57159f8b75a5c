"""How a fetch of a dataset begins: its folder, its job, and in replica mode the rule that is waited for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from vre_dm.did import Did
from vre_dm.errors import Declined, InvalidConfiguration, NotWritable, Unreachable
from vre_dm.lake.apart import Apart
from vre_dm.lake.catalogue import Entry
from vre_dm.lake.embargo import embargo
from vre_dm.lake.file_list import FileList
from vre_dm.lake.files import File
from vre_dm.lake.site import Site
from vre_dm.lake.tables import clean
from vre_dm.private import make_private

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache
    from vre_dm.lake.growth import Choice, Since
    from vre_dm.lake.jobs.folder import About
    from vre_dm.lake.jobs.started import StartedJob
    from vre_dm.lake.jobs.task import Task
    from vre_dm.lake.transfer.events import Listener


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a fetch shall do.

    Attributes
    ----------
    files, rse
        Only files whose name fits, only copies at storage elements that fit.
    recheck
        Whether files that are here are read once more.
    bring_to
        Storage element to which the lake brings the files first, and from where they are used in place.
    days
        How long a rule that is made for that keeps them; ``None``: as the lake is configured, or for ever.
    verify
        Whether files that are used in place are read once, to compare their checksums.
    since
        Only files that were registered then or later.
    pin
        JSON file with the files to fetch; written after the fetch where it is missing.
    """

    files: str | None = None
    rse: str | None = None
    recheck: bool = False
    bring_to: str | None = None
    days: float | None = None
    verify: bool = True
    since: "Since | None" = None
    pin: Path | str | None = None


def start(
    site: Site, entry: Entry, files: FileList, target: Path | str | None, wanted: Wanted
) -> "StartedJob":
    """Begin a fetch; see `vre_dm.lake.dataset.Dataset.start_fetch`."""
    from vre_dm.lake.growth import Choice
    from vre_dm.lake.jobs.started import StartedJob
    from vre_dm.lake.transfer import fetch_files  # heavy, and not needed to browse
    from vre_dm.lake.transfer.memory import Memory
    from vre_dm.lake.transfer.policy import Policy

    did, folder = entry.did, site.folder if target is None else Path(target).expanduser()
    if folder == site.folder:
        make_private(site.folder)  # what one user may read others may not, nor exchange
    if wanted.bring_to and (wanted.since is not None or wanted.pin is not None):
        msg = f"since and pin choose files, but a rule to {wanted.bring_to} brings all of it; name a folder"
        raise InvalidConfiguration(msg)
    policy = Policy.read(site.settings)
    choice = Choice.read(site.connection.instance, did, wanted.since, wanted.pin)
    if wanted.since is not None or wanted.pin is not None:
        files = FileList(site.connection, entry)  # what it holds now, not when it was first looked at

    def work(tell: "Listener", stop: Event) -> list[Path]:
        if wanted.bring_to and not _brought(site, entry, files, wanted, tell, stop):
            return []
        found, private = _asked(site, entry, files, choice, wanted)
        paths = fetch_files(
            found,
            folder,
            access=site.access,
            progress=tell,
            copy=wanted.bring_to is None,
            verify=wanted.verify,
            recheck=wanted.recheck,
            stop=stop,
            policy=policy,
            memory=None if site.jobs is None else Memory(site.jobs.parent / "failed.json"),
            cache=_cache(site),
            private=private is not None,
            remarks=_remarks(site, wanted, private),
        )
        choice.keep(found, datetime.now(UTC), private=private is not None)
        return paths

    about, task = _about(site, did, folder, wanted), _task(site, did, folder, wanted)
    return StartedJob(work, about, site.jobs, task, must_tell=site.must_tell)


def _asked(
    site: Site, entry: Entry, files: FileList, choice: "Choice", wanted: Wanted
) -> tuple[list[File], str | None]:
    """Files with their replicas, and their embargo: several questions each, so beside each other."""
    connection, chosen = site.connection, choice.chosen(site.connection, files, wanted.files)
    located = Apart().later(lambda: choice.located(files, chosen, wanted.rse))
    private = embargo(connection, entry, [file.did for file in chosen])
    return located.result(), private


def _about(site: Site, did: Did, folder: Path, wanted: Wanted) -> "About":
    """Describe the fetch to other processes."""
    from vre_dm.lake.jobs.folder import About

    chosen = {"files": wanted.files, "rse": wanted.rse, "since": wanted.since, "pin": wanted.pin}
    return About(
        "fetch",
        str(did),
        wanted.bring_to or str(folder.absolute()),
        site.connection.instance.name,
        tuple((name, str(value)) for name, value in chosen.items() if value is not None),
    )


def _task(site: Site, did: Did, folder: Path, wanted: Wanted) -> "Task":
    """Write down what starts the same fetch again, in whatever folder that is done."""
    from vre_dm.lake.jobs.task import BRING, FETCH, Task, leads

    lake, chosen = site.connection.instance.name, {"files": wanted.files}
    if wanted.bring_to:
        how = {"rse": wanted.bring_to, "days": wanted.days, "verify": wanted.verify}
        return Task(BRING, lake, str(did), chosen | how, site.settings)
    since = None if wanted.since is None else str(wanted.since)
    pin = None if wanted.pin is None else str(Path(wanted.pin).expanduser().absolute())
    how = {"rse": wanted.rse, "recheck": wanted.recheck, "since": since, "pin": pin}
    target = str(folder.absolute())
    wishes = chosen | how | {"target": target, "leads": leads(folder) or target}
    return Task(FETCH, lake, str(did), wishes, site.settings)


def _remarks(site: Site, wanted: Wanted, private: str | None) -> tuple[str, ...]:
    """What the user should know before anything moves."""
    unread = "used in place: sizes are compared, checksums are not; fetch() reads each file once for that"
    mount = site.access.mount_fault(wanted.bring_to or wanted.rse)
    return tuple(filter(None, (private, mount, None if wanted.verify else unread)))


def _cache(site: Site) -> "Cache | None":
    """Give the cache, unless its folder is no safe place: what was verified is not remembered then."""
    try:
        if site.cache is not None:
            make_private(site.cache.folder)
    except NotWritable:
        return None
    return site.cache


def _brought(
    site: Site, entry: Entry, files: FileList, wanted: Wanted, tell: "Listener", stop: Event
) -> bool:
    """Wait until the files are where they shall be; whether that has paths on this machine."""
    from vre_dm.lake.transfer.events import Finished
    from vre_dm.lake.waiting import bring

    rse, usual = wanted.bring_to or "", site.connection.instance.rule_days
    days = usual if wanted.days is None else wanted.days
    # of every file, also of those that are not wanted: a rule copies them all
    if private := embargo(site.connection, entry, [file.did for file in files]):
        msg = f"{private}, and {clean(rse)} is read by others too; fetch into a folder"
        raise Declined(msg)
    if fault := site.access.mount_fault(rse):
        msg = f"{fault}; or fetch into a folder"
        raise Unreachable(msg)
    bring(site.connection, entry.did, rse, days=days, tell=tell, stop=stop)
    mount = site.connection.instance.mount
    if mount and mount.rse == rse:
        return True  # also where the mount is dead: the fetch says so, and reads the copies another way
    first = next(files.located(wanted.files, rse=rse), None)
    if first is not None and any(site.access.local_path(replica.pfn) for replica in first.replicas):
        return True
    tell(Finished(0, 0, 0.0))
    return False
