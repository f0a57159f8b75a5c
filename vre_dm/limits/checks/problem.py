"""What a check finds: which check, in which curve, file, row and column, and what is wrong there."""

from dataclasses import dataclass
from typing import NamedTuple

from vre_dm.errors import InvalidCurve


class Finding(NamedTuple):
    """What one check says about one curve; rows count from 1 below the header, 0 where none is meant."""

    text: str
    row: int = 0
    column: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding with its check and its curve.

    Attributes
    ----------
    check
        Name of the check.
    curve
        Identifier, or the file's name where none could be read.
    text
        What is wrong.
    row, column
        Where in the table; 0 and empty where the whole curve is meant.
    grave
        Whether the curve must not be used; else it is only said.
    """

    check: str
    curve: str
    text: str
    row: int = 0
    column: str = ""
    grave: bool = True

    @property
    def place(self) -> str:
        """Where in the table, as text; empty where the whole curve is meant."""
        parts = [f"column {self.column}" if self.column else "", f"row {self.row}" if self.row else ""]
        return ", ".join(filter(None, parts))

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"curve {self.curve} fails the check {self.check!r}: {where}{self.text}"

    def error(self) -> InvalidCurve:
        """Exception that says the same."""
        return InvalidCurve(str(self), check=self.check, row=self.row, column=self.column)
