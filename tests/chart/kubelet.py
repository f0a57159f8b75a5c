"""As much of kubelet as a user's server needs: runs the pods of an API in the network of this machine."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from builders.images.engine import Engine
from tests.chart.kubernetes_api import KubernetesApi

Spec = dict[str, Any]
_MODE = 0o2777  # of a folder for an emptyDir, where the pod has an fsGroup


class Kubelet:
    """Starts what is in the API, says there how it is, and removes what is no longer there.

    Of a pod its init containers, its one container and its volumes of kind emptyDir are made; anything else
    that it asks for is an error.

    Attributes
    ----------
    api
        Where pods come from.
    engine
        What they run by.
    folder
        For the volumes.
    """

    def __init__(self, api: KubernetesApi, engine: Engine, folder: Path) -> None:
        self.api, self.engine, self.folder = api, engine, folder
        self.running: dict[tuple[str, str, str, str], str] = {}
        self._next: dict[str, float] = {}  # when a container is looked at again
        self._end = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator["Kubelet"]:
        """Have it look again and again until the block ends; nothing that it started outlives that."""
        thread = threading.Thread(target=self._work)
        thread.start()
        try:
            yield self
        finally:
            self._end.set()
            thread.join()
            for name in self.running.values():
                self._remove(name)

    def do(self, name: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command in a container."""
        return self._run("exec", name, *words)

    def log(self, name: str) -> str:
        """What a container printed."""
        done = self._run("logs", name)
        return done.stdout + done.stderr

    def _work(self) -> None:
        while not self._end.wait(0.2):
            with self.api.turn:
                pods = {key: pod for key, pod in self.api.objects.items() if key[1] == "Pod"}
            for key in self.running.keys() - pods.keys():
                self._remove(self.running.pop(key))
            for key, pod in pods.items():
                if key not in self.running:
                    self.running[key] = f"vre-dm-test-{pod['metadata']['uid'][:8]}"
                    self._say(key, self._started(pod, self.running[key]))
                elif pod["status"]["phase"] == "Running":
                    self._say(key, self._found(pod, self.running[key]))

    def _say(self, key: tuple[str, str, str, str], status: Spec) -> None:
        with self.api.turn:
            if key in self.api.objects:  # the hub may have deleted it meanwhile
                self.api.objects[key] = {**self.api.objects[key], "status": status}

    def _started(self, pod: Spec, name: str) -> Spec:
        (main,) = pod["spec"]["containers"]
        for each in pod["spec"].get("initContainers", []):
            done = self._run("run", "--rm", f"--name={name}", *self._words(pod, each), env=_environment(each))
            if done.returncode:
                return _ended(main, done.returncode, done.stderr)
        words = ["run", "--detach", f"--name={name}", *self._words(pod, main)]
        done = self._run(*words, env=_environment(main))
        return _status(main, ready=False) if done.returncode == 0 else _ended(main, 128, done.stderr)

    def _found(self, pod: Spec, name: str) -> Spec:
        (main,) = pod["spec"]["containers"]
        if time.monotonic() < self._next.get(name, 0):
            return dict(pod["status"])
        state = self._run("inspect", "--format={{.State.Running}} {{.State.ExitCode}}", name).stdout.split()
        if state[:1] != ["true"]:
            return _ended(main, int(state[1]) if state[1:] else 128, self.log(name))
        probe = main["readinessProbe"]["exec"]["command"]
        ready = self.do(name, *probe).returncode == 0
        self._next[name] = time.monotonic() + (main["readinessProbe"]["periodSeconds"] if ready else 0.5)
        return _status(main, ready=ready)

    def _words(self, pod: Spec, container: Spec) -> list[str]:
        """Options, image and command of a container."""
        allowed, group = container["securityContext"], pod["spec"]["securityContext"]["fsGroup"]
        words = [*self.engine.limits, "--pull=never", "--network=host", "--no-healthcheck"]
        words += [f"--user={allowed['runAsUser']}", f"--group-add={group}"]
        words += [f"--cap-drop={each}" for each in allowed["capabilities"]["drop"]]
        if not allowed["allowPrivilegeEscalation"]:
            words.append("--security-opt=no-new-privileges")
        if memory := container.get("resources", {}).get("limits", {}).get("memory"):
            words.append(f"--memory={memory}")
        words += [f"--env={name}" for name in _environment(container)]
        kinds = {each["name"]: each.keys() - {"name"} for each in pod["spec"].get("volumes", [])}
        for mount in container.get("volumeMounts", []):
            assert kinds[mount["name"]] == {"emptyDir"}, f"nothing is here for {mount}"
            there = self._volume(pod["metadata"]["uid"], mount["name"], group) / mount.get("subPath", "")
            words.append(f"--volume={there}:{mount['mountPath']}")
        command = container.get("command", [])
        words += [f"--entrypoint={word}" for word in command[:1]]
        return [*words, container["image"], *command[1:], *container.get("args", [])]

    def _volume(self, uid: str, name: str, group: int) -> Path:
        folder = self.folder / uid / name
        folder.mkdir(parents=True, exist_ok=True)
        os.chown(folder, -1, group)
        folder.chmod(_MODE)
        return folder

    def _remove(self, name: str) -> None:
        (self.folder / f"{name}.log").write_text(self.log(name))
        self._run("rm", "--force", "--volumes", name)

    def _run(self, *words: str, env: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        environ = {**os.environ, **(env or {})}
        return subprocess.run(
            [*self.engine.runner, *words], env=environ, capture_output=True, text=True, check=False
        )


def _environment(container: Spec) -> dict[str, str]:
    said = {each["name"]: each["value"] for each in container.get("env", []) if "value" in each}
    return said | {"KUBERNETES_SERVICE_HOST": "192.0.2.1"}  # which every container of a cluster has


def _status(container: Spec, *, ready: bool) -> Spec:
    here = {"name": container["name"], "ready": ready, "state": {"running": {}}}
    return {"phase": "Running", "podIP": "127.0.0.1", "containerStatuses": [here]}


def _ended(container: Spec, code: int, why: str) -> Spec:
    state = {"terminated": {"exitCode": code, "message": why[-2000:]}}
    here = {"name": container["name"], "ready": False, "state": state}
    return {"phase": "Failed", "podIP": "127.0.0.1", "containerStatuses": [here]}
