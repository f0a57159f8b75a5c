"""The one stream of a page: jobs, rules, the login and the lake, as they change."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from vre_dm import session
from vre_dm.errors import Unreachable, VreDmError
from vre_dm.lake.lake import Lake
from vre_dm.lake.rules import RuleList
from vre_dm.lake.spans import stamp
from vre_dm.server.broadcast import READY, Broadcast, together
from vre_dm.server.choosing import login
from vre_dm.server.streams import Event, EventsHandler

if TYPE_CHECKING:
    from vre_dm.server.app import VreDm

T = TypeVar("T")

_JOBS = 0.25  # seconds between two looks at the folder of jobs
_LOGIN = 10.0  # seconds between two looks at the login, which asks the lake nothing that it told before
_SOON, _USUAL, _LONG = 2.0, 30.0, 300.0  # seconds between two looks at the rules: after a change, and growing
_MOVING = 12.0  # no more, while the lake copies files for one of them
_MOVE = frozenset({"INJECT", "REPLICATING"})
_DOWN = 5.0  # seconds before a lake that was unreachable is asked again, growing up to the usual ones


class StreamHandler(EventsHandler):
    """What a page hears as long as it is open."""

    async def get(self) -> None:
        """Tell how jobs, login and lake stand, and then what changes."""
        chosen = await self.open_lake()
        await self.follow(together(self.app.job_events, self.app.lake_events(chosen.name)))


async def watch_jobs(app: "VreDm", cast: Broadcast) -> None:
    """Tell what changes among the jobs of this user, of whatever window, but of none that may be refused."""
    watch, names = session.watch_jobs(), None
    untold: dict[str, dict[str, Any]] = {}
    while True:
        with _going_on(app, "the jobs"):
            news = await asyncio.wrap_future(app.here.submit(watch.look))
            untold |= news.jobs
            for name in news.gone:
                untold.pop(name, None)
                cast.tell(("job", name), Event("job-gone", {"job": name}), stands=False)
        for name in [name for name, said in untold.items() if said["pid"] not in app.launches.starting]:
            said = untold.pop(name)
            if said["kind"] == "upload":  # before a page hears of it and asks
                app.lakes.changed(said["lake"], said["what"])
            cast.tell(("job", name), Event("job", said))
        if names != (now := sorted(watch.known.keys() - untold.keys())):
            names = now
            cast.tell(READY, Event("ready", {"jobs": names}))
        await asyncio.sleep(_JOBS)


async def watch_lake(app: "VreDm", name: str, cast: Broadcast) -> None:
    """Tell what changes in a lake: the login, rules of the user, whether it answers."""
    async with asyncio.TaskGroup() as both:
        both.create_task(_LoginWatch(app, name, cast).run())
        both.create_task(_RulesWatch(app, name, cast).run())


class _LakeWatch:
    """What both watchers of a lake share: a way to ask it."""

    def __init__(self, app: "VreDm", name: str, cast: Broadcast) -> None:
        self.app, self.name, self.cast = app, name, cast

    async def ask(self, question: Callable[[Lake], T]) -> T:
        """Put a question as a handler does; at the end of patience the lake counts as unreachable."""
        lakes, here = self.app.lakes, self.app.here
        chosen = await asyncio.wrap_future(here.submit(lambda: lakes.named(self.name)))
        asked = chosen.pool.submit(lambda: question(chosen.lake()))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(asked), self.app.patience)
        except TimeoutError:
            msg = f"the lake {self.name} has not answered for {self.app.patience:g} s; it is asked again soon"
            raise Unreachable(msg) from None


class _LoginWatch(_LakeWatch):
    async def run(self) -> None:
        """Tell when the login or its end changes; the seconds that pass are no change."""
        told: dict[str, Any] = {}
        while True:
            with _going_on(self.app, f"the login to {self.name}"):
                said = await self.ask(login)
                if _lasting(said) != _lasting(told):
                    self.cast.tell(("login", ""), Event("login", said))
                    told = said
            await asyncio.sleep(_LOGIN)


class _RulesWatch(_LakeWatch):
    def __init__(self, app: "VreDm", name: str, cast: Broadcast) -> None:
        super().__init__(app, name, cast)
        self._rules: RuleList | None = None
        self._states: dict[str, str] | None = None
        self._answers: bool | None = None

    async def run(self) -> None:
        """Look at the rules, more and more rarely while nothing moves; tell whether the lake answers."""
        span = _USUAL
        while True:
            span = await self._looked(span)
            if await self.cast.pause(span):
                span = _SOON

    async def _looked(self, span: float) -> float:
        """Look once, so many seconds after the last look; gives the seconds until the next."""
        again = _DOWN if self._answers is not False else min(span * 2, _USUAL)
        with _going_on(self.app, f"the rules in {self.name}"):
            try:
                self._rules = await self.ask(partial(_look, self._rules))
            except Unreachable as error:
                self._reach(answers=False, message=str(error))
                raise
            self._reach(answers=True, message=None)
            changed = self._tell(self._rules)
            return next_look(span, [rule.state.state for rule in self._rules], changed=changed)
        return again

    def _reach(self, *, answers: bool, message: str | None) -> None:
        """Tell when that changes."""
        if self._answers is not answers:
            self._answers, since = answers, stamp(datetime.now(UTC))
            said = {"lake": self.name, "reachable": answers, "since": since, "message": message}
            self.cast.tell(("lake", ""), Event("lake", said))

    def _tell(self, rules: RuleList) -> bool:
        """Tell what changed since the last look, and whether anything did."""
        before, now = self._states, {rule.identifier: rule.state.state for rule in rules}
        self._states = now
        if before is None:
            return False
        for rule in rules:
            was = before.get(rule.identifier)
            if was != rule.state.state:
                event = Event("rule", rule.document() | {"was": was})
                self.cast.tell(("rule", rule.identifier), event, stands=False)
        for identifier in before.keys() - now.keys():
            self.cast.tell(("rule", identifier), Event("rule-gone", {"id": identifier}), stands=False)
        return before != now


def next_look(span: float, states: Iterable[str], *, changed: bool) -> float:
    """Seconds until rules in these states are looked at again, so many after the last look."""
    most = _LONG if _MOVE.isdisjoint(states) else _MOVING
    return min(most, min(span, _USUAL) if changed else span * 1.5)


@contextmanager
def _going_on(app: "VreDm", what: str) -> Iterator[None]:
    """Look at something, and go on to the next look whatever comes of it."""
    try:
        yield
    except (VreDmError, OSError) as error:
        app.log.debug("vre-dm: %s: %s", what, error)
    except Exception:  # a fault of ours must not end the one watcher of all pages
        app.log.exception("vre-dm: %s could not be looked at", what)


def _look(known: RuleList | None, lake: Lake) -> RuleList:
    """The user's rules now; those that were looked at before keep what was learnt of their pace."""
    return lake.rules() if known is None else known.refresh()


def _lasting(said: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key != "seconds_left"}


ROUTES = [("events", StreamHandler)]
