"""A recording of a terminal as a picture that plays by itself: SVG without scripts, and still on request."""

import json
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from builders.terminal import screens

_SHORTEST = 0.12  # seconds of a picture
_LONGEST = 1.6  # seconds without a change: nobody needs to wait as long as the machine did
_AT_THE_END = 5.0
_CELL, _LINE, _EDGE = 8.0, 18, 14
Spans = list[tuple[int, str, float, float]]
"""Row, text, and from when to when it stands there."""


def animated(cast: Path, title: str) -> str:
    """Draw a recording.

    Parameters
    ----------
    cast
        File in version 2 of asciinema's format.
    title
        What is seen, for those who do not see it.
    """
    header, *events = (json.loads(line) for line in cast.read_text().splitlines())
    output = [(moment, text) for moment, kind, text in events if kind == "o"]
    width, height = header["width"], header["height"]
    frames = paced(list(screens(output, width, height)))
    end = frames[-1][0] + _AT_THE_END
    spans = [span for row in range(height) for span in _of_row(row, frames, end)]
    rows = max(row for row, *_ in spans) + 1
    size = int(width * _CELL) + 2 * _EDGE, rows * _LINE + 2 * _EDGE
    return "\n".join(
        [*_head(size, title), *_rules(spans, end), "</style>", *_texts(spans, end), "</svg>", ""]
    )


def paced(frames: Sequence[tuple[float, tuple[str, ...]]]) -> list[tuple[float, tuple[str, ...]]]:
    """Leave out pictures that would be too short to see, and cut waits."""
    kept: list[tuple[float, tuple[str, ...]]] = []
    clock, before = 0.0, frames[0][0]
    for moment, lines in frames:
        clock, before = clock + min(moment - before, _LONGEST), moment
        if kept and clock - kept[-1][0] < _SHORTEST:
            kept[-1] = kept[-1][0], lines
        else:
            kept.append((clock, lines))
    return kept


def _of_row(
    row: int, frames: Sequence[tuple[float, tuple[str, ...]]], end: float
) -> Iterator[tuple[int, str, float, float]]:
    """Texts of one line of the screen, one after the other."""
    shown, since = "", 0.0
    for moment, lines in [*frames, (end, ())]:
        text = lines[row] if row < len(lines) else ""
        if text != shown or not lines:
            if shown:
                yield row, shown, since, moment
            shown, since = text, moment


def _head(size: tuple[int, int], title: str) -> list[str]:
    width, height = size
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" rx="6" fill="#1b1f24"/>',
        "<style>",
        "text{font:13px ui-monospace,Menlo,Consolas,monospace;fill:#e6edf3;white-space:pre}",
        "text{visibility:hidden}",
        ".end{visibility:visible}",
    ]


def _rules(spans: Spans, end: float) -> Iterator[str]:
    """When each text is seen; who wants no motion sees the last picture."""
    yield "@media (prefers-reduced-motion: no-preference){"
    for name, since, until in _times(spans):
        first, last = (f"{100 * moment / end:.2f}%" for moment in (since, until))
        off, on = "{visibility:hidden}", "{visibility:visible}"
        yield f".{name}{{animation:{name} {end:.1f}s step-end infinite}}"
        yield f"@keyframes {name}{{0%{off if since else on}{first}{on}{last}{off if until < end else on}}}"
    yield "}"


def _times(spans: Spans) -> Iterator[tuple[str, float, float]]:
    for number, (since, until) in enumerate(dict.fromkeys((since, until) for *_, since, until in spans)):
        yield f"t{number}", since, until


def _texts(spans: Spans, end: float) -> Iterator[str]:
    names = {(since, until): name for name, since, until in _times(spans)}
    for row, text, since, until in spans:
        kinds = names[since, until] + (" end" if until == end else "")
        y = _EDGE + row * _LINE + 13
        length = f'textLength="{len(text) * _CELL:.0f}" lengthAdjust="spacingAndGlyphs"'
        yield f'<text class="{kinds}" x="{_EDGE}" y="{y}" {length}>{escape(text)}</text>'
