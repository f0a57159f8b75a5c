"""The Debian that all images stand on: the published one by its digest, or a stand-in of the same name."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from builders.images.catalogue import ROOT
from builders.images.engine import Engine
from builders.images.errors import ImagesError, NoEngine

NAME = "docker.io/library/debian"
SUITE = "bookworm"
REFERENCE = f"{NAME}:{SUITE}-slim"
STAND_IN = "vre-dm.stand-in"
"""Label of an image that stands on what was made here, and is never published."""
SCRIPT = ROOT / "images" / "stand-in.sh"
_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"


@dataclass(frozen=True)
class Debian:
    """What images are built on.

    Attributes
    ----------
    reference
        For ``FROM``: with the digest, where there is one.
    digest
        Of the published image; empty for a stand-in.
    """

    reference: str
    digest: str


def debian(engine: Engine, say: Callable[[str], None], *, stand_in: bool = False) -> Debian:
    """Pull it and pin it, or make a stand-in where no registry can be reached.

    Parameters
    ----------
    say
        Told in a line which of them it is.
    stand_in
        Do not ask a registry.

    Raises
    ------
    ImagesError
        It can neither be pulled nor made.
    """
    if not stand_in and engine.pull(REFERENCE):
        digest = pinned(engine.inspect(REFERENCE) or {})
        say(f"{REFERENCE} is {digest}")
        return Debian(f"{NAME}@{digest}", digest)
    if STAND_IN not in engine.labels(REFERENCE):
        say(f"{REFERENCE} cannot be pulled: making a stand-in, on which nothing can be published")
        _make(engine)
    else:
        say(f"{REFERENCE} is a stand-in, on which nothing can be published")
    return Debian(REFERENCE, "")


def pinned(inspected: dict[str, object]) -> str:
    """Digest by which a registry knows an image.

    Raises
    ------
    ImagesError
        The engine does not know it.
    """
    found = inspected.get("RepoDigests")
    for each in found if isinstance(found, list) else ():
        name, _, digest = str(each).partition("@")
        if name.endswith("debian") and digest.startswith("sha256:"):
            return digest
    msg = f"the engine does not say which digest {REFERENCE} has, so it cannot be pinned"
    raise ImagesError(msg)


def _make(engine: Engine) -> None:
    if which("mmdebstrap") is None:
        msg = f"{REFERENCE} cannot be pulled, and no stand-in be made: apt-get install mmdebstrap"
        raise NoEngine(msg)
    with TemporaryDirectory() as folder:
        archive = Path(folder, "debian.tar")
        done = subprocess.run([str(SCRIPT), SUITE, str(archive)], capture_output=True, text=True, check=False)
        if done.returncode:
            msg = f"{SCRIPT.name} fails: {' '.join(done.stderr.split()[-40:])}"
            raise ImagesError(msg)
        # what fetches packages in a build shall trust what this machine trusts
        changes = ['CMD ["bash"]', f"LABEL {STAND_IN}=true"]
        changes += [f"ENV {name}={_AUTHORITIES}" for name in ("SSL_CERT_FILE", "PIP_CERT")]
        engine.import_(str(archive), REFERENCE, changes)
