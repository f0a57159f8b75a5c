"""All sources of one file in turn, round after round, until it is placed or every cause is known."""

import os
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from vre_dm.lake.transfer.claim import Claim
from vre_dm.lake.transfer.context import Context
from vre_dm.lake.transfer.copy import copy_path, copy_url
from vre_dm.lake.transfer.events import Retrying, SourceChanged, Started, Verified
from vre_dm.lake.transfer.failures import Failure, SourceFailed, Stopped
from vre_dm.lake.transfer.item import Item
from vre_dm.lake.transfer.kept import forgotten, kept
from vre_dm.lake.transfer.names import parts, waiting_for
from vre_dm.lake.transfer.part import Part
from vre_dm.lake.transfer.place import Place
from vre_dm.lake.transfer.policy import backoff
from vre_dm.lake.transfer.ready import Ready
from vre_dm.lake.transfer.small import copy_small
from vre_dm.lake.transfer.sources import CACHE, Source
from vre_dm.lake.transfer.xrootd import copy_root

_ENOUGH = 1 << 20  # bytes that make a round count as a step forward (or a tenth of a smaller file)


@dataclass(slots=True)
class _State:
    """What is known about one source of one file."""

    source: Source
    failed: Counter[int | None] = field(default_factory=Counter)  # by the number of tries such a failure has
    cause: str = "not tried"
    corrupt: bool = False
    wait: float = 0.0
    given_up: bool = False


@dataclass(slots=True)
class _Attempts:
    item: Item
    context: Context
    claim: Claim
    part: Part
    states: list[_State]
    last: _State | None = None

    def end(self, held: ExitStack) -> Ready | Failure:
        """Try until the bytes are here and verified, or every source was given up."""
        if (source := self._fill(self.part)) is not None:
            return Ready(self.item, self.part, self.claim, source, held.pop_all())
        causes = [(str(state.source), state.cause) for state in self.states]
        return Failure(
            self.item.did, (*causes, *self.item.useless), all(state.corrupt for state in self.states)
        )

    def _fill(self, part: Part) -> str | None:
        """Have the bytes from the sources in turn; the one that gave the last."""
        if part.complete:
            return self._verified(part, "")
        best, barren, begun = part.size, 0, False
        while barren < self.context.policy.rounds and (alive := [s for s in self.states if not s.given_up]):
            if begun:
                self._pause(alive, max(barren - 1, 0))
            for state in alive:
                if self._one(state, part):
                    return self._verified(part, str(state.source))
            barren = 0 if part.size - best >= self._step() else barren + 1
            best, begun = max(best, part.size), True
        return None

    def _one(self, state: _State, part: Part) -> bool:
        if self.last is None:
            self.context.tell(Started(self.item.did, str(state.source)))
        elif self.last is not state:
            self.context.tell(SourceChanged(self.item.did, str(state.source), self.last.cause))
        self.last = state
        try:
            self._copy(state.source, part)
            self._judge(part)
        except SourceFailed as failure:
            if self.context.stop.is_set():
                raise Stopped from failure  # a socket cut by us is not the server's fault
            self._note(state, failure)
            return False
        return True

    def _copy(self, source: Source, part: Part) -> None:
        context, did = self.context, self.item.did

        def moved(size: int) -> None:
            context.meter.at(did, part.size, moved=size)
            context.hosts.moved(source, size)

        with context.hosts.stream(source, context.stop):
            if source.path is not None:
                copy_path(source.path, part, context, moved)
            elif source.url is not None and source.url.startswith("root"):
                copy_root(source.url, part, context, moved)
            else:
                copy_url(source, part, context, moved)

    def _judge(self, part: Part) -> None:
        """Compare the sums; after a joint, a difference may be the joint's fault: ask for the whole."""
        fault = part.expected.fault(part.digest)
        if fault is None:
            return
        tries = None if part.resumed else 2
        part.restart()
        raise SourceFailed(fault, tries=tries, corrupt=True)

    def _note(self, state: _State, failure: SourceFailed) -> None:
        state.failed[failure.tries] += 1
        state.cause, state.corrupt, state.wait = str(failure), failure.corrupt, failure.wait or 0.0
        if state.wait > self.context.policy.longest_wait:
            state.cause += f", asks to come back in {state.wait:.0f} s"
            state.given_up = True
        if failure.corrupt and state.source.rse == CACHE and (news := forgotten(self.item, self.context)):
            state.cause, state.given_up = state.cause + news, True
        state.given_up |= failure.tries is not None and state.failed[failure.tries] >= failure.tries

    def _pause(self, alive: list[_State], round_: int) -> None:
        asked = min(state.wait for state in alive)
        seconds = max(asked, backoff(self.context.policy, round_, self.context.pace.chance()))
        if alive[0] is self.last:
            self.context.tell(Retrying(self.item.did, str(self.last.source), self.last.cause, seconds))
        self.context.pace.wait(self.context.stop, seconds)
        self.context.check()

    def _step(self) -> int:
        size = self.item.expected.size
        return _ENOUGH if size is None else max(1, min(_ENOUGH, size // 10))

    def _verified(self, part: Part, source: str) -> str:
        self.context.check()
        part.finish()
        self.context.meter.at(self.item.did, part.size)
        self.context.tell(Verified(self.item.did, part.size))
        return source


def fetch_one(item: Item, context: Context, *, waited: bool) -> Path | Ready | Failure | None:
    """Have one file at its name if it is there, else its bytes, ready for their name; or say why not.

    Parameters
    ----------
    waited
        Whether this file was in another fetch's hands when it was last looked at.

    Returns
    -------
    Path, Ready, Failure or None
        None while another fetch has the file in its hands: ask again later.

    Raises
    ------
    NoSpace, NotWritable
        The user's disk refused.
    Stopped
        The fetch was cancelled.
    """
    if not item.expected.says_something:
        cause = f"has neither size nor checksum of {item.did}; ask its owner to register them"
        return Failure(item.did, (("the catalogue", cause),), corrupt=False)
    before = _stamp(item.target)
    if not waited and (path := kept(item, context)):
        return path
    if not item.sources:
        return Failure(item.did, item.useless, corrupt=False)
    if not waited and (ready := copy_small(item, context)):
        return ready
    with ExitStack() as held:
        attempts = _begun(item, context, before, held, waited=waited)
        return attempts.end(held) if isinstance(attempts, _Attempts) else attempts


def _begun(
    item: Item, context: Context, before: object, held: ExitStack, *, waited: bool
) -> "_Attempts | Path | None":
    """Claim the file and open what it is written to; its path if it is here now, None if another has it."""
    with context.inside.opened(item.folder, item.root) as folder:
        claim = context.claims.take(item.target, item.expected, folder)
        if claim is None:
            found = waiting_for(item.target, item.expected, parts(item.folder))
            context.meter.seen(item.did, sum(map(_size, found)))
            return None
        held.callback(context.claims.release, claim)
        look = waited or _stamp(item.target) != before  # another fetch may have placed it since
        if look and (path := kept(item, context)):
            return path
        found = context.parts.of(item.target, item.expected, anew=claim.contested)
        place = Place(item.target, item.expected, folder, context.me)
        part = held.enter_context(place.open_part(found, context.stop))
    if context.manner.private:
        os.fchmod(part.descriptor, 0o600)
    states = [_State(source) for source in context.hosts.ranked(item.sources)]
    return _Attempts(item, context, claim, part, states)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is exchanged."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_ino, facts.st_mtime_ns, facts.st_ctime_ns


def _size(found: tuple[Path, object]) -> int:
    """Bytes of a temporary file; what several streams left open in it has no blocks yet."""
    try:
        facts = found[0].lstat()
        return min(facts.st_size, facts.st_blocks * 512)
    except OSError:
        return 0  # placed while we looked
