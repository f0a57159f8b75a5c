"""The programs that build and run images: buildah with podman, or docker, whichever really answers."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from builders.images.errors import ImagesError, NoEngine

ASKED = 60  # seconds that an engine may take to say that it is there
PULLED = 300
MODEST = ("--runtime=runc", "--cgroup-manager=cgroupfs", "--events-backend=file")
FEW = ("--ulimit=nofile=4096:4096", "--ulimit=nproc=4096:4096")
"""For podman where no systemd runs and limits cannot be raised, as inside of another container."""


@dataclass(frozen=True)
class Engine:
    """A pair of programs that share their images.

    Attributes
    ----------
    builder, runner
        Words that a command of each begins with.
    limits
        Options that each container needs here.
    """

    builder: tuple[str, ...]
    runner: tuple[str, ...]
    limits: tuple[str, ...] = field(default=())

    @property
    def podman(self) -> bool:
        """Whether podman runs what is built."""
        return self.runner[0] == "podman"

    def pull(self, reference: str) -> bool:
        """Fetch an image from its registry, whatever is here; returns whether it could be had."""
        # buildah alone takes what is here for an answer
        own = ["--policy=always"] if self.podman else []
        try:
            done = _quiet([*self.builder, "pull", "--quiet", *own, reference], PULLED)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def inspect(self, reference: str) -> dict[str, Any] | None:
        """What the engine knows of an image that is here; `None` where it is not."""
        done = _quiet([*self.runner, "image", "inspect", reference])
        return dict(json.loads(done.stdout)[0]) if done.returncode == 0 else None

    def labels(self, reference: str) -> dict[str, str]:
        """Labels of an image that is here; none where it is not."""
        found = self.inspect(reference) or {}
        return dict(found.get("Config", {}).get("Labels") or {})

    def import_(self, archive: str, reference: str, changes: Sequence[str]) -> None:
        """Make an image of a tar file with all that is in it.

        Raises
        ------
        ImagesError
            It cannot be made.
        """
        said = [word for change in changes for word in ("--change", change)]
        run([*self.runner, "import", *said, archive, reference])

    def build(
        self,
        context: str,
        containerfile: str,
        reference: str,
        arguments: dict[str, str],
        labels: dict[str, str],
        log: IO[str],
    ) -> None:
        """Build an image from what is here; nothing is pulled.

        Labels are no arguments of the recipe: buildah would take the layer with those of a build before.

        Raises
        ------
        ImagesError
            The build fails; the text has its last lines.
        """
        # HEALTHCHECK is not of OCI's format; chroot needs no rights that a container may not have
        own = ["--isolation=chroot", "--pull-never", "--layers", "--format=docker"] if self.podman else []
        said = [f"--build-arg={name}={value}" for name, value in arguments.items()]
        said += [f"--label={name}={value}" for name, value in labels.items()]
        run(
            [*self.builder, "build", *own, *said, f"--file={containerfile}", f"--tag={reference}", context],
            log=log,
        )

    def save(self, references: Sequence[str], archive: Path) -> None:
        """Write images into one tar file, each of their layers once, for whoever may read this folder.

        Raises
        ------
        ImagesError
            One is not here, or the disk is full.
        """
        archive.unlink(missing_ok=True)  # podman adds to none
        # HEALTHCHECK is not of OCI's format
        own = ["--format=docker-archive", "--multi-image-archive"] if self.podman else []
        run([*self.runner, "save", *own, f"--output={archive}", *references])
        archive.chmod(0o644)

    def push(self, reference: str, target: str) -> str:
        """Give an image its name in a registry, and put it there; returns its digest.

        Raises
        ------
        ImagesError
            The registry refuses it.
        """
        run([*self.runner, "tag", reference, target])
        if self.podman:
            # layers are packed on the way, so what is here has another digest
            with TemporaryDirectory() as folder:
                said = Path(folder, "digest")
                run([*self.runner, "push", f"--digestfile={said}", target])
                return said.read_text().strip()
        run([*self.runner, "push", target])
        digests = (self.inspect(target) or {}).get("RepoDigests") or []
        found = dict(_digest(each) for each in digests)
        try:
            return found[_whole(target.rpartition(":")[0])]
        except KeyError:
            msg = f"{target} was pushed, but docker does not say by which digest; look it up in the registry"
            raise ImagesError(msg) from None


def _digest(said: str) -> tuple[str, str]:
    name, _, digest = said.partition("@")
    return _whole(name), digest


def _whole(name: str) -> str:
    """Name of an image with the registry and folder that docker leaves out where they are its own."""
    first, slash, rest = name.partition("/")
    if not slash:
        return f"docker.io/library/{name}"
    if first == "docker.io":
        return name if "/" in rest else f"docker.io/library/{rest}"
    return name if re.search(r"[.:]|^localhost$", first) else f"docker.io/{name}"


def find() -> Engine:
    """Find the first pair of programs that answers.

    Raises
    ------
    NoEngine
        None does.
    """
    for builder, runner in (("buildah", "podman"), ("docker", "docker")):
        # a client may be there whose engine is not
        if all(_answers([program, "info"]) for program in {builder, runner}):
            return Engine((builder,), (runner,))
    msg = "no engine answers: neither buildah with podman (apt-get install buildah podman) nor docker"
    raise NoEngine(msg)


def able(engine: Engine, reference: str) -> Engine:
    """Find out how containers start on this machine; returns an engine that starts them so.

    Raises
    ------
    NoEngine
        They do not start at all; the text has what the engine says.
    """
    ways = [engine]
    if engine.podman:
        ways.append(Engine(engine.builder, (*engine.runner, *MODEST), FEW))
    said = ""
    for way in ways:
        words = [*way.runner, "run", *way.limits, "--rm", "--pull=never", "--network=none"]
        done = _quiet([*words, "--no-healthcheck", "--entrypoint=true", reference], 10 * ASKED)
        if done.returncode == 0:
            return way
        said = " ".join(done.stderr.split()[-30:])
    msg = f"no container starts here: {said}"
    raise NoEngine(msg)


def run(words: Sequence[str], log: IO[str] | None = None) -> str:
    """Run a command to its end; returns what it prints, where that goes to no log.

    Raises
    ------
    ImagesError
        It fails.
    """
    if log is None:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        said, why = done.stdout, done.stderr
    else:
        done = subprocess.run(words, stdout=log, stderr=subprocess.STDOUT, text=True, check=False)
        said, why = "", f"see {log.name}"
    if done.returncode:
        msg = f"{' '.join(words[:2])} fails: {' '.join(why.split()[-40:]) or done.returncode}"
        raise ImagesError(msg)
    return said.strip()


def _answers(words: Sequence[str]) -> bool:
    try:
        return _quiet(words).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _quiet(words: Sequence[str], seconds: float = ASKED) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=seconds)
