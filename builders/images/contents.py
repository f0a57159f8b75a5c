"""What an image must not hold above its Debian: rights of others, credentials, authorities, leavings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from builders.images.origins import Packaged
from builders.images.tree import Entry, Tree

_CREDENTIALS = re.compile(
    r"(^|/)(\.netrc|\.npmrc|\.pypirc|\.git-credentials|\.docker/config\.json|auth\.json|pip\.conf|uv\.toml"
    r"|rucio\.cfg|\.(aws|azure|ssh|globus|kube|gnupg)/.+|\.config/(gcloud|rclone|gh)/.+|id_(rsa|ed25519|ecdsa)"
    r"|x509up_u\d+|user(cert|key)\.pem)$"
)
_AUTHORITY = re.compile(
    r"^usr/local/share/ca-certificates/.|^etc/grid-security/.|^etc/(ssl|pki)/(?!certs/).*\.(crt|pem|key)$"
)
_PACKAGED = re.compile(r"^usr/share/ca-certificates/.|\.(p12|pfx|jks)$")
_TRUSTED = "etc/ssl/certs/"
_BUNDLE = f"{_TRUSTED}ca-certificates.crt"
_OF_DEBIAN = "usr/share/ca-certificates/mozilla/"
_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_LEFT = re.compile(
    r"^(root|home/[^/]+)/\.cache/.|^var/lib/apt/lists/.|^var/cache/apt/archives/.*\.deb$|^build/"
    r"|^(var/)?tmp/."
)
_PROGRAMS = ("opt/", "usr/", "bin/", "sbin/", "lib/", "etc/")


def wanted(path: str) -> bool:
    """Whether the text of a file has to be known for this."""
    return path.startswith(_OF_DEBIAN) or path == _BUNDLE


def faults(held: Tree, debian: Tree) -> Iterator[str]:
    """Say in a line each what is in it and must not be.

    Parameters
    ----------
    held
        All that is in it.
    debian
        All that is in the Debian below, which has faults of its own, if any.
    """
    packaged = Packaged(held)
    for path, entry in held.entries.items():
        if entry.kind == "file" and (entry.mode & 0o6000 or entry.capable):
            yield f"/{path} runs with the rights of another user (mode {entry.mode:o})"
    for path, entry in held.above(debian):
        yield from _of_file(path, entry, packaged)
        if path.startswith(_TRUSTED):
            yield from _of_trusted(path, held, debian, packaged)
        elif entry.kind != "folder":
            yield from _of_secret(path, entry, packaged)


def _of_file(path: str, entry: Entry, packaged: Packaged) -> Iterator[str]:
    # virtualenv has wheels of pip in it
    left = _LEFT.search(path) or (path.endswith(".whl") and not packaged.brought(path))
    if left and entry.kind == "file" and entry.size:
        yield f"/{path} was left by the build"
    if entry.kind == "other":
        yield f"/{path} is a device or a pipe"
    # etc/ssl/certs and others are written by nobody but root; /tmp has the bit that keeps users apart
    if path.startswith(_PROGRAMS) and entry.kind != "link" and (entry.uid or entry.mode & 0o022):
        yield f"/{path} can be changed by others than root (owner {entry.uid}, mode {entry.mode:o})"


def _of_secret(path: str, entry: Entry, packaged: Packaged) -> Iterator[str]:
    """Of what proves who somebody is, or says whom to believe."""
    if _CREDENTIALS.search(path):
        yield f"/{path} may hold a credential, or settings of the machine that built it"
    elif _AUTHORITY.search(path):
        yield f"/{path} adds an authority or a key"
    elif (entry.key or _PACKAGED.search(path)) and not packaged.brought(path):
        yield f"/{path} is a certificate or a key, and not as a package brought it"


def _of_trusted(path: str, held: Tree, debian: Tree, packaged: Packaged) -> Iterator[str]:
    """Of the folder of trusted certificates: links to Debian's, and all of those in one file."""
    entry, real = held.entries[path], held.real(path)
    if path == _BUNDLE and entry.kind == "file":
        known = set(_BLOCK.findall(debian.texts.get(_BUNDLE, "")))
        for name, text in held.texts.items():
            if name.startswith(_OF_DEBIAN) and (packaged.brought(name) or _same(name, held, debian)):
                known |= set(_BLOCK.findall(text))
        if added := set(_BLOCK.findall(held.texts.get(path, ""))) - known:
            yield f"/{path} has {len(added)} authorities that are not Debian's"
    elif entry.kind != "folder" and not (
        entry.kind == "link" and real.startswith(_OF_DEBIAN) and real in held.entries
    ):
        yield f"/{path} is no authority of Debian's"


def _same(path: str, held: Tree, debian: Tree) -> bool:
    return held.entries[path] == debian.entries.get(path)
