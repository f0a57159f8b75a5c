"""Questions in a terminal about a new or a foreign curve; each answer is checked before the next question."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from vre_dm.errors import InvalidCurve
from vre_dm.lake.tables import clean

if TYPE_CHECKING:
    from vre_dm.limits.interchange.answers import Answers
    from vre_dm.limits.interchange.draft import Draft

T = TypeVar("T")
NUMBERS: dict[str, type[int] | type[float]] = {"year": int, "cl": float}
"""Answers that are numbers."""
HINTS = {
    "x_unit": "of the masses, such as GeV",
    "y_unit": "of the limits, such as cm2",
    "reference": "arXiv number or DOI",
}
NOTHING = {"", "unknown"}
"""Answers that leave a fact open."""


class Interview:
    """What one person answers in one run of a command.

    Attributes
    ----------
    said
        All answers so far; what was said of one curve is proposed for the next one of the file.
    """

    def __init__(self, said: "Answers") -> None:
        self.said = said

    def about_file(self, draft: "Draft", said: "Answers") -> "Answers":
        """Ask what a draft leaves open: as many of the three questions, what was read as default."""
        from vre_dm.limits.interchange.questions import fitting, left_open, limited

        click.echo(f"{clean(draft.where)} does not say all; Ctrl-C leaves, nothing is written.", err=True)
        hints = {**HINTS, "quantity": ", ".join(fitting(draft, said))}
        for question in left_open(draft, said):
            click.echo(question.text, err=True)
            for name in question.answers:
                said = self._about(draft, said, name, hints.get(name, ""))
        known = limited(draft, said)
        if known and known.channels and "channel" not in draft.facts:
            said = self._about(draft, said, "channel", ", ".join(known.channels))
        self.said = said
        return said

    def _about(self, draft: "Draft", said: "Answers", name: str, hint: str) -> "Answers":
        from vre_dm.limits.interchange.questions import left_open, read_of, with_answer

        if name in said.given:
            return said
        read = read_of(draft, name)

        def take(answer: str) -> "Answers":
            if answer not in NOTHING:
                more = with_answer(draft, said, name, answer)
                return said if answer == read else more
            if any(name in question.answers for question in left_open(draft, said)) and name != "reference":
                msg = f"{name} is needed"
                raise InvalidCurve(msg)
            return said

        return asked(name, hint, take, clean(read or self.said.given.get(name, "")))

    def about_curve(self, numbers: Path | None) -> Path | None:
        """Ask for what a new curve needs and its readers will want to know; gives the file of numbers."""
        from vre_dm.limits.quantities import QUANTITIES, quantity

        if not self.said.quantity:
            click.echo(f"quantities: {', '.join(QUANTITIES)}", err=True)
            self._fact("quantity", "")
        if numbers is None:
            numbers = asked("file of numbers", "none, to fill in a table", _file)
        if channels := quantity(str(self.said.quantity)).channels:
            self._fact("channel", ", ".join(channels))
        self._fact("experiment", "who")
        self._fact("year", "of publication")
        self._fact("reference", HINTS["reference"])
        self._fact("cl", "confidence level, such as 0.9")
        return numbers

    def _fact(self, name: str, hint: str) -> None:
        from vre_dm.limits.interchange.answers import answers

        def take(answer: str) -> "Answers":
            if answer not in NOTHING:
                return answers({**self.said.given, name: typed(name, answer)})
            if name in {"quantity", "experiment"}:
                msg = f"{name} is needed"
                raise InvalidCurve(msg)
            return self.said

        if name not in self.said.given:
            self.said = asked(name, hint, take)


def asked(name: str, hint: str, take: Callable[[str], T], default: str = "") -> T:
    """Ask until the answer will do; a pipe is asked once.

    Raises
    ------
    InvalidCurve
        What comes through a pipe ends, or is no answer.
    KeyboardInterrupt
        The person leaves.
    """

    def taken(answer: str) -> T:
        try:
            return take(answer.strip())
        except InvalidCurve as error:
            if sys.stdin.isatty():
                raise click.UsageError(clean(error, None)) from None
            raise

    text = f"{name} ({hint})" if hint else name
    try:
        answer: T = click.prompt(
            text, default=default, show_default=bool(default), value_proc=taken, err=True
        )
    except click.Abort:
        click.echo(err=True)  # the question's line is still open
        if sys.stdin.isatty():
            msg = "left, nothing was written"
            raise KeyboardInterrupt(msg) from None
        msg = f"nobody answers what the {name} is; give --quantity and --experiment, see vre-dm curves new -h"
        raise InvalidCurve(msg) from None
    return answer


def typed(name: str, answer: str) -> object:
    """The answer as the number it has to be, or as text."""
    try:
        return NUMBERS.get(name, str)(answer)
    except ValueError:
        msg = f"{name} {answer[:40]!r} is not a number"
        raise InvalidCurve(msg) from None


def _file(answer: str) -> Path | None:
    path = Path(answer).expanduser() if answer else None
    if path is None or path.is_file():
        return path
    msg = f"{answer[:80]} is no file"
    raise InvalidCurve(msg)
