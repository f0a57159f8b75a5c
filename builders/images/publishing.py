"""Images given to a registry: only what stands on a published Debian, and on the commit that is here."""

from __future__ import annotations

import json
from collections.abc import Callable

from builders.images.building import LOCAL, MADE
from builders.images.catalogue import GB, Image
from builders.images.debian import STAND_IN
from builders.images.engine import Engine
from builders.images.errors import ImagesError
from builders.images.source import DIRTY, OCI, Source

ARCHIVE = MADE / "images.tar"
"""Images that another machine is to push, which then has to build and run nothing."""


def archive(images: list[Image], engine: Engine, source: Source, say: Callable[[str], None]) -> None:
    """Write images that were built here into `ARCHIVE`; none where one of them must not be published.

    Raises
    ------
    ImagesError
        One is not here, or must not be published, or they cannot be written.
    """
    _require_all(images, engine, source)
    MADE.mkdir(parents=True, exist_ok=True)
    engine.save([image.reference(LOCAL, source.version) for image in images], ARCHIVE)
    say(f"{ARCHIVE}: {ARCHIVE.stat().st_size / GB:.2f} GB")


def publish(
    images: list[Image], engine: Engine, source: Source, registry: str, say: Callable[[str], None]
) -> None:
    """Push images that were built here; none where one of them must not be.

    Parameters
    ----------
    registry
        What their names begin with there.

    Raises
    ------
    ImagesError
        One is not here, or must not be published, or the registry refuses it: those before it are there
        then, under their tags.
    """
    _require_all(images, engine, source)
    published = []
    for image in images:
        target = image.reference(registry, source.version)
        digest = engine.push(image.reference(LOCAL, source.version), target)
        say(f"published {target}@{digest}")
        published.append({"name": image.name, "reference": target.rpartition(":")[0], "digest": digest})
    MADE.mkdir(parents=True, exist_ok=True)
    (MADE / "published.json").write_text(json.dumps(published) + "\n")


def _require_all(images: list[Image], engine: Engine, source: Source) -> None:
    for image in images:
        reference = image.reference(LOCAL, source.version)
        if engine.inspect(reference) is None:
            msg = f"{reference} is not here: make images"
            raise ImagesError(msg)
        require_publishable(reference, engine.labels(reference), source)


def require_publishable(reference: str, labels: dict[str, str], source: Source) -> None:
    """Refuse an image of which nobody could tell later what it stands on.

    Raises
    ------
    ImagesError
        It stands on a stand-in, on a Debian without a digest, on files that are in no commit, or on another
        commit than the one that is here.
    """
    revision = labels.get(f"{OCI}.revision", "")
    if STAND_IN in labels:
        why = "it stands on a Debian that was made on this machine, and may trust what this machine trusts"
    elif not labels.get(f"{OCI}.base.digest", "").startswith("sha256:"):
        why = "it does not say by a digest which Debian it stands on"
    elif not revision or revision.endswith(DIRTY):
        why = "it was built from files that are in no commit"
    elif source.revision.endswith(DIRTY):
        why = "files that are here are in no commit; commit them, and build it again"
    elif revision != source.revision:
        why = f"it was built from {revision}, and {source.revision} is here; build it again"
    else:
        return
    msg = f"{reference} is not published: {why}"
    raise ImagesError(msg)
