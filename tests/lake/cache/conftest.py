"""A cache of a user, a storage of this machine, and fetches into the folder that the cache manages."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.world import HASTY, OpenAccess, Waits, registered
from vre_dm.lake.cache import Cache
from vre_dm.lake.files import File
from vre_dm.lake.transfer import fetch_files
from vre_dm.lake.transfer.events import Event, Placed


@dataclass
class Fetched:
    """Fetches with one cache, and what the events said of where each file came from."""

    cache: Cache
    sources: list[str] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)

    def __call__(self, *files: File, to: Path | None = None, **options: object) -> list[Path]:
        self.sources.clear()
        self.told.clear()

        def listen(event: Event) -> None:
            self.told.append(event)
            if isinstance(event, Placed):
                self.sources.append(event.source.partition(" ")[0])

        options = {"access": OpenAccess(), "policy": HASTY, "pace": Waits().pace(), **options}
        return fetch_files(files, to or self.cache.shows, progress=listen, cache=self.cache, **options)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    return Cache(folder, folder / "lakes" / "lake", "https://lake.example.org")


@pytest.fixture
def fetch(cache: Cache) -> Fetched:
    return Fetched(cache)


@pytest.fixture
def stored(tmp_path: Path) -> Callable[..., File]:
    """A file in a storage that this machine reads, registered truly but for the changes."""

    def store(name: str, body: bytes, **changes: object) -> File:
        path = tmp_path / "store" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
        return registered(body, f"file://localhost{path}", name=name, **changes)

    return store


def unused(cache: Cache) -> None:
    """Let every object be last used a week ago."""
    for notes in (cache.folder / "objects").glob("*/*.facts"):
        os.utime(notes, (1, notes.stat().st_mtime - 7 * 86400))
