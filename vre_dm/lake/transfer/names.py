"""Names of temporary files: whose they are, which content they wait for, and which of them are left over."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from vre_dm.lake.transfer.owner import Owner
from vre_dm.lake.transfer.verify import Expected

_NAME = re.compile(
    r"\.(?P<stem>.+)\.(?P<tag>[0-9a-f]{8})"
    r"-(?P<machine>[0-9a-f]{8})-(?P<pid>\d+)-(?P<start>\d+)-[0-9a-f]{8}\.part",
    re.DOTALL,
)
_CLAIM = re.compile(r"\..+\.[0-9a-f]{8}\.claim", re.DOTALL)
_LONGEST_STEM = 160  # names of DIDs are ASCII; leaves room for the rest within the 255 of most file systems


def part_path(target: Path, expected: Expected, owner: Owner) -> Path:
    """Return a fresh temporary name beside the target."""
    return target.with_name(f".{stem(target.name)}.{expected.tag}-{owner}-{secrets.token_hex(4)}.part")


def stem(name: str) -> str:
    """Name of the target, cut and told apart by a digest where a file system would refuse the whole."""
    if len(name) <= _LONGEST_STEM:
        return name
    return name[:_LONGEST_STEM] + hashlib.sha256(name.encode()).hexdigest()[:12]


def claim_path(target: Path, expected: Expected) -> Path:
    """Name of the claim on a target's content, beside it."""
    return target.with_name(f".{stem(target.name)}.{expected.tag}.claim")


def claims_in(folder: Path) -> list[Path]:
    """Claims in a folder, by their names; a hidden file of the user's that is called otherwise is none."""
    with os.scandir(folder) as entries:
        return [
            folder / entry.name
            for entry in entries
            if _CLAIM.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)
        ]


Found = tuple[Path, str, str, Owner]
"""Temporary file, stem and content tag from its name, and who writes it or did."""


def parts(folder: Path) -> Iterator[Found]:
    """Temporary files in a folder, living and dead."""
    try:
        with os.scandir(folder) as entries:
            names = [
                entry.name
                for entry in entries
                if entry.name.endswith(".part") and not entry.is_dir(follow_symlinks=False)
            ]
    except OSError:
        return
    for name in names:
        if found := _NAME.fullmatch(name):
            owner = Owner(found["machine"], int(found["pid"]), int(found["start"]))
            yield folder / name, found["stem"], found["tag"], owner


def leftovers(folder: Path) -> Iterator[Found]:
    """Temporary files in a folder whose writers are gone."""
    for found in parts(folder):
        try:
            gone = found[3].gone(found[0].lstat().st_mtime)
        except OSError:
            continue  # finished while we looked
        if gone:
            yield found


def waiting_for(target: Path, expected: Expected, among: Iterable[Found]) -> list[tuple[Path, Owner]]:
    """Those of the temporary files that hold bytes of this target, with their owners."""
    key = stem(target.name), expected.tag
    return [(found[0], found[3]) for found in among if (found[1], found[2]) == key]


class Parts:
    """Temporary files of the folders of one fetch; a folder is read once, for ten thousand files too."""

    def __init__(self) -> None:
        self._folders: dict[Path, dict[tuple[str, str], list[Found]]] = {}

    def of(self, target: Path, expected: Expected, *, anew: bool) -> list[tuple[Path, Owner]]:
        """Temporary files of a target, as the folder was when first read, or is now."""
        folder = target.parent
        if anew or folder not in self._folders:
            read: dict[tuple[str, str], list[Found]] = {}
            for found in parts(folder):
                read.setdefault((found[1], found[2]), []).append(found)
            self._folders[folder] = read
        among = self._folders[folder].get((stem(target.name), expected.tag), [])
        return [(path, owner) for path, _, _, owner in among]
