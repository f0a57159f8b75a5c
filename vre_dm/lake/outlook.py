"""What a fetch would do, by the catalogue, the plan and this machine's disk: nothing is changed by asking."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from vre_dm.did import Did
from vre_dm.lake.apart import Apart
from vre_dm.lake.cache import Cache
from vre_dm.lake.catalogue import Entry
from vre_dm.lake.embargo import embargo
from vre_dm.lake.file_list import FileList
from vre_dm.lake.files import File
from vre_dm.lake.metadata import PAGE
from vre_dm.lake.site import Site
from vre_dm.lake.spans import rough
from vre_dm.lake.tables import plural
from vre_dm.lake.transfer.forecast import Forecast
from vre_dm.lake.transfer.plan import Plan, make_plan

FOLDER, CACHE, REPLICA = "folder", "cache", "replica"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files may be had.

    Attributes
    ----------
    mode
        ``folder`` (of the user), ``cache``, or ``replica`` (in place, on the storage that is mounted here).
    folder
        Where that is on this machine.
    label
        The same for the user.
    """

    mode: str
    folder: Path
    label: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a fetch would do.

    Attributes
    ----------
    did
        The dataset.
    plan
        Names, sizes and what is here already, for the first of the places.
    places
        Where the files may be had, the usual place first.
    private
        The embargo on them, in a sentence; None where there is none.
    remarks
        What else the user should know.
    """

    did: Did
    plan: Plan
    places: tuple[Place, ...]
    private: str | None
    remarks: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Give what a program reads; there is a ``choice`` where there is more than one place."""
        return {
            "did": str(self.did),
            "files": len(self.plan.items),
            "bytes": self.plan.size,
            "present": self.plan.kept if self.places[0].mode != REPLICA else 0,
            "folder": str(self.places[0].folder),
            "places": [
                {"target": str(place.folder), "label": place.label, "mode": place.mode}
                for place in self.places
            ],
            "free": self.plan.free,
            "embargo": self.private,
            "remarks": list(self.remarks),
            "choice": len(self.places) > 1,
        }


def outlook(
    site: Site, entry: Entry, pattern: str | None, target: Path | None, cache: Cache | None = None
) -> Outlook:
    """Look ahead; see `vre_dm.lake.lake.Lake.outlook`."""
    if cache is not None:
        site = replace(site, folder=cache.shows, cache=cache)
    files = FileList(site.connection, entry)
    chosen = files.matching(pattern)
    # Of many, where each of them lies takes longer to ask than it is worth.
    asked = Apart().later(lambda: list(files.with_replicas(chosen)) if len(chosen) <= PAGE else chosen)
    private = embargo(site.connection, entry, [file.did for file in chosen])
    places, located = _places(site, target, private), asked.result()
    copy = places[0].mode != REPLICA
    plan = make_plan(located, places[0].folder, site.access, copy=copy, cache=site.cache)
    return Outlook(entry.did, plan, places, private, tuple(_remarks(site, plan, located, copy=copy)))


def _places(site: Site, target: Path | None, private: str | None) -> tuple[Place, ...]:
    instance = site.connection.instance
    found = [Place(CACHE, site.folder, f"cache of {instance.name}: {site.folder}")]
    mount = instance.mount
    # A rule would copy the files to where others read them.
    if mount is not None and private is None:
        at = 0 if instance.replica else 1
        found.insert(at, Place(REPLICA, mount.folder, f"{mount.rse}, mounted at {mount.folder}"))
    if target is not None:
        found.insert(0, Place(FOLDER, target, str(target)))
    return tuple(found)


def _remarks(site: Site, plan: Plan, located: list[File], *, copy: bool) -> list[str]:
    said = [fault for fault in [site.access.mount_fault()] if fault]
    if len(located) <= PAGE and (lost := sum(not file.replicas for file in located)):
        said.append(f"Of {plural(lost, 'file')} the catalogue knows no copy that can be read.")
    rates = None if site.cache is None else site.cache.folder / "rates.json"
    seconds = Forecast(rates).seconds(plan) if copy else None
    if seconds:
        said.append(f"Earlier fetches from there suggest {rough(timedelta(seconds=seconds))}.")
    return said
