"""How patient a fetch is, and the clock, chance and waiting it uses: passed in, so tests own time."""

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vre_dm.errors import InvalidConfiguration

CHUNK = 1 << 20
"""Bytes read from a local copy at a time."""
STREAMS = "VRE_DM_STREAMS"
"""Variable with the number of streams at once."""
_MOST = 64


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits a site may tune; seconds and bytes.

    Attributes
    ----------
    threads
        Streams in all at most, and files under way.
    streams
        Streams at first, and of one host at first; then as many as pay.
    block
        Bytes that one request asks for where a file comes in several streams.
    rounds
        Times all replicas of a file are tried in turn without any new byte before the file is given up.
    connect_timeout
        Seconds for name look-up, connection and TLS.
    stall_timeout
        Seconds without a byte, or under ``minimum_rate``, after which a source is dropped.
    minimum_rate
        Bytes per second, averaged over ``stall_timeout``.
    first_wait, longest_wait
        Seconds before the second round, and at most before any. A server that asks for more is given up.
    """

    threads: int = 16
    streams: int = 4
    block: int = 32 << 20
    rounds: int = 4
    connect_timeout: float = 10.0
    stall_timeout: float = 30.0
    minimum_rate: float = 1024.0
    first_wait: float = 0.5
    longest_wait: float = 60.0

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Policy":
        """Policy of a user, whose ``VRE_DM_STREAMS`` says how many streams there may be in all.

        Raises
        ------
        InvalidConfiguration
            It is no number from 1 to 64.
        """
        said = environment.get(STREAMS, "").strip()
        if not said:
            return cls()
        if not (said.isascii() and said.isdecimal() and len(said) < 3 and 1 <= int(said) <= _MOST):
            msg = f"{STREAMS}: {said[:20]!a} is no number of streams; write one from 1 to {_MOST}"
            raise InvalidConfiguration(msg)
        return cls(threads=int(said), streams=min(cls().streams, int(said)))


@dataclass(frozen=True, slots=True)
class Pace:
    """Time and chance: ``clock`` in seconds, ``wait`` until stopped or over, ``chance`` in [0, 1)."""

    clock: Callable[[], float] = time.monotonic
    wait: Callable[[threading.Event, float], object] = threading.Event.wait
    chance: Callable[[], float] = random.random


def backoff(policy: Policy, round_: int, chance: float) -> float:
    """Seconds to wait after the given round (0, 1, …): doubling, with half of it left to chance."""
    whole = min(policy.first_wait * 2.0**round_, policy.longest_wait)
    return whole * (0.5 + 0.5 * chance)
