"""File systems of a few lines, mounted in a namespace of one's own; run with one story and its words."""

import ctypes
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tests.faults.world import CALM, OpenAccess, Waits, finals, partials, registered
from vre_dm.errors import VreDmError
from vre_dm.lake.files import File
from vre_dm.lake.transfer import Event, fetch_files
from vre_dm.lake.transfer.events import Planned, Started

_READ_ONLY, _REMOUNT, _DETACH = 1, 32, 2
_libc = ctypes.CDLL(None, use_errno=True)


def mount(kind: str, folder: Path, options: str, flags: int = 0) -> None:
    if _libc.mount(kind.encode(), bytes(folder), kind.encode(), flags, options.encode()):
        raise OSError(ctypes.get_errno(), f"mount {kind}")


def small(folder: Path, options: str) -> None:
    """A disk in memory, of a size in bytes or a number of files."""
    folder.mkdir()
    mount("tmpfs", folder, options)


def stale(folder: Path) -> None:
    """A FUSE mount whose program has died: each look at it is ENOTCONN."""
    folder.mkdir()
    program = os.open("/dev/fuse", os.O_RDWR)
    mount("fuse", folder, f"fd={program},rootmode=40000,user_id=0,group_id=0")
    os.close(program)


def fetch(file: File, folder: Path, on: Callable[[Event], None] = lambda _: None) -> dict[str, object]:
    """What the user reads ('' if all is well), and what is on the disk."""
    said = ""
    try:
        fetch_files([file], folder, access=OpenAccess(), policy=CALM, pace=Waits().pace(), progress=on)
    except VreDmError as error:
        said = f"{type(error).__name__}: {error}"
    try:
        names = [str(path.relative_to(folder)) for path in [*finals(folder), *partials(folder)]]
    except OSError:
        names = []
    return {"said": said, "names": names}


def fills_up(file: File, disk: Path) -> list[dict[str, object]]:
    small(disk, f"size={2 * (file.size or 0)}")
    filler = disk / "filler"

    def fill(event: Event) -> None:
        if isinstance(event, Started):
            filler.write_bytes(b"x" * (file.size or 0) + b"x" * 500_000)
            disk.with_name("done").touch()

    first = fetch(file, disk / "data", fill)
    filler.unlink()
    return [first, fetch(file, disk / "data")]


def out_of_inodes(file: File, disk: Path) -> list[dict[str, object]]:
    small(disk, "size=64m,nr_inodes=8")
    files = [disk / f"{number}" for number in range(6)]

    def fill(event: Event) -> None:
        if isinstance(event, Planned):
            for path in files:
                path.touch()

    first = fetch(file, disk / "data", fill)
    for path in files:
        path.unlink(missing_ok=True)
    return [first, fetch(file, disk / "data")]


def becomes_read_only(file: File, disk: Path) -> list[dict[str, object]]:
    small(disk, "size=64m")

    def freeze(event: Event) -> None:
        if isinstance(event, Planned):
            mount("tmpfs", disk, "", _REMOUNT | _READ_ONLY)

    first = fetch(file, disk / "data", freeze)
    mount("tmpfs", disk, "", _REMOUNT)
    return [first, fetch(file, disk / "data")]


def vanishes(file: File, disk: Path) -> list[dict[str, object]]:
    small(disk, "size=64m")

    def pull(event: Event) -> None:
        if isinstance(event, Started):
            _libc.umount2(bytes(disk), _DETACH)
            disk.with_name("done").touch()

    return [fetch(file, disk / "data", pull), fetch(file, disk / "data")]


def stale_target(file: File, disk: Path) -> list[dict[str, object]]:
    stale(disk)
    return [fetch(file, disk), fetch(file, disk / "data")]


def stale_source(file: File, disk: Path) -> list[dict[str, object]]:
    stale(disk)
    return [fetch(file, disk.with_name("data")) for _ in range(2)]


def locked(file: File, disk: Path) -> list[dict[str, object]]:
    """As another user's folder: run where nobody is root."""
    disk.mkdir(mode=0)
    return [fetch(file, disk), fetch(file, disk / "data" / "deeper")]


STORIES = [fills_up, out_of_inodes, becomes_read_only, vanishes, stale_target, stale_source, locked]

if __name__ == "__main__":
    name, truth, *pfns = sys.argv[1:]
    where = Path(truth).with_name("disk")
    told = next(story for story in STORIES if story.__name__ == name)
    print(json.dumps(told(registered(Path(truth).read_bytes(), *pfns), where)))
