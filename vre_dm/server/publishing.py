"""Publishing: what it asks for, what it would do, and the upload as a job."""

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from vre_dm.did import Did
from vre_dm.errors import Declined, InvalidDid, InvalidUpload, NotInLake
from vre_dm.lake.jobs.task import PUBLISH, Task
from vre_dm.lake.lake import Lake
from vre_dm.lake.publish.metadata import schema
from vre_dm.lake.publish.sources import items
from vre_dm.lake.spans import stamp
from vre_dm.server.base import Handler
from vre_dm.server.below import Shown


class SchemaHandler(Handler):
    """What a publication needs."""

    async def get(self) -> None:
        """Give the schema of the metadata, the scopes that the user may write, and the usual RSE."""
        self.reply({"schema": schema()} | await self.ask(_usual))


class PublishHandler(Handler):
    """Files below the server's root that become a dataset."""

    largest_body = 1_000_000

    async def post(self) -> None:
        """Say what would happen, or let it happen as a process of its own."""
        order = self.body("PublishOrder")
        files = await self.below("files", *order["files"])
        with self.blaming({InvalidDid: "did", InvalidUpload: "files"}):
            task = await self.ask(partial(_task, self.shown, files, order))
            if order["dry_run"]:
                self.reply(await self.ask(partial(_rehearsed, self.shown, task)))
                return
            job = await self.begin(lambda launches: launches.launch(task))
        self.reply(await self.here(job.document), 201)


def _usual(lake: Lake) -> dict[str, Any]:
    mount = lake.instance.mount
    return {"scopes": list(lake.own_scopes()), "rse": mount and mount.rse}


def _task(shown: Shown, files: list[Path], order: dict[str, Any], lake: Lake) -> Task:
    """What is asked for, of the very files that are there now: another process does it later."""
    did = Did.parse(order["did"])
    if order.get("new"):
        _check_free(did, lake)
    chosen = items(files, did.scope, order["prefix"] or "", lambda real: shown.allow(real, "files"))
    said = {key: order[key] for key in ("rse", "days", "metadata")} | {"comment": order["comment"] or ""}
    places = {item.did.name: item.place for item in chosen}
    return Task(PUBLISH, lake.instance.name, str(did), said | {"files": places})


def _rehearsed(shown: Shown, task: Task, lake: Lake) -> dict[str, Any]:
    publication = lake.publication(did=task.what, **task.wishes)
    plan, top = publication.plan, shown.top
    steps = [
        {"name": item.did.name, "size": item.size, "what": what, "path": str(item.path.relative_to(top))}
        for item, what in plan.steps
    ]
    until = plan.until and stamp(plan.until)
    return {
        "steps": steps,
        "new": plan.is_new,
        "rse": plan.target.rse,
        "until": until,
        "notes": publication.notes,
    }


def _check_free(did: Did, lake: Lake) -> None:
    with suppress(NotInLake):
        found = lake.dataset(did)
        msg = f"{found.did} is there already, a {found.kind}; give another name, or add to it"
        raise Declined(msg, field="did")


ROUTES = [("publish/schema", SchemaHandler), ("publish", PublishHandler)]
