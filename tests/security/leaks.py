"""Looks for known secrets wherever one could have come out: as it is, in a URL, in base64."""

import base64
import json
import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

_LARGEST = 50_000_000
_SQLITE = b"SQLite format 3\x00"
# Tokens, and most secrets in base64, can only be where so many of these letters follow each other: that is
# little of a page or a notebook.
_RUN = re.compile(r"[A-Za-z0-9_.~+/=%-]{32,}")


@dataclass(frozen=True)
class Leak:
    """A secret that was found: its name (never its text), and where."""

    secret: str
    where: str


class Search:
    """Finds secrets in texts, files and processes.

    Parameters
    ----------
    secrets
        Name of each secret, and its text.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._long: dict[str, list[str]] = {}
        self._others: dict[str, list[str]] = {}
        for name, text in secrets.items():
            for form in _forms(text) if len(text) >= 6 else ():
                kind = self._long if _RUN.fullmatch(form) else self._others
                kind.setdefault(name, []).append(form)

    def text(self, text: str, where: str) -> list[Leak]:
        found = _those_in(text, self._others) | _those_in("\n".join(_RUN.findall(text)), self._long)
        return [Leak(name, where) for name in sorted(found)]

    def files(self, folder: Path, *suffixes: str) -> list[Leak]:
        """Files below a folder whose name ends so; all when none is given."""
        found = []
        for where, _, names in os.walk(folder):  # unlike rglob at ease with a folder that goes meanwhile
            for path in (Path(where, name) for name in names if name.endswith(suffixes or ("",))):
                if path.is_file() and not path.is_symlink():
                    found += self.file(path)
        return found

    def file(self, path: Path) -> list[Leak]:
        try:
            raw = path.read_bytes()[:_LARGEST]
        except OSError:
            return []
        found = self.text(raw.decode("latin-1"), str(path))
        if raw.startswith(_SQLITE):
            found += self.text("\n".join(_dump(path)), f"{path} (rows)")
        if path.suffix == ".ipynb":
            with suppress(ValueError):  # cut short, or never a notebook: searched as text above
                found += self.text("\n".join(_strings(json.loads(raw))), f"{path} (outputs and widgets)")
        return list(dict.fromkeys(found))

    def command_lines(self) -> list[Leak]:
        """Command lines of every process of the machine, which all its users can read."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().replace(b"\0", b" ").decode("latin-1")
            except OSError:  # it ended meanwhile
                continue
            found += self.text(words, str(path))
        return found


def _those_in(text: str, forms: Mapping[str, list[str]]) -> set[str]:
    """Names of the secrets of which a form is in a text."""
    return {name for name, looks in forms.items() if any(look in text for look in looks)}


def _forms(text: str) -> set[str]:
    """How a text looks in a URL, in JSON, and inside base64 wherever it begins there."""
    forms = {text, quote(text, safe=""), json.dumps(text)[1:-1]}
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + text.encode()).decode()
        # The first and last letters depend on what stands beside it.
        core = coded[(before * 4 + 2) // 3 :].rstrip("=")[:-1]
        if len(core) >= 8:
            forms |= {core, core.replace("+", "-").replace("/", "_")}
    return forms


def _dump(path: Path) -> Iterator[str]:
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as database:
            yield from database.iterdump()
    except sqlite3.Error:
        return


def _strings(value: object) -> Iterator[str]:
    """Texts of a JSON document with lists of lines put together, as notebooks write them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield "".join(entry for entry in value if isinstance(entry, str))
        for entry in value:
            yield from _strings(entry)
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield key
            yield from _strings(entry)


def looks_like_a_token(text: str) -> bool:
    """Whether a text is a JWT that an issuer signed, not one that a test made up."""
    return bool(re.fullmatch(r"eyJ[\w-]+\.[\w-]+\.[\w-]{300,}", text))
