"""The faults of an XRootD server in its own protocol: what it says, and what a user must get."""

from dataclasses import dataclass

from tests.faults.frames import OPEN, READ, Change, elsewhere, error, shortened, sized, wait
from tests.faults.storages import BODY


@dataclass(frozen=True)
class Lie:
    """A wrong answer to a kind of request, what the user reads when it lasts, and the fault's number."""

    number: int
    name: str
    kind: int
    change: Change
    cause: str
    final: bool = False


LIES = (
    Lie(2, "an end that comes too early", READ, shortened, "sent .* of .* bytes"),
    Lie(3, "an error in the middle", READ, error(3007, "input/output error"), r"input/output error"),
    Lie(4, "bytes of another place", READ, elsewhere, "checksum"),
    Lie(5, "overloaded", OPEN, error(3024, "too many clients"), "too many clients"),
    Lie(5, "a wait without end", OPEN, wait(3600), "the XRootD server"),
    Lie(17, "no right", OPEN, error(3010, "permission denied"), "permission denied", final=True),
    Lie(18, "no such file", OPEN, error(3011, "no such file"), "no such file", final=True),
    Lie(36, "a size that is too small", OPEN, sized(len(BODY) - 1), "2999999 bytes are offered", final=True),
    Lie(36, "a size beyond all", OPEN, sized(1 << 62), "bytes are offered", final=True),
    Lie(36, "a size below nothing", OPEN, sized(-1), "the XRootD server|bytes are offered", final=True),
)


def named(lie: Lie) -> str:
    return f"{lie.number} {lie.name}"
