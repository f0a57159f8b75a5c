"""The Debian that all images stand on: the published one by its digest, or a stand-in that is made here."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from builders.images.catalogue import ROOT
from builders.images.engine import Engine
from builders.images.errors import ImagesError, NoEngine
from builders.images.source import OCI

NAME = "docker.io/library/debian"
SUITE = "bookworm"
REFERENCE = f"{NAME}:{SUITE}-slim"
MADE_HERE = f"localhost/vre-dm-debian:{SUITE}-slim"
"""A stand-in has a name of its own: others who build on Debian here must not get it."""
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
        That a registry knows; empty where none was asked.
    name
        What it is called.
    """

    reference: str
    digest: str
    name: str = REFERENCE


def debian(engine: Engine, say: Callable[[str], None], *, stand_in: bool = False, digest: str = "") -> Debian:
    """Pull it and pin it; where no registry can be reached, take what is here, or make a stand-in.

    Parameters
    ----------
    say
        Told in a line which of them it is.
    stand_in
        Do not ask a registry.
    digest
        Of the one that is meant, as an image built before names it; else the newest.

    Raises
    ------
    ImagesError
        It can neither be pulled nor made.
    """
    if digest:
        return _exactly(digest, engine, say)
    if not stand_in and engine.pull(REFERENCE):
        digest = pinned(engine.inspect(REFERENCE) or {})
        say(f"{REFERENCE} is {digest}")
        return Debian(f"{NAME}@{digest}", digest)
    here = engine.inspect(REFERENCE)
    if not stand_in and here is not None and STAND_IN not in engine.labels(REFERENCE):
        # an engine gives a digest to whatever has the name, also to what no registry knows
        say(f"{REFERENCE} cannot be pulled: the one that is here is taken, on which nothing can be published")
        return Debian(REFERENCE, "")
    if STAND_IN not in engine.labels(MADE_HERE):
        say(f"{REFERENCE} is not asked for or cannot be pulled: making {MADE_HERE}")
        _make(engine)
    say(f"{MADE_HERE} stands in for Debian; nothing on it can be published")
    return Debian(MADE_HERE, "", MADE_HERE)


def stood_on(labels: Mapping[str, str]) -> str:
    """Name of the Debian below an image that was built here, by its labels."""
    digest = labels.get(f"{OCI}.base.digest")
    return f"{NAME}@{digest}" if digest else labels.get(f"{OCI}.base.name") or REFERENCE


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


def _exactly(digest: str, engine: Engine, say: Callable[[str], None]) -> Debian:
    reference = f"{NAME}@{digest}"
    if not engine.pull(reference):
        msg = f"{reference} cannot be pulled; leave --debian out for the newest, or give one that is there"
        raise ImagesError(msg)
    say(f"{REFERENCE} as {digest}")
    return Debian(reference, digest)


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
        engine.import_(str(archive), MADE_HERE, changes)
