"""Names and addresses that want out of the folder they are given, made by the thousand from a seed."""

import os
import random
from collections.abc import Iterator
from pathlib import Path

_OUT = [
    "..",
    "../..",
    "../../../../tmp/x",
    "/",
    "//",
    "/etc/passwd",
    "./",
    "a/../../b",
    "~",
    "~root/x",
    "\\",
    "..\\",
]
_CODED = [
    "%2e%2e",
    "%2e%2e%2f",
    "%252e",
    "%00",
    "..%c0%af",
    "..;/",
    "․․",
    "．．",
    "‥",
    "∕",
    "／",
    "\uff0e\uff0e/",
]
_BROKEN = [
    "\x00",
    "\n",
    "\r",
    "\t",
    "\x1b[2J",
    "\u202e",
    "\ud800",
    "é",
    "e\u0301",
    "\u200b",
    " ",
    "*",
    "?",
    "|",
    "$(id)",
]
_ODD = [
    ".",
    "-",
    "--",
    "-rf",
    ".part",
    ".claim",
    "CON",
    "nul.txt",
    "x" * 120,
    "x" * 250,
    "x" * 255,
    "x" * 256,
    "é" * 127 + "x",
    "é" * 128,
    ":",
    "@",
    "#",
    "=",
]
_PLAIN = ["a", "A", "b.root", "B.ROOT", "data", "Data", "2026", "_", "run+1", "x=1", "f@g", "h#1", "/", "/"]


def hostile_names(seed: int, count: int) -> Iterator[tuple[str, str]]:
    """Pairs of scope and name; some of them pass for good ones."""
    chance = random.Random(seed)
    for _ in range(count):
        pieces = chance.choice(
            [_PLAIN, _PLAIN, _PLAIN + _ODD, _OUT + _PLAIN, _CODED + _PLAIN, _BROKEN + _OUT]
        )
        scope = "".join(chance.choices(pieces, k=chance.randint(1, 2))) if chance.random() < 0.3 else "test"
        yield scope, "".join(chance.choices(pieces, k=chance.randint(1, 6)))


def hostile_addresses(seed: int, count: int, *bases: str) -> Iterator[str]:
    """Physical file names that begin like one of the bases, or nearly so."""
    chance = random.Random(seed)
    pieces = [
        *_OUT,
        *_CODED,
        *_BROKEN,
        *_ODD,
        *_PLAIN,
        "@",
        ":",
        ":443",
        "?",
        "#",
        "[",
        "]",
        "localhost",
        "127.0.0.1",
    ]
    for _ in range(count):
        start = chance.choice(bases)
        if chance.random() < 0.3:
            at = chance.randrange(len(start))
            start = start[:at] + chance.choice(pieces) + start[at:]
        yield start + "".join(chance.choices(pieces, k=chance.randint(0, 5)))


def leaves(folder: Path, path: Path) -> bool:
    """Whether a path leads out of a folder, or is none."""
    if "\x00" in str(path):
        return True
    return not Path(os.path.normpath(path)).is_relative_to(folder)
