"""Watches the whole session: no secret of the embedded lake comes out in a log, an error or on disk.

A pytest plugin. What tests write on purpose (token files, `rucio.cfg`) is not searched; what they log, raise,
start, render and save is.
"""

import json
import logging
import os
import subprocess
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.security.leaks import Leak, Search, looks_like_a_token
from vre_dm.errors import VreDmError
from vre_dm.lake.tokens import Secret
from vre_dm.lake.tokens.redaction import Redaction
from vre_dm.sandbox.layout import Layout

_RENDERED = (".ipynb", ".html", ".svg", ".log", ".jsonl", ".sqlite", ".db", "job.json", ".claim")


class Watch:
    """What the session logged and raised, and every secret it held."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.told: dict[str, str] = {}

    def learn(self, text: str) -> None:
        if looks_like_a_token(text):
            self.secrets[f"token {len(self.secrets)}"] = text

    def tell(self, kind: str, text: str) -> None:
        self.told[text] = kind

    def learn_lake(self, root: Path) -> None:
        """Passwords of a lake's accounts and clients, and its database's."""
        known = json.loads(Layout(root).secrets.read_text())
        for kind in ("accounts", "clients"):
            self.secrets |= {f"{kind} {name}": text for name, text in known[kind].items()}

    def search(self, *folders: Path) -> list[Leak]:
        search = Search(self.secrets)
        told = self.told if search.text("\n".join(self.told), "all") else {}
        # Of a copy: other threads tell more meanwhile.
        found = [leak for text, kind in [*told.items()] for leak in search.text(text, kind)]
        for folder in folders:
            found += search.files(folder, *_RENDERED)
        return [*found, *search.command_lines()]


class _Records(logging.Handler):
    """Keeps each record's text as a handler of the user's would write it."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(logging.NOTSET)
        self._watch = watch
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self._watch.tell(f"log of {record.name}", self.format(record))


@pytest.fixture(scope="session", autouse=True)
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """Look over the shoulder of everything that runs, and search it when the session ends."""
    seen = Watch()
    records = _Records(seen)
    with pytest.MonkeyPatch.context() as patch:
        _overhear(seen, patch)
        logging.getLogger().addHandler(records)
        try:
            yield seen
        finally:
            logging.getLogger().removeHandler(records)
    leaks = seen.search(tmp_path_factory.getbasetemp())
    assert leaks == [], "secrets came out; each line says which and where"


def _overhear(seen: Watch, patch: pytest.MonkeyPatch) -> None:
    """Learn every secret that is made, and hear every error and every command line."""
    make, raised, start = Secret.__init__, VreDmError.__init__, subprocess.Popen.__init__

    def made(self: Secret, text: str) -> None:
        seen.learn(text)
        make(self, text)

    def error(self: VreDmError, *words: object, **more: object) -> None:
        seen.tell(type(self).__name__, " ".join(map(str, words)))
        raised(self, *words, **more)  # type: ignore[arg-type]

    def started(self: Any, args: Any, *more: Any, **options: Any) -> None:
        seen.tell("a command line", args if isinstance(args, str) else " ".join(map(os.fsdecode, args)))
        start(self, args, *more, **options)

    patch.setattr(Secret, "__init__", made)
    patch.setattr(VreDmError, "__init__", error)
    patch.setattr(subprocess.Popen, "__init__", started)


@pytest.fixture(autouse=True)
def log_is_not_redacted() -> Iterator[None]:
    """Take away what `connect` installs: a leak must not hide from the search behind it."""
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(logging.LogRecord)
    for handler in logging.getLogger().handlers:
        for one in [one for one in handler.filters if isinstance(one, Redaction)]:
            handler.removeFilter(one)
    yield
    logging.setLogRecordFactory(before)


def told_by(error: BaseException) -> str:
    """An error as the most talkative of tracebacks shows it: with the variables of every frame."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "".join(told.format())
