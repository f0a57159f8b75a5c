"""Images given to a registry: only what stands on a published Debian, and on a commit."""

from __future__ import annotations

import json
from collections.abc import Callable

from builders.images.building import LOCAL, MADE
from builders.images.catalogue import Image
from builders.images.debian import STAND_IN
from builders.images.engine import Engine
from builders.images.errors import ImagesError
from builders.images.policy import OCI
from builders.images.source import DIRTY, Source


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
        One is not here, or must not be published, or the registry refuses it.
    """
    for image in images:
        reference = image.reference(LOCAL, source.version)
        if engine.inspect(reference) is None:
            msg = f"{reference} is not here: make images"
            raise ImagesError(msg)
        require_publishable(reference, engine.labels(reference))
    published = []
    for image in images:
        target = image.reference(registry, source.version)
        digest = engine.push(image.reference(LOCAL, source.version), target)
        say(f"published {target}@{digest}")
        published.append({"name": image.name, "reference": target.rpartition(":")[0], "digest": digest})
    MADE.mkdir(parents=True, exist_ok=True)
    (MADE / "published.json").write_text(json.dumps(published) + "\n")  # in one line, as a workflow takes it


def require_publishable(reference: str, labels: dict[str, str]) -> None:
    """Refuse an image of which nobody could tell later what it stands on.

    Raises
    ------
    ImagesError
        It stands on a stand-in, on a Debian without a digest, or on files that are in no commit.
    """
    revision = labels.get(f"{OCI}.revision", "")
    if STAND_IN in labels:
        why = "it stands on a Debian that was made on this machine, and may trust what this machine trusts"
    elif not labels.get(f"{OCI}.base.digest", "").startswith("sha256:"):
        why = "it does not say by a digest which Debian it stands on"
    elif not revision or revision.endswith(DIRTY):
        why = "it was built from files that are in no commit"
    else:
        return
    msg = f"{reference} is not published: {why}"
    raise ImagesError(msg)
