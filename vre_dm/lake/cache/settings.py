"""Where the cache is and how big it may grow, as the environment says (names in `CacheSettings.read`)."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vre_dm.errors import InvalidConfiguration
from vre_dm.lake.cache.store import Cache

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "p": 10**15}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgtp]?)(i?)b?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """Settings of a user's cache.

    Attributes
    ----------
    root
        Folder for the files fetched without a target (``lakes``), and for the objects.
    objects
        Folder for objects and records.
    quota
        Bytes; None for no bound.
    shared
        Another cache that is only read.
    """

    root: Path
    objects: Path
    quota: int | None = None
    shared: Path | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str], usual: Path) -> "CacheSettings":
        """Settings from the environment.

        Parameters
        ----------
        usual
            The user's cache folder, which others may list. A folder that is named instead is used as it is:
            one that others can read makes a cache that they can share.

        Raises
        ------
        InvalidConfiguration
            The quota is no size, or a folder is no absolute path, or one that goes up.
        """
        named = _folder(environment, "VRE_DM_CACHE")
        quota = environment.get("VRE_DM_CACHE_QUOTA", "").strip()
        return cls(
            named or usual,
            named or usual / "store",
            size_of(quota, "VRE_DM_CACHE_QUOTA") if quota else None,
            _folder(environment, "VRE_DM_SHARED_CACHE"),
        )

    def cache(self, lake: str = "", folder: str = "") -> Cache:
        """Cache for one lake.

        Parameters
        ----------
        lake
            Its address.
        folder
            Name of the folder of its files; without it, the cache manages those of every lake.
        """
        return Cache(self.objects, self.root / "lakes" / folder, lake, self.quota, self.shared)


def size_of(text: str, what: str) -> int:
    """Read a size such as ``200 GB`` or ``1.5TiB``, in bytes.

    Raises
    ------
    InvalidConfiguration
        It is none.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None or not math.isfinite(float(found[1])):
        msg = f"{what}: {text[:40]!a} is no size; write for example 200 GB"
        raise InvalidConfiguration(msg)
    unit = _UNITS[found[2].lower()]
    binary = 1024 ** round(math.log10(unit) / 3) if found[3] else unit
    return int(float(found[1]) * binary)


def _folder(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name, "").strip()
    if not value:
        return None
    try:
        path = Path(value).expanduser()
    except RuntimeError:  # a user whose home is not known
        path = Path(value)
    if not path.is_absolute():
        msg = f"{name}: {value[:80]!a} is no absolute path; write one that begins with / or ~"
        raise InvalidConfiguration(msg)
    if ".." in path.parts or not value.isprintable():
        msg = (
            f"{name}: {value[:80]!a} holds '..' or a character that cannot be shown; write the folder itself"
        )
        raise InvalidConfiguration(msg)
    return path
