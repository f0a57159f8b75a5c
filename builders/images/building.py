"""Images built, each in a folder that holds what its Containerfile copies and nothing else."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from builders.images.catalogue import BASE, ROOT, Image
from builders.images.debian import Debian
from builders.images.engine import Engine
from builders.images.errors import ImagesError
from builders.images.source import OCI, PROFILE, Source, unwanted
from vre_dm.kernels.checks import check_profile

LOCAL = "localhost"
"""What the names of images begin with that were built here."""
MADE = ROOT / "dist" / "images"
"""Folder of logs, of bills of material, and of what was measured."""
_OWN = {"bootstrap.txt": "locks", "lake.txt": "locks", "start.sh": "images", "health.py": "images"}


@dataclass(frozen=True)
class Built:
    """What was measured of a build.

    Attributes
    ----------
    seconds
        That it took; less where layers were there.
    size
        In bytes, unpacked.
    """

    seconds: float
    size: int


def build(
    image: Image, engine: Engine, source: Source, below: Debian, wheel: Path, say: Callable[[str], None]
) -> Built:
    """Build an image; that of base has to be there for all others, of the same state and Debian.

    Raises
    ------
    InvalidProfile
        The card of the profile claims what its lock does not hold.
    ImagesError
        The build fails, or base is of another state.
    """
    check_profile(image.profile)
    if image.name != BASE:
        require_base(below, source, engine.labels(base_reference(source)))
    reference = image.reference(LOCAL, source.version)
    say(f"building {reference}")
    MADE.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    with TemporaryDirectory() as folder, (MADE / f"{image.name}.log").open("w") as log:
        context = Path(folder, "context")
        recipe = fill(context, image, wheel)
        said = arguments(image, source, below), labels(image, source, below)
        engine.build(str(context), str(recipe), reference, *said, log)
    inspected = engine.inspect(reference) or {}
    built = Built(round(time.monotonic() - start, 1), int(inspected.get("Size", 0)))
    (MADE / f"{image.name}.json").write_text(json.dumps(asdict(built)) + "\n")
    say(f"{reference}: {built.size / 1e9:.2f} GB in {built.seconds:.0f} s")
    return built


def require_base(below: Debian, source: Source, labels: dict[str, str]) -> None:
    """Refuse to build on an image of base that is of another state of the project, or of another Debian.

    Parameters
    ----------
    labels
        Of the image of base that is here.

    Raises
    ------
    ImagesError
        It is, or is not here.
    """
    meant = {f"{OCI}.revision": source.revision, f"{OCI}.base.digest": below.digest}
    for name, value in meant.items():
        if (said := labels.get(name, "none")) != value:
            what, has, wanted = name.removeprefix(f"{OCI}."), said or "none", value or "none"
            msg = f"the image of {BASE} here has the {what} {has}, and {wanted} is meant: build it too"
            raise ImagesError(msg)


def fill(context: Path, image: Image, wheel: Path) -> Path:
    """Copy what a Containerfile copies into an empty folder; returns the Containerfile."""
    context.mkdir()
    if image.name == BASE:
        for name, folder in _OWN.items():
            copy = Path(shutil.copy(ROOT / folder / name, context / name))
            # whoever cloned the project, all users of the image can read it
            copy.chmod(0o755 if copy.stat().st_mode & 0o100 else 0o644)
        shutil.copy(image.profile.lock, context / "requirements.txt")
        shutil.copy(wheel, context)
        return ROOT / "images" / "base.Containerfile"
    shutil.copy(ROOT / "images" / "share.py", context)
    shutil.copytree(image.profile.folder, context / "profiles" / image.name, ignore=_left_out)
    return ROOT / "images" / "kernel.Containerfile"


def _left_out(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if unwanted(name)]


def base_reference(source: Source) -> str:
    """Name of the image of base that is built here."""
    return f"{LOCAL}/vre-dm-{BASE}:{source.version}"


def arguments(image: Image, source: Source, below: Debian) -> dict[str, str]:
    """Give the build arguments of an image."""
    if image.name == BASE:
        return {"DEBIAN": below.reference}
    own = {"BASE": base_reference(source), "PROFILE": image.name, "PACKAGES": " ".join(image.profile.apt)}
    return own | ({"PYTHON3": image.python3} if image.python3 else {})


def labels(image: Image, source: Source, below: Debian) -> dict[str, str]:
    """Give the labels of an image: what it is, and what it is made of."""
    said = {
        "title": f"vre-dm: {image.profile.card.title}",
        "description": image.profile.card.about,
        "version": source.version,
        "revision": source.revision,
        "created": source.created,
        "source": source.address,
        "base.name": below.name,
        "base.digest": below.digest,
    }
    return {f"{OCI}.{name}": value for name, value in said.items()} | {PROFILE: image.name}
