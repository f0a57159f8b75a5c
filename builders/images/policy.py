"""What an image has to be: for whom it runs, what it says of itself, how large it may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from builders.images import compiled, contents
from builders.images.catalogue import GB, Image
from builders.images.source import OCI, PROFILE, Source
from builders.images.tree import Tree

_LABELS = ("title", "description", "created", "source", "base.name")
_SECRET = re.compile(r"TOKEN|PASSW|SECRET|CREDENTIAL|API_?KEY", re.IGNORECASE)
_MACHINES = re.compile(
    r"(SSL_CERT_(FILE|DIR)|(REQUESTS|CURL)_CA_BUNDLE|GIT_SSL_.*|NODE_EXTRA_CA_CERTS|X509_.*|PIP_.*|UV_.*"
    r"|(HTTPS?|ALL|NO|FTP)_PROXY)",
    re.IGNORECASE,
)


def faults(
    image: Image,
    source: Source,
    inspected: dict[str, Any],
    held: Tree,
    debian: Tree,
    inherited: Sequence[str] = (),
) -> list[str]:
    """Say in a line each what is not as it has to be.

    Parameters
    ----------
    inspected
        What the engine knows of the image.
    held
        All that is in it.
    debian
        All that is in the Debian below, which has faults of its own, if any.
    inherited
        Variables of that Debian, as ``NAME=VALUE``.
    """
    return [
        *_of_size(image, int(inspected.get("Size", 0))),
        *_of_settings(inspected, inherited),
        *_of_places(inspected, held),
        *_of_labels(image, source, dict(inspected.get("Config", {}).get("Labels") or {})),
        *contents.faults(held, debian),
        *compiled.faults(held),
    ]


def _of_size(image: Image, size: int) -> Iterator[str]:
    if not 0 < size <= image.budget:
        yield f"takes {size / GB:.2f} GB, and {image.budget / GB:.2f} are allowed"


def _of_settings(inspected: dict[str, Any], inherited: Sequence[str]) -> Iterator[str]:
    config = inspected.get("Config", {})
    user = str(config.get("User", ""))
    # a name says nothing to who has to know whether it is root
    if not re.fullmatch(r"[1-9]\d*(:\d+)?", user):
        yield f"runs as {user or 'root'!a}, not as a numeric user other than root"
    entry = config.get("Entrypoint") or []
    if not entry or entry[0] != "tini":
        yield f"begins with {entry}, not with tini, which takes in orphaned processes"
    if config.get("Cmd"):
        yield f"has the command {config['Cmd']}, and the entry point knows what to start"
    if not (config.get("Healthcheck") or inspected.get("Healthcheck") or inspected.get("HealthCheck")):
        yield "has no health check"
    for said in config.get("Env") or []:
        name, _, value = str(said).partition("=")
        if value and _SECRET.search(name):
            yield f"has a variable {name}, which may be a secret"
        elif value and said not in inherited and _MACHINES.fullmatch(name):
            yield f"has a variable {name}, a setting of the machine that built it"


def _of_places(inspected: dict[str, Any], held: Tree) -> Iterator[str]:
    """Folders of kernels that are named and not there, of which the doctor of a hub would complain."""
    said = dict(str(each).partition("=")[::2] for each in inspected.get("Config", {}).get("Env") or [])
    for folder in filter(None, said.get("JUPYTER_PATH", "").split(":")):
        place = held.real(folder.strip("/"))
        if not any(path == place or path.startswith(f"{place}/") for path in held.entries):
            yield f"names {folder} in JUPYTER_PATH, and has no such folder"


def _of_labels(image: Image, source: Source, labels: dict[str, str]) -> Iterator[str]:
    expected = {
        f"{OCI}.version": source.version,
        f"{OCI}.revision": source.revision,
        PROFILE: image.name,
    }
    for name in (f"{OCI}.{label}" for label in _LABELS):
        if not labels.get(name):
            yield f"has no label {name}"
    for name, value in expected.items():
        if labels.get(name) != value:
            yield f"has the label {name} = {labels.get(name)!a}, and {value!a} is meant"
