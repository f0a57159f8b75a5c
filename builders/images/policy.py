"""What an image has to be: for whom it runs, what it must not hold, how large it may be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from builders.images.catalogue import GB, Image
from builders.images.source import Source
from builders.images.tree import Entry, Tree

OCI = "org.opencontainers.image"
_LABELS = ("title", "description", "version", "revision", "created", "source", "licenses", "base.name")
_SECRET = re.compile(r"TOKEN|PASSW|SECRET|CREDENTIAL|API_?KEY", re.IGNORECASE)
_CREDENTIALS = re.compile(
    r"(^|/)(\.netrc|\.npmrc|\.pypirc|\.git-credentials|\.docker/config\.json|auth\.json|pip\.conf|uv\.toml"
    r"|rucio\.cfg|id_(rsa|ed25519|ecdsa)|x509up_u\d+|user(cert|key)\.pem)$"
)
_AUTHORITY = re.compile(r"^usr/local/share/ca-certificates/.|^etc/(ssl|pki)/(?!certs/).*\.(crt|pem|key)$")
_OF_DEBIAN = "usr/share/ca-certificates/mozilla/"
_LEFT = re.compile(
    r"^(root|home/[^/]+)/\.cache/.|^var/lib/apt/lists/.|^var/cache/apt/archives/.*\.deb$|^build/|\.whl$"
)
_PROGRAMS = ("opt/", "usr/", "bin/", "sbin/", "lib/", "etc/")


def faults(image: Image, source: Source, inspected: dict[str, Any], held: Tree, debian: Tree) -> list[str]:
    """Say in a line each what is not as it has to be.

    Parameters
    ----------
    inspected
        What the engine knows of the image.
    held
        All that is in it.
    debian
        All that is in the Debian below, which has faults of its own, if any.
    """
    return [
        *_of_size(image, int(inspected.get("Size", 0))),
        *_of_settings(inspected),
        *_of_labels(image, source, dict(inspected.get("Config", {}).get("Labels") or {})),
        *_of_files(held, debian),
    ]


def _of_size(image: Image, size: int) -> Iterator[str]:
    if not 0 < size <= image.budget:
        yield f"takes {size / GB:.2f} GB, and {image.budget / GB:.2f} are allowed"


def _of_settings(inspected: dict[str, Any]) -> Iterator[str]:
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


def _of_labels(image: Image, source: Source, labels: dict[str, str]) -> Iterator[str]:
    for name in _LABELS:
        if not labels.get(f"{OCI}.{name}"):
            yield f"has no label {OCI}.{name}"
    expected = {f"{OCI}.version": source.version, "vre-dm.profile": image.name}
    for name, value in expected.items():
        if labels.get(name) != value:
            yield f"has the label {name} = {labels.get(name)!a}, and {value!a} is meant"


def _of_files(held: Tree, debian: Tree) -> Iterator[str]:
    for path, entry in held.entries.items():
        if entry.kind == "file" and entry.mode & 0o6000:
            yield f"/{path} runs with the rights of another user (mode {entry.mode:o})"
    for path, entry in held.above(debian):
        yield from _of_file(path, entry)
    links = (path for path, _ in held.above(debian) if path.startswith("etc/ssl/certs/"))
    yield from (f"/{path} is no authority of Debian's" for path in links if _foreign(path, held))


def _of_file(path: str, entry: Entry) -> Iterator[str]:
    if _CREDENTIALS.search(path):
        yield f"/{path} may hold a credential, or settings of the machine that built it"
    if _AUTHORITY.search(path) and entry.kind != "folder":
        yield f"/{path} adds an authority or a key"
    if _LEFT.search(path) and entry.kind == "file" and entry.size:
        yield f"/{path} was left by the build"
    if entry.kind == "other":
        yield f"/{path} is a device or a pipe"
    # etc/ssl/certs and others are written by nobody but root; /tmp has the bit that keeps users apart
    if path.startswith(_PROGRAMS) and entry.kind != "link" and (entry.uid or entry.mode & 0o002):
        yield f"/{path} can be changed by others than root (owner {entry.uid}, mode {entry.mode:o})"


def _foreign(path: str, held: Tree) -> bool:
    """Whether a certificate in the folder of trusted ones is not of Debian's list, nor made of it."""
    entry, name = held.entries[path], path.rpartition("/")[2]
    if entry.kind == "folder" or name == "ca-certificates.crt" or re.fullmatch(r"[0-9a-f]{8}\.\d+", name):
        return False
    return f"{_OF_DEBIAN}{name.removesuffix('.pem')}.crt" not in held.entries
