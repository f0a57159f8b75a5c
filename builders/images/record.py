"""What the last trial of each image found, for who chooses one: `images/tried.json`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from builders.images.catalogue import GB, ROOT
from builders.images.errors import ImagesError
from builders.images.testing import Tried
from vre_dm.kernels.profile import Profile

RECORD = ROOT / "images" / "tried.json"


@dataclass(frozen=True)
class Trial:
    """A trial without a fault.

    Attributes
    ----------
    size
        Of the image, in GB of 10^9 bytes, unpacked.
    day
        When it was tried, as ``2026-01-31``.
    lock
        SHA-256 of the lock of the packages that it had.
    """

    size: float
    day: str
    lock: str


def record(tried: list[Tried], day: date, there: Path = RECORD) -> None:
    """Write down what was found; of images that were not tried now, what was found before stays.

    Raises
    ------
    ImagesError
        One of them has a fault; nothing was written.
    """
    if wrong := [each.image.name for each in tried if each.faults]:
        msg = f"{', '.join(wrong)} has faults, so nothing was recorded: mend them, and try again"
        raise ImagesError(msg)
    known = _read(there)
    for each in tried:
        size = round(each.size / GB, 2)
        known[each.image.name] = asdict(Trial(size, day.isoformat(), _lock(each.image.profile)))
    there.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def trial(profile: Profile, there: Path = RECORD) -> Trial | None:
    """Give the last trial of an image with the packages that the profile has now; none was made of others."""
    said = _read(there).get(profile.name)
    found = Trial(**said) if said else None
    return found if found and found.lock == _lock(profile) else None


def _lock(profile: Profile) -> str:
    return hashlib.sha256(profile.lock.read_bytes()).hexdigest()


def _read(there: Path) -> dict[str, dict[str, float | str]]:
    known: dict[str, dict[str, float | str]] = json.loads(there.read_text()) if there.exists() else {}
    return known
