"""Containers that are tried: started as a hub starts them, asked from inside, removed at the end."""

from __future__ import annotations

import json
import secrets
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builders.images.engine import Engine, run
from builders.images.errors import ImagesError

INSIDE = Path(__file__).with_name("inside.py")
STRANGER = "54321:0"
"""A user whom no image knows, in the group that OpenShift gives to all."""
HOME = "/home/jovyan"
_READY = 120  # seconds until a server answers


@dataclass(frozen=True)
class Container:
    """One that runs.

    Attributes
    ----------
    engine
        What it runs by.
    name
        What the engine knows it by.
    started
        When it was asked for, in seconds since 1970.
    """

    engine: Engine
    name: str
    started: float

    def ask(self, *words: str, seconds: float = 1200) -> dict[str, Any]:
        """Run a part of `inside` by the container's own Python; returns what it found.

        Raises
        ------
        ImagesError
            It fails; the text has the last of what it and the container said.
        """
        command = [*self.engine.runner, "exec", "--interactive", self.name, "python3", "-", *words]
        try:
            done = subprocess.run(
                command,
                input=INSIDE.read_text(),
                capture_output=True,
                text=True,
                check=False,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired:
            msg = f"{words[0]} did not end in {seconds:.0f} s; {self._last()}"
            raise ImagesError(msg) from None
        if done.returncode:
            said = " ".join(done.stderr.split()[-60:])
            msg = f"{words[0]} fails: {said or f'exit code {done.returncode}'}; {self._last()}"
            raise ImagesError(msg)
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def wait(self) -> float:
        """Wait until the server answers its health check; returns the seconds since the start.

        Raises
        ------
        ImagesError
            It does not, or the container ended.
        """
        words = [*self.engine.runner, "exec", self.name, "vre-health"]
        while time.time() < self.started + _READY:
            if subprocess.run(words, capture_output=True, check=False).returncode == 0:
                return round(time.time() - self.started, 1)
            time.sleep(0.2)
        msg = f"the server does not answer after {_READY} s; {self._last()}"
        raise ImagesError(msg)

    def killed(self) -> bool:
        """Whether the kernel of the machine ended a process of it for its memory."""
        words = [*self.engine.runner, "inspect", "--format={{.State.OOMKilled}}", self.name]
        return run(words) == "true"

    def _last(self) -> str:
        words = [*self.engine.runner, "logs", "--tail=5", self.name]
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return f"the container said: {' '.join(done.stdout.split()[-60:])}"


@contextmanager
def container(
    engine: Engine, reference: str, options: Sequence[str], command: Sequence[str] = ()
) -> Iterator[Container]:
    """Start a container without a network, and remove it at the end.

    Raises
    ------
    ImagesError
        It does not start.
    """
    name = f"vre-dm-test-{secrets.token_hex(4)}"
    # podman would run the check by systemd, which may not be there; it is run by hand
    own = ["--no-healthcheck"]
    # an image has to do with a user of whom nothing is said, as with containerd
    own += ["--passwd=false"] if engine.podman else []
    begin = [*engine.runner, "run", *engine.limits, "--detach", f"--name={name}", "--pull=never"]
    begin += ["--network=none", *own]
    started = time.time()
    try:
        run([*begin, *options, reference, *command])
        yield Container(engine, name, started)
    finally:
        words = [*engine.runner, "rm", "--force", "--volumes", name]
        subprocess.run(words, capture_output=True, check=False)


def confined(memory: str, user: str = STRANGER) -> list[str]:
    """Give options of a container as strict as any: an unknown user, no rights, a root that is read-only.

    Parameters
    ----------
    memory
        As engines write it.
    """
    rights = ["--cap-drop=ALL", "--security-opt=no-new-privileges", "--read-only", f"--user={user}"]
    # without a name the engine removes it with the container, whoever owns what is in it
    places = ["--tmpfs=/tmp:mode=1777", f"--volume={HOME}"]
    return [*rights, *places, f"--memory={memory}", "--env=JUPYTER_TOKEN=of-this-test-alone"]
