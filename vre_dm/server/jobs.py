"""Fetches as jobs: what one would do, those of this user in every window, and what is done with one."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from vre_dm import session
from vre_dm.did import Did
from vre_dm.errors import InvalidConfiguration, InvalidDid, InvalidRequest, NoSpace, NotInLake, NotWritable
from vre_dm.lake.apart import Hung
from vre_dm.lake.jobs.job import Job
from vre_dm.lake.jobs.task import BRING, CACHE, FETCH, Task, leads
from vre_dm.lake.lake import Lake
from vre_dm.lake.transfer.events import to_json
from vre_dm.lake.transfer.policy import STREAMS
from vre_dm.server.base import Handler, whole
from vre_dm.server.disks import Disks
from vre_dm.server.launching import Launches
from vre_dm.server.streams import Event, EventsHandler

_STOP = 2.0  # seconds to wait for the end of a job that was asked to stop; it looks twice a second
_LOOK = 0.25  # seconds between two looks at a journal
_NAME = "jobs/([0-9a-f]{8})"


class ForecastHandler(Handler):
    """What a fetch would do."""

    async def get(self) -> None:
        """Look at sizes, disk and what is here already; nothing is moved."""
        did, files, named = self.did(), self.text("files", "") or None, self.text("target", "")
        target = await _folder(self, named) if named else None
        cache = await _cache(self, self.text("cache", ""))
        where = "cache" if target is None else "target"
        with self.blaming({NotInLake: "files", NotWritable: where, NoSpace: where}):
            self.reply(await self.ask_about(did, partial(_foreseen, did, target, files, cache)))


class JobsHandler(Handler):
    """All jobs of the user, of whatever window."""

    async def get(self) -> None:
        """List those that run, then the newest."""
        self.reply(await self.here(lambda: {"jobs": [job.document() for job in session.jobs()]}))

    async def post(self) -> None:
        """Start a fetch as a process of its own."""
        order = self.body("FetchOrder")
        target = None if order["target"] is None else await _folder(self, order["target"])
        await _cache(self, order.get("cache", ""))
        with self.blaming({InvalidDid: "did", NotInLake: "files"}):
            did = Did.parse(order["did"])
            await self.ask_about(did, partial(_check_files, did, order["files"]))
        task = await self.ask(partial(_task, order, target))
        cached = target is None or order["mode"] == "cache"
        where = "rse" if task.verb == BRING else "cache" if cached else "target"
        with self.blaming({NotInLake: "rse", NotWritable: where, NoSpace: where}):
            job = await self.begin(lambda launches: launches.launch(task))
        self.reply(await self.here(job.document), 201)


class JobHandler(Handler):
    """One job."""

    async def get(self, name: str) -> None:
        """Tell how it stands, and what it gave."""
        self.reply(await self.here(lambda: _whole(session.jobs().one(name), self.app.disks)))

    async def delete(self, name: str) -> None:
        """Forget it, with what waits to be continued, and what a map gave; files that are whole stay."""
        job = await self.here(lambda: session.jobs().one(name))
        if job.kind == "upload" and "continue" in await self.here(lambda: job.can):
            of = await self.here(partial(self.app.lakes.named, job.lake))
            await self.ask_of(of, lambda lake: lake.discard_upload(job.what))
        await self.here(partial(_forgotten, job, self.app.disks))
        self.set_status(204)
        self.finish()


class CancelHandler(Handler):
    """The end of a job that runs."""

    async def post(self, name: str) -> None:
        """Ask it to stop."""
        self.reply(await self.here(lambda: _stopped(session.jobs().one(name), pause=False)))


class PauseHandler(Handler):
    """A stop that is remembered as one that is to go on."""

    async def post(self, name: str) -> None:
        """Ask it to stop for now."""
        self.reply(await self.here(lambda: _stopped(session.jobs().one(name), pause=True)))


class ContinueHandler(Handler):
    """A job that was stopped, failed or died, started again."""

    async def post(self, name: str) -> None:
        """Start the same again; the new job takes the place of the old one."""
        self.reply(await self.begin(lambda launches: _again(launches, session.jobs().one(name))), 201)


class JobEventsHandler(EventsHandler):
    """What happens in one job."""

    async def get(self, name: str) -> None:
        """Tell its events as they come, from the start or from ``Last-Event-ID`` on, until it is over."""
        job = await self.here(lambda: session.jobs().one(name))
        await self.follow(self._entries(job, whole(self.last_id) or 0))

    async def _entries(self, job: Job, seen: int) -> AsyncGenerator[Event, None]:
        over = False
        while not over:
            entries, over = await asyncio.wrap_future(self.app.here.submit(partial(job.news, seen)))
            for entry in entries:
                seen, told = entry.end, to_json(entry.event, entry.at)
                yield Event(told["event"], told, str(seen))
            if not entries and not over:
                await asyncio.sleep(_LOOK)


async def _folder(handler: Handler, said: str) -> Path:
    """Folder that a page named: a path of the file browser, or a whole one below the folder that it shows."""
    if said.startswith("~"):
        msg = f"{ascii(said)[:200]}: ~ means nothing here; say a folder from the one that JupyterLab shows"
        raise InvalidRequest(msg, field="target")
    if said.startswith("/"):
        root = await handler.here(handler.root.resolve)
        if not Path(said).is_relative_to(root):
            msg = (
                f"{ascii(said)[:200]} is outside {root}, the folder that JupyterLab shows; choose one inside"
            )
            raise InvalidRequest(msg, field="target")
        said = said.removeprefix(str(root))
    return await handler.here(partial(handler.shown.folder, said, "target"))


async def _cache(handler: Handler, said: str) -> dict[str, str]:
    """Setting of a cache that a page named; it may be refused outside the folder that JupyterLab shows."""
    if not said:
        return {}
    with handler.blaming({InvalidConfiguration: "cache"}):
        folder = session.cache_settings({CACHE: said}).root
    if not handler.app.any_cache:
        root, real = await handler.here(lambda: (handler.root.resolve(), folder.resolve()))
        if not real.is_relative_to(root):
            msg = f"{ascii(said)[:200]} is outside {root}, where this server wants caches; choose one inside"
            raise InvalidRequest(msg, field="cache")
    return {CACHE: said}


def _foreseen(
    did: Did, target: Path | None, files: str | None, cache: dict[str, str], lake: Lake
) -> dict[str, Any]:
    named = session.cache_of(lake.instance, cache) if cache else None
    return lake.outlook(did, target, files=files, cache=named).document()


def _check_files(did: Did, files: str | None, lake: Lake) -> None:
    dataset = lake.dataset(did)
    if files is not None:
        dataset.files.matching(files)


def _task(order: dict[str, Any], target: Path | None, lake: Lake) -> Task:
    """What a fetch of this order does; without a mode it is done as in a notebook."""
    did, mode = order["did"], order["mode"]
    if mode == "folder" and target is None:
        msg = "which folder? the request lacks target"
        raise InvalidRequest(msg, field="target")
    streams = order.get("concurrency")
    said = {CACHE: order.get("cache"), STREAMS: streams and str(int(streams))}
    settings = {name: value for name, value in said.items() if value}
    cache = session.cache_of(lake.instance, settings)
    usual = target is None and order["rse"] is None and lake.instance.replica is not None
    if mode == "replica" or (mode is None and usual):
        return Task(BRING, lake.instance.name, did, {"files": order["files"], "rse": order["rse"]}, settings)
    cached = target is None or mode == "cache"
    wishes = {"target": str(cache.shows if cached else target), "files": order["files"], "rse": order["rse"]}
    if cached and (real := leads(cache.shows)):  # the target's links are resolved
        wishes["leads"] = real
    return Task(FETCH, lake.instance.name, did, wishes, settings)


def _whole(job: Job, disks: Disks) -> dict[str, Any]:
    said, kept = job.document(), None  # before the result: of one that is over by now that is whole
    with suppress(Hung):
        kept = disks.ask(Path(job.to), lambda: job.kept)
    result = job.result
    paths, report = [str(path) for path in result.paths], list(result.report)
    return said | {"paths": paths, "report": report, "kept": kept}


def _forgotten(job: Job, disks: Disks) -> None:
    try:
        disks.ask(Path(job.to), partial(job.forget, free=True))
    except Hung:
        job.forget()  # its mount is dead: what it left there stays


def _stopped(job: Job, *, pause: bool) -> dict[str, Any]:
    job.cancel(_STOP, pause=pause)
    return job.document()


def _again(launches: Launches, job: Job) -> dict[str, Any]:
    new = launches.launch(job.again())
    job.forget()  # not before the new one is there: a refusal must not lose it
    return new.document()


ROUTES = [
    ("forecast", ForecastHandler),
    ("jobs", JobsHandler),
    (_NAME, JobHandler),
    (f"{_NAME}/cancel", CancelHandler),
    (f"{_NAME}/pause", PauseHandler),
    (f"{_NAME}/continue", ContinueHandler),
    (f"{_NAME}/events", JobEventsHandler),
]
