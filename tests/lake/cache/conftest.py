"""A cache of a user, a storage of this machine, and fetches into the folder that the cache manages."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest

from tests.faults import world
from vre_dm.lake.cache import Cache
from vre_dm.lake.files import File
from vre_dm.lake.transfer.events import Event, Placed

Stored = Callable[..., File]
BODY = os.urandom(300_000)
LAKE = "https://lake.example.org"


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

        return world.fetch(files, to or self.cache.shows, progress=listen, cache=self.cache, **options)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    return Cache(folder, folder / "lakes" / "lake", LAKE)


@pytest.fixture
def fetch(cache: Cache) -> Fetched:
    return Fetched(cache)


@pytest.fixture
def stored(tmp_path: Path) -> Stored:
    """Make a file in a storage that this machine reads."""
    return partial(world.stored, tmp_path / "store")


def unused(cache: Cache) -> None:
    """Let every object be last used a week ago."""
    for notes in (cache.folder / "objects").glob("*/*.facts"):
        os.utime(notes, (1, notes.stat().st_mtime - 7 * 86400))


@pytest.fixture
def admins(tmp_path: Path) -> Fetched:
    """A cache that everybody may read."""
    folder = tmp_path / "admins"
    folder.mkdir()
    folder.chmod(0o755)
    return Fetched(Cache(folder, folder / "lakes" / "lake", LAKE))


def shared_with(cache: Cache, folder: Path) -> Cache:
    return replace(cache, folder=cache.folder / "mine", shared=folder)


def gone(file: File) -> File:
    """The same file, of which no replica is left."""
    return replace(file, replicas=())


def the_object(cache: Cache) -> Path:
    (path,) = cache.objects()
    return path


def damage(path: Path) -> None:
    path.chmod(0o600)
    with path.open("r+b") as stream:
        stream.seek(1000)
        stream.write(b"\x00\x01\x02")
