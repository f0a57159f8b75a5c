"""The words for why a file does not arrive: cause, who can act, next step, and where a text was read."""

from dataclasses import dataclass
from enum import Enum


class Who(Enum):
    """Who can act; ``{rse}`` is where the file should go."""

    YOU = "you"
    SOURCE = "the admins of the storage that holds the file"
    DESTINATION = "the admins of {rse}"
    LAKE = "the admins of the lake"
    NOBODY = "nobody has to"


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause in plain words.

    Attributes
    ----------
    why
        What went wrong.
    who
        Who can act.
    step
        What to do next.
    """

    why: str
    who: Who
    step: str


@dataclass(frozen=True, slots=True)
class Known:
    """An error text that somebody else's program writes.

    Attributes
    ----------
    pattern
        Regular expression for a part of it; capitals do not matter.
    cause
        What it means.
    source
        Where the text was read: program, version or commit, and file; or an issue.
    """

    pattern: str
    cause: Cause
    source: str


RETRIES = "the lake tries again every 2 to 8 h, or now after a boost"
