"""Keeps a token fresh: asked for well before the old one ends, once at a time, and once more when refused."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from vre_dm.errors import LoginRefused, VreDmError
from vre_dm.lake.tokens.asking import forget_frames
from vre_dm.lake.tokens.provider import Grant
from vre_dm.lake.tokens.secret import Secret

_SHARE, _BEFORE = 0.8, 1200.0  # of a short life; seconds before the end of a long one
_JITTER, _LONGEST_JITTER = 0.1, 300.0  # later by up to this share of life, and these seconds
_SETTLED = 10.0  # seconds within which another token would be refused as the last one was
_PAUSE, _LONG_PAUSE = 5.0, 30.0  # seconds before who did not answer, or said no, is asked again
_SKEW = 2.0  # seconds that a Date header, which counts whole ones, cannot tell from none


def renewal(life: float, chance: float) -> float:
    """Seconds after which a token is renewed.

    At 80 % of its life, or 20 minutes before its end where that is later, and a little later by chance, so
    that a hundred kernels that were started together do not ask together.

    Parameters
    ----------
    life
        Seconds the token lives.
    chance
        In [0, 1).
    """
    return max(_SHARE * life, life - _BEFORE) + min(_JITTER * life, _LONGEST_JITTER) * chance


@dataclass(frozen=True, slots=True)
class _Held:
    """A token with, in this machine's clock, when it came, when it ends and when to ask for the next."""

    grant: Grant
    came: float
    ends: float
    due: float

    @property
    def token(self) -> Secret:
        return self.grant.token

    def lives(self, now: float) -> bool:
        return now < self.ends

    def asked_later(self, now: float) -> "_Held":
        """Keep the token; ask again when a quarter of what is left has passed."""
        return replace(self, due=now + max(0.25 * (self.ends - now), 0.01 * (self.ends - self.came)))


class Kept:
    """A token that can be asked for again; safe to share between threads.

    While one thread asks, the others go on with the old token as long as it lives. Failing to get a new one
    meanwhile is no error: it is asked for again.

    Parameters
    ----------
    ask
        Gets a token from its source; raises an error of `vre_dm.errors` when it cannot.
    what
        The source, for messages: ``password of dm``.
    clock, chance
        Time in seconds since 1970, and a number in [0, 1).
    """

    def __init__(
        self,
        ask: Callable[[], Grant],
        what: str,
        *,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._ask, self._what, self._clock, self._chance = ask, what, clock, chance
        self._flight = threading.Lock()
        self._held: _Held | None = None
        self._fault: tuple[float, VreDmError] | None = None

    def token(self) -> Secret:
        """Token to use now.

        Raises
        ------
        LoginRefused, Unreachable
            There is none that lives, and none could be had.
        """
        held, now = self._held, self._clock()
        if held is not None and now < held.due:
            return held.token
        if held is None or not held.lives(now):
            with self._flight:
                return self._next(held).token
        if self._flight.acquire(blocking=False):
            try:
                return self._next(held).token
            finally:
                self._flight.release()
        return held.token

    def renew(self, refused: Secret | None = None) -> bool:
        """Get another token, unless there is one already or the last one is brand new.

        Raises
        ------
        LoginRefused, Unreachable
            None could be had; the refused one is of no more use.
        """
        with self._flight:
            held, now = self._held, self._clock()
            if held is None or (refused is not None and held.token != refused):
                return True
            if now - held.came < min(_SETTLED, 0.05 * (held.ends - held.came)):
                return False
            self._held = None  # it is not used again, whatever comes
            return self._next(None).token != held.token

    def expires(self) -> datetime | None:
        """When the present token ends, in the clock of who gave it."""
        self.token()
        held = self._held
        return held.grant.ends if held else None

    @property
    def trouble(self) -> str:
        """Why the last attempt to renew failed; empty when it did not."""
        return str(self._fault[1]) if self._fault else ""

    def _next(self, seen: _Held | None) -> _Held:
        """Ask, unless another thread did so, or failed to, while this one waited."""
        held, now = self._held, self._clock()
        if held is not None and held is not seen and held.lives(now):
            return held
        if self._fault and now < self._fault[0] and (seen is None or not seen.lives(now)):
            error = self._fault[1]
            raise type(error)(*error.args)
        try:
            held = self._received(self._ask(), seen)
        except VreDmError as error:
            now = self._clock()
            forget_frames(error)  # it is kept, and they hold forms and headers
            self._fault = now + (_LONG_PAUSE if isinstance(error, LoginRefused) else _PAUSE), error
            if seen is None or not seen.lives(now):
                raise
            held = seen.asked_later(now)
        else:
            self._fault = None
        self._held = held
        return held

    def _received(self, grant: Grant, before: _Held | None) -> _Held:
        now = self._clock()
        if grant.ends is None:
            return _Held(grant, now, float("inf"), float("inf"))
        skew = grant.now.timestamp() + 0.5 - now if grant.now else 0.0
        ends = grant.ends.timestamp() - (skew if abs(skew) > _SKEW else 0.0)
        life = ends - now
        if life <= 0:  # said to have ended: the lake decides, and the source is asked again soon
            return _Held(grant, now, ends, now + _PAUSE)
        held = _Held(grant, now, ends, now + renewal(life, self._chance()))
        if before is not None and before.token == grant.token:
            return replace(held, came=before.came).asked_later(now)
        return held

    def __str__(self) -> str:
        return self._what
