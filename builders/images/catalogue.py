"""Which images there are: one of a profile each, and what it may take; `images/images.toml` says it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builders.images.errors import ImagesError
from vre_dm.errors import InvalidProfile
from vre_dm.kernels.profile import Profile, profile

ROOT = Path(__file__).parents[2]
LIST = ROOT / "images" / "images.toml"
BASE = "base"
"""The image that all others stand on."""
GB = 10**9
_KEYS = {"size": (int, float), "python3": str, "tour": bool}
_REGISTRY = re.compile(r"[a-z0-9.:-]+(/[a-z0-9._-]+)*")


@dataclass(frozen=True)
class Image:
    """One image.

    Attributes
    ----------
    profile
        What is in it.
    budget
        The most that it may take, in bytes, unpacked.
    python3
        Kernel that stands in for Python's own; empty where that is JupyterLab's.
    tour
        Whether the tour has to run in it.
    """

    profile: Profile
    budget: int
    python3: str = ""
    tour: bool = False

    @property
    def name(self) -> str:
        """Name of the profile."""
        return self.profile.name

    def reference(self, registry: str, version: str) -> str:
        """Name by which engines know it."""
        return f"{registry}/vre-dm-{self.name}:{version}"


def images(listed: Path = LIST, profiles: Path | None = None) -> list[Image]:
    """Give all of them, that of base first.

    Raises
    ------
    ImagesError
        The list cannot be read, is wrong, or names what is not there.
    """
    said = _read(listed)
    said.pop("registry", None)
    found = [_image(name, about, listed, profiles) for name, about in said.items()]
    if BASE not in said:
        msg = f"{listed} names no image {BASE}, which all others stand on"
        raise ImagesError(msg)
    return sorted(found, key=lambda image: image.name != BASE)


def registry(listed: Path = LIST) -> str:
    """Give what the names of released images begin with.

    Raises
    ------
    ImagesError
        The list cannot be read, or says none that a registry would take.
    """
    return registry_of(_read(listed).get("registry"), f"{listed} says registry =")


def registry_of(said: object, where: str) -> str:
    """Give what names of images can begin with.

    Parameters
    ----------
    where
        Who says it, for the text of a refusal.

    Raises
    ------
    ImagesError
        No registry would take it.
    """
    if not isinstance(said, str) or not _REGISTRY.fullmatch(said):
        msg = f"{where} {said!a}, and not where images are released, in small letters"
        raise ImagesError(msg)
    return said


def chosen(names: list[str]) -> list[Image]:
    """Give those that are named, all where none is.

    Raises
    ------
    ImagesError
        There is none of that name.
    """
    there = images()
    if absent := [name for name in names if name not in {image.name for image in there}]:
        msg = f"no image {absent[0]!a}; there are {', '.join(image.name for image in there)}"
        raise ImagesError(msg)
    return [image for image in there if not names or image.name in names]


def _read(listed: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(listed.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{listed} cannot be read: {error}"
        raise ImagesError(msg) from error


def _image(name: str, about: Any, listed: Path, profiles: Path | None) -> Image:
    try:
        found = profile(name, profiles)
    except InvalidProfile as error:
        msg = f"{listed} names the image {name}: {error}"
        raise ImagesError(msg) from error
    if not isinstance(about, dict) or "size" not in about:
        msg = f"{listed} does not say the size of {name}"
        raise ImagesError(msg)
    for key, value in about.items():
        if key not in _KEYS or not isinstance(value, _KEYS[key]):
            msg = f"{listed} says {key} = {value!a} of {name}, which nothing reads"
            raise ImagesError(msg)
    python3 = about.get("python3", "")
    if python3 and python3 not in {spec.name for spec in found.specs}:
        msg = f"{listed} says python3 = {python3!a} of {name}, which has no such kernel"
        raise ImagesError(msg)
    return Image(found, round(about["size"] * GB), python3, about.get("tour", False))
