"""A plain terminal: what stands on its screen after a program's output, for recordings of our commands."""

import re
from collections.abc import Iterator, Sequence

_PIECES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b.|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+")


class Screen:
    """Lines of text, and a cursor among them; knows no colours and never scrolls back.

    Parameters
    ----------
    width, height
        Characters and lines.
    """

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._lines, self._row, self._column = [""], 0, 0

    @property
    def lines(self) -> tuple[str, ...]:
        """What is visible, the topmost line first."""
        return tuple(line.rstrip() for line in self._lines[-self._height :])

    def feed(self, output: str) -> None:
        """Let a program write."""
        for piece in _PIECES.findall(output):
            if piece == "\r":
                self._column = 0
            elif piece == "\n":
                self._next_line()
            elif piece == "\b":
                self._column = max(self._column - 1, 0)
            elif piece in {"\x1b[K", "\x1b[0K"}:
                self._lines[self._row] = self._lines[self._row][: self._column]
            elif piece.isprintable():
                self._write(piece)

    def _next_line(self) -> None:
        self._row += 1
        if self._row == len(self._lines):
            self._lines.append("")

    def _write(self, text: str) -> None:
        for at in range(0, len(text), self._width):
            self._write_in_line(text[at : at + self._width])

    def _write_in_line(self, text: str) -> None:
        room = self._width - self._column
        here, rest = text[:room], text[room:]
        line = self._lines[self._row].ljust(self._column)
        self._lines[self._row] = line[: self._column] + here + line[self._column + len(here) :]
        self._column += len(here)
        if rest:
            self._next_line()
            self._column = 0
            self._write_in_line(rest)


def screens(
    output: Sequence[tuple[float, str]], width: int, height: int
) -> Iterator[tuple[float, tuple[str, ...]]]:
    """Times and what is visible then, where it changes."""
    before: tuple[str, ...] = ("",)
    screen = Screen(width, height)
    for moment, text in output:
        screen.feed(text)
        if screen.lines != before:
            before = screen.lines
            yield moment, before
