"""An upload as its user sees it: a table of what would happen, and a way to let it happen."""

from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from vre_dm.did import Did
from vre_dm.lake.publish import uploading
from vre_dm.lake.publish.metadata import checked
from vre_dm.lake.publish.plan import Plan, Wish, make_plan
from vre_dm.lake.publish.record import Record, path_of
from vre_dm.lake.publish.registering import rehearse
from vre_dm.lake.publish.sources import Item, Sources, items
from vre_dm.lake.publish.sums import Summing
from vre_dm.lake.publish.target import find
from vre_dm.lake.publish.undoing import undo
from vre_dm.lake.publish.uploading import Shipping
from vre_dm.lake.site import Site
from vre_dm.lake.spans import stamp
from vre_dm.lake.tables import Table, Tabular, plural, size_text
from vre_dm.lake.transfer.policy import Policy

if TYPE_CHECKING:
    from vre_dm.lake.jobs.started import StartedJob
    from vre_dm.lake.transfer.events import Listener

_SHOWN = 50


class Publication(Tabular):
    """Files that are to become a dataset, or part of one.

    Made by `vre_dm.lake.lake.Lake.publication`. Nothing is changed before `run` or `start`.

    Parameters
    ----------
    shipping
        The way to the lake.
    plan
        What will happen.
    summing
        Checksums that the plan needed already.
    """

    def __init__(self, shipping: Shipping, plan: Plan, summing: Summing) -> None:
        self._shipping, self._summing, self.plan = shipping, summing, plan

    @property
    def did(self) -> Did:
        """The dataset."""
        return self.plan.wish.did

    def run(self, progress: "Listener | None" = None) -> list[Path]:
        """Let it happen, and wait for the end; an interrupt stops it, and the next run continues.

        Parameters
        ----------
        progress
            Takes the events (`vre_dm.lake.transfer.events`); the state about ten times a second.

        Returns
        -------
        list of Path
            The files here, in the order given.

        Raises
        ------
        Declined, NoSpace, LoginRefused, NotInLake, InvalidUpload
            Refused: nothing is registered, and what was placed is removed.
        UploadInterrupted, Unreachable
            It could not go on: what was placed stays for the next run.
        JobCancelled
            Stopped by the user; likewise.
        """
        return self.start().follow(progress or (lambda _: None))

    def start(self) -> "StartedJob":
        """Let it happen, and return at once: ``events()``, ``wait()``, ``result()``, ``cancel()``."""
        from vre_dm.lake.jobs.folder import About
        from vre_dm.lake.jobs.started import StartedJob
        from vre_dm.lake.jobs.task import PUBLISH, Task

        site, wish = self._shipping.site, self.plan.wish
        lake = site.connection.instance.name
        about = About("upload", str(self.did), self.plan.target.rse, lake)
        files = {item.did.name: item.place for item, _ in self.plan.steps}
        metadata = None if wish.metadata is None else checked(wish.metadata, complete=False)
        wishes = {"files": files, "rse": wish.rse, "days": wish.days, "comment": wish.comment}
        task = Task(PUBLISH, lake, str(self.did), wishes | {"metadata": metadata})
        return StartedJob(self._work, about, site.jobs, task, must_tell=site.must_tell)

    def table(self) -> Table:
        """What would happen, file by file; nothing is changed by asking."""
        plan = self.plan
        rows = [
            (item.did.name, size_text(item.size), what, str(item.path)) for item, what in plan.steps[:_SHOWN]
        ]
        what = "new dataset" if plan.is_new else "dataset"
        files = plural(len(plan.steps), "file")
        title = f"{what} {self.did}: {files}, {size_text(plan.size)} to upload to {plan.target}"
        return Table(title, ("name", "size", "what", "file"), rows, " ".join(self.notes))

    @property
    def notes(self) -> list[str]:
        """What the user should know of it."""
        plan = self.plan
        more = len(plan.steps) - _SHOWN
        until = f"until {plan.until:%Y-%m-%d %H:%M} UTC" if plan.until else "for ever"
        rule = f"A rule of {plan.account} keeps" if plan.is_new else "The dataset's rule keeps"
        left = size_text(plan.left) or "an unknown amount"
        notes = [f"{rule} it at {plan.target.rse} {until}; quota left there: {left}."]
        return [*([f"{more} more files are not shown."] if more > 0 else []), *notes, *plan.remarks]

    def _work(self, tell: "Listener", stop: Event) -> list[Path]:
        with Record(_record(self._shipping.site, self.did)) as record:
            record.go_to(self.did, self.plan.target.rse)
            known = Summing(record.sums, record.note_sums)
            known.take_over(self._summing)
            return uploading.upload(self.plan, record, known, self._shipping, tell, stop)


def prepare(shipping: Shipping, files: Sources, wish: Wish, prefix: str = "") -> Publication:
    """Check names, metadata, rights, quota and what is there; see `vre_dm.lake.lake.Lake.publication`."""
    found: list[Item] = items(files, wish.did.scope, prefix)
    site, record, summing = shipping.site, _record(shipping.site, wish.did), Summing()
    plan = make_plan(site.connection, site.access, found, wish, summing)
    if record is not None:
        Record.look(record).allow(wish.did, plan.target.rse)
    rehearse(site.connection, plan)
    return Publication(shipping, plan, summing)


def discard(site: Site, did: Did) -> int:
    """Remove what an interrupted upload to a dataset left on the storage; files that are registered stay.

    Returns
    -------
    int
        Files that could not be removed now.
    """
    path = _record(site, did)
    if path is None or not path.exists():
        return 0
    with Record(path) as record:
        if not record.traces:
            return 0
        store = find(site.connection, site.access, record.rse).store(site.access, Policy())
        try:
            return undo(record, site.connection, store)
        finally:
            store.close()


def _record(site: Site, did: Did) -> Path | None:
    """File in which the upload to a dataset notes how far it is; None where it does not."""
    return None if site.uploads is None else path_of(site.uploads, site.connection.instance.url, did)


def described(plan: Plan) -> Mapping[str, Any]:
    """Plan as JSON for programs."""
    return {
        "did": str(plan.wish.did),
        "new": plan.is_new,
        "rse": plan.target.rse,
        "bytes": plan.size,
        "quota_left": plan.left,
        "until": plan.until and stamp(plan.until),
        "files": [
            {"did": str(item.did), "path": str(item.path), "size": item.size, "what": what.partition(" ")[0]}
            for item, what in plan.steps
        ],
        "remarks": list(plan.remarks),
    }
