"""One thing that was looked at when something is wrong, how good it is, and the next step."""

from dataclasses import dataclass
from enum import StrEnum

from vre_dm.errors import VreDmError
from vre_dm.lake.tables import clean


class State(StrEnum):
    """How good a finding is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    what, state, text
        Its name, how good it is, and what was found.
    step
        What to do about it; empty when nothing is to be done.
    """

    what: str
    state: State
    text: str
    step: str = ""

    def __post_init__(self) -> None:
        for name in ("text", "step"):  # servers write into them, and a terminal obeys control characters
            object.__setattr__(self, name, clean(getattr(self, name), None))


def failed(what: str, error: VreDmError, state: State = State.FAIL) -> Finding:
    """Finding of an error: what happened, and its next step."""
    text, _, step = str(error).rpartition("; ")
    return Finding(what, state, text or step, step if text else "")
