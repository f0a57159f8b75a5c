"""Names of temporary files: whose they are, which content they wait for, and which of them are left over."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from vre_dm.lake.transfer.owner import Owner
from vre_dm.lake.transfer.verify import Expected

_NAME = re.compile(
    r"\.(?P<stem>.+)\.(?P<tag>[0-9a-f]{8})"
    r"-(?P<machine>[0-9a-f]{8})-(?P<pid>\d+)-(?P<start>\d+)-[0-9a-f]{8}\.part",
    re.DOTALL,
)
_LONGEST_STEM = 160  # names of DIDs are ASCII; leaves room for the rest within the 255 of most file systems


def part_path(target: Path, expected: Expected, owner: Owner) -> Path:
    """Return a fresh temporary name beside the target."""
    return target.with_name(f".{_stem(target.name)}.{expected.tag}-{owner}-{secrets.token_hex(4)}.part")


def _stem(name: str) -> str:
    """Name of the target, cut and told apart by a digest where a file system would refuse the whole."""
    if len(name) <= _LONGEST_STEM:
        return name
    return name[:_LONGEST_STEM] + hashlib.sha256(name.encode()).hexdigest()[:12]


def leftovers(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Temporary files in a folder whose writers are gone: path, and stem and content tag from the name."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name.endswith(".part") and (found := _NAME.fullmatch(entry.name)):
            owner = Owner(found["machine"], int(found["pid"]), int(found["start"]))
            try:
                gone = owner.gone(entry.stat(follow_symlinks=False).st_mtime)
            except OSError:
                continue  # finished while we looked
            if gone:
                yield Path(entry.path), found["stem"], found["tag"]


def waiting_for(target: Path, expected: Expected, among: Sequence[tuple[Path, str, str]]) -> list[Path]:
    """Those of the leftovers that a fetch of this target can continue."""
    return [path for path, stem, tag in among if (stem, tag) == (_stem(target.name), expected.tag)]
