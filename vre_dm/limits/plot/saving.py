"""What the name of a file says about the plot to be saved in it."""

from __future__ import annotations

from pathlib import Path

from vre_dm.errors import NotWritable

FORMS = ("html", "png", "pdf", "svg")


def target_of(path: object) -> tuple[Path, str]:
    """Where to write, and what the ending of the name asks for, as a word of `FORMS`.

    Raises
    ------
    NotWritable
        No path, or another ending.
    """
    if not isinstance(path, str | Path):
        msg = f"cannot write to {repr(path)[:60]}; give the name of a file, such as limits.html"
        raise NotWritable(msg)
    target = Path(path)
    form = target.suffix.lower().removeprefix(".")
    if form not in FORMS:
        msg = f"cannot write {target.name[:60]!r}: end it in .html, .png, .pdf or .svg"
        raise NotWritable(msg)
    return target, form
