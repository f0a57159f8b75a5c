"""What fetches and the cache meet on mounts that fail in the middle; run with one story."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner

from tests.faults.fuse import Reads, file_system, place
from tests.faults.mounts import mount
from tests.faults.world import OpenAccess, finals, registered
from vre_dm.cli.cache import cache as command
from vre_dm.errors import JobCancelled, TransferFailed, VreDmError
from vre_dm.lake.cache import Cache
from vre_dm.lake.files import File
from vre_dm.lake.opening import open_file
from vre_dm.lake.transfer import Event, Policy, fetch_files
from vre_dm.lake.transfer.events import Planned, SourceChanged, Started, Verified

CALM = Policy(rounds=1)
BRISK = replace(CALM, stall_timeout=1.0)
"""For mounts that are silent on purpose."""
Told = dict[str, object]


@contextmanager
def mounted(folder: Path, body: bytes, reads: Reads = lambda _: 0) -> Iterator[int]:
    """Have a file system of one file somewhere; gives the process that answers."""
    folder.mkdir()
    child, device = file_system(body, reads)
    try:
        mount("fuse", folder, f"fd={device},rootmode=40000,user_id=0,group_id=0")
        os.close(device)
        yield child
    finally:
        os.kill(child, signal.SIGKILL)  # ends what still waits for it


def fetch(
    files: list[File], folder: Path, on: Callable[[Event], None] = lambda _: None, **options: object
) -> Told:
    """What came of a fetch, and what was said on the way."""
    told: list[Event] = []

    def hear(event: Event) -> None:
        told.append(event)
        on(event)

    said, paths = "", list[Path]()
    options = {"access": OpenAccess(), "policy": CALM, "progress": hear} | options
    try:
        paths = fetch_files(files, folder, **options)
    except (VreDmError, JobCancelled) as error:
        said = f"{type(error).__name__}: {error}"
    return {
        "said": said,
        "paths": list(map(str, paths)),
        "finals": len(finals(folder)),
        "causes": [event.cause for event in told if isinstance(event, SourceChanged)],
        "verified": len([event for event in told if isinstance(event, Verified)]),
        "forecast": [event.seconds for event in told if isinstance(event, Planned)],
    }


def copies(body: bytes, disk: Path, count: int = 1) -> list[File]:
    """Files of these bytes, each on the mount first and then on a disk."""
    disk.with_name("second").write_bytes(body)
    paths = (place(disk), disk.with_name("second"))
    return [
        registered(body, *(f"file://localhost{path}" for path in paths), name=f"f{at}") for at in range(count)
    ]


def falls_silent(body: bytes, disk: Path) -> Told:
    with mounted(disk, body, lambda start: -1 if start > len(body) // 2 else 0):
        return fetch(copies(body, disk, 20), disk.with_name("data"), policy=BRISK)


def fails(body: bytes, disk: Path) -> Told:
    with mounted(disk, body, lambda start: 5 if start > len(body) // 2 else 0):
        return fetch(copies(body, disk), disk.with_name("data"))


def dies_after_the_plan(body: bytes, disk: Path) -> Told:
    with mounted(disk, body) as child:

        def stop(event: Event) -> None:
            if not isinstance(event, Started):
                os.kill(child, signal.SIGSTOP)

        return fetch(copies(body, disk, 3), disk.with_name("data"), stop, copy=False, policy=BRISK)


def falls_silent_while_open(body: bytes, disk: Path) -> Told:
    with mounted(disk, body, lambda start: -1 if start > len(body) // 2 else 0):
        only = registered(body, f"file://localhost{place(disk)}")
        said = []
        for _ in range(2):
            try:
                with open_file(only, OpenAccess(), policy=BRISK) as stream:
                    begin = stream.read(100_000)
                    stream.read()
            except TransferFailed as error:
                said.append(str(error))
        return {"said": said, "begin": begin == body[:100_000]}


def interrupted(body: bytes, disk: Path) -> Told:
    """The only copy is on a mount that falls silent, and the user does not wait for the end of its time."""
    over, patient = threading.Event(), Policy(stall_timeout=3600.0, rounds=1)

    def silent(start: int) -> int:
        return -1 if start else 0

    with mounted(disk, body, silent):
        only = registered(body, f"file://localhost{place(disk)}")

        def interrupt(event: Event) -> None:
            if isinstance(event, Started):
                over.set()

        try:
            fetch_files(
                [only],
                disk.with_name("data"),
                access=OpenAccess(),
                policy=patient,
                stop=over,
                progress=interrupt,
            )
        except JobCancelled as error:
            return {"said": str(error), "threads": [thread.daemon for thread in threading.enumerate()[1:]]}
    return {"said": ""}


def is_used_in_place(body: bytes, disk: Path) -> Told:
    cache = Cache(disk.with_name("cache"), disk.with_name("cache") / "lakes")
    cache.folder.mkdir(mode=0o700)
    asked = disk.with_name("asked")

    def count(_: int) -> int:
        with asked.open("a") as stream:
            stream.write("x")
        return 0

    def reads() -> int:
        size = asked.stat().st_size if asked.exists() else 0
        asked.unlink(missing_ok=True)
        return size

    with mounted(disk, body, count):
        files, data = copies(body, disk), disk.with_name("data")
        told: Told = {}
        for name, options in {
            "unread": {"verify": False},
            "first": {},
            "second": {},
            "again": {"recheck": True},
        }.items():
            found = fetch(files, data, copy=False, cache=cache, **options)
            told[name] = {**found, "reads": reads() > 0}
        return told


def is_damaged_in_place(body: bytes, disk: Path) -> Told:
    files = copies(body, disk)
    with mounted(disk, b"!" + body[1:]):
        return fetch(files, disk.with_name("data"), copy=False)


def keeps_the_cache_from_being_read(body: bytes, disk: Path) -> Told:
    """An object on a disk with a bad sector."""
    cache = Cache(disk.with_name("cache"), disk.with_name("cache") / "lakes")
    cache.folder.mkdir(mode=0o700)
    disk.with_name("second").write_bytes(body)
    fetch([registered(body, f"file://localhost{disk.with_name('second')}")], cache.shows, cache=cache)
    (known,) = cache.objects()
    with mounted(disk, body, lambda _: 5):
        known.unlink()
        known.symlink_to(place(disk))
        done = CliRunner().invoke(command, ["verify"], env={"VRE_DM_CACHE": str(cache.folder)})
        return {"said": done.stdout, "code": done.exit_code, "kept": len(list(cache.objects()))}


STORIES = [
    falls_silent,
    fails,
    dies_after_the_plan,
    falls_silent_while_open,
    interrupted,
    is_used_in_place,
    is_damaged_in_place,
    keeps_the_cache_from_being_read,
]

if __name__ == "__main__":
    name, truth = sys.argv[1:]
    where = Path(truth).with_name("disk")
    story = next(each for each in STORIES if each.__name__ == name)
    print(json.dumps(story(Path(truth).read_bytes(), where)))
