"""The environment of the chart's tests, Helm's engine in it, and an API of Kubernetes to install into."""

import copy
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import platformdirs
import pytest
import yaml

from tests.chart.kubernetes_api import KubernetesApi, kubeconfig
from tests.serving import serving
from vre_dm.locked import NotInstalled, run_uv

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CHART = ROOT / "helm" / "vre-dm"
_UNREACHABLE = re.compile(r"dns error|error sending request|operation timed out|client error \(Connect\)")
_OLD = 14 * 86400  # seconds after which an environment that no run used is removed
OLDEST, NEWEST = "1.32", "1.37"  # versions of Kubernetes that everything is held against
# What has to be said of any installation.
SAID = {
    "images": {"registry": "registry.example.org/vre-dm"},
    "login": {
        "issuer": "https://iam.example.org/",
        "callbackUrl": "https://hub.example.org/hub/oauth_callback",
        "clientId": "hub",
        "clientSecret": "canary-of-the-client",
    },
}
DATA = HERE / "data"
FOREIGN = {"jupyterhub": "jupyterhub-4.4.0", "dask-gateway": "dask-gateway-2026.3.0"}
CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
FILES = ("", "values-escape.yaml", "values-lapp.yaml", "values-minikube.yaml")


def merged(*parts: dict[str, Any]) -> dict[str, Any]:
    """Values as Helm merges those of several files."""
    whole: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            both = isinstance(value, dict) and isinstance(whole.get(key), dict)
            whole[key] = merged(whole[key], value) if both else copy.deepcopy(value)
    return whole


def values(name: str, *more: dict[str, Any]) -> dict[str, Any]:
    """Values of a file of the chart, with what has to be said beside it."""
    if not name:
        return merged(SAID, *more)
    beside: dict[str, Any] = {}
    if "minikube" not in name:
        beside = {"images": SAID["images"], "lake": {"caCertificate": CA}}
    if "escape" in name:
        beside["jupyterhub"] = {"hub": {"db": {"url": "postgresql://hub@db.example.org/hub"}}}
    return merged(yaml.safe_load((CHART / name).read_text()), beside, *more)


def without_null(said: Any) -> Any:
    """As Helm has it: null takes a default away."""
    if not isinstance(said, dict):
        return said
    return {key: without_null(value) for key, value in said.items() if value is not None}


def of_the_hub(said: dict[str, Any]) -> dict[str, Any]:
    """Values that the hub's chart works with: its own, those of this chart over them, then what is said."""
    theirs = yaml.safe_load((DATA / f"{FOREIGN['jupyterhub']}.values.yaml").read_text())
    ours = yaml.safe_load((CHART / "values.yaml").read_text())["jupyterhub"]
    whole: dict[str, Any] = without_null(merged(theirs, ours, said.get("jupyterhub", {})))
    return whole


@dataclass
class Lines:
    """A program of the environment that answers a line of JSON with another."""

    process: "subprocess.Popen[str]"
    errors: IO[str]

    def ask(self, **order: object) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            raise AssertionError(self.errors.read()[-3000:])
        return json.loads(line)


@dataclass
class Release:
    """The chart in an API of Kubernetes of its own."""

    engine: Lines
    api: KubernetesApi
    kubeconfig: Path
    chart: Path

    def _do(self, action: str, said: dict[str, Any]) -> dict[str, Any]:
        where = {"kubeconfig": str(self.kubeconfig), "name": "vre-dm", "chart": str(self.chart)}
        answer: dict[str, Any] = self.engine.ask(action=action, values=said, **where)
        return answer

    def install(self, said: dict[str, Any]) -> dict[str, Any]:
        return self._do("install", said)

    def upgrade(self, said: dict[str, Any]) -> dict[str, Any]:
        return self._do("upgrade", said)

    def uninstall(self) -> dict[str, Any]:
        return self._do("uninstall", {})


@pytest.fixture(scope="session")
def chart_python() -> Path:
    """Interpreter of an environment with Helm's engine, KubeSpawner and what else is needed."""
    lock = ROOT / "locks" / "chart.txt"
    python = _newer() or Path(sys.executable)
    digest = hashlib.sha256(lock.read_bytes() + str(python).encode()).hexdigest()[:12]
    place = platformdirs.user_cache_path("vre-dm") / "test-charts" / digest
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_suffix(".lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # several processes share the tests
        if not (place / "complete").exists():
            try:
                run_uv(["venv", "--quiet", "--clear", "--python", str(python), str(place)])
                exact = [
                    "--quiet",
                    "--require-hashes",
                    "--no-build",
                    "--python",
                    str(place / "bin" / "python"),
                ]
                run_uv(["pip", "sync", *exact, str(lock)])
            except NotInstalled as error:
                if "CI" in os.environ or not _UNREACHABLE.search(str(error)):
                    raise
                _not_run(f"the tests of the chart: no package index can be reached ({error})")
        (place / "complete").touch()
        _remove_old(place.parent)
    return place / "bin" / "python"


@pytest.fixture(scope="session")
def engine(chart_python: Path) -> Iterator[Lines]:
    """Helm's own engine."""
    found = subprocess.run([chart_python, "-c", "import helm_sdkpy"], capture_output=True, text=True)
    if found.returncode:
        _not_run("the chart in Helm's engine: it needs Python 3.12 or later beside this one")
    with _running(chart_python, "helm.py", HELM_DRIVER="memory") as lines:
        yield lines


@pytest.fixture(scope="session")
def validator(chart_python: Path) -> Iterator[Lines]:
    """Schemas of Kubernetes."""
    with _running(chart_python, "validating.py") as lines:
        yield lines


@pytest.fixture(scope="session")
def pods(chart_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lines]:
    """The hub's spawner and the gateway, as far as they make pods."""
    nowhere = tmp_path_factory.mktemp("nowhere") / "kubeconfig"  # read, and nothing asked of it
    nowhere.write_text(kubeconfig("http://127.0.0.1:1"))
    with _running(chart_python, "pods.py", KUBECONFIG=str(nowhere)) as lines:
        yield lines


@pytest.fixture(scope="session")
def login(chart_python: Path) -> Iterator[Lines]:
    """The login of the hub."""
    with _running(chart_python, "logging_in.py") as lines:
        yield lines


@pytest.fixture(scope="session")
def cluster(engine: Lines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Release]]:
    """Makes an empty cluster, of a version of Kubernetes, for one release.

    Unless all is asked, the chart goes there with the values and schemas of those that it stands on, and none
    of their templates: their archives may not be here.
    """
    alone = tmp_path_factory.mktemp("chart") / "vre-dm"
    shutil.copytree(CHART, alone, ignore=shutil.ignore_patterns("charts", "__pycache__"))
    for name, kept in FOREIGN.items():
        _stand_in(alone / "charts" / name, name, kept)
    with ExitStack() as stack:

        def made(version: str = f"{NEWEST}.0", *, whole: bool = False) -> Release:
            api = stack.enter_context(serving(KubernetesApi(version)))
            config = tmp_path_factory.mktemp("cluster") / "kubeconfig"
            config.write_text(kubeconfig(api.url))
            return Release(engine, api, config, CHART if whole else alone)

        yield made


@pytest.fixture(scope="session")
def installed(cluster: Callable[..., Release]) -> Callable[..., tuple[Release, dict[str, Any]]]:
    """A release with the values of a file of the chart, and what Helm said; made once for each."""
    known: dict[str, tuple[Release, dict[str, Any]]] = {}

    def found(name: str = "") -> tuple[Release, dict[str, Any]]:
        if name not in known:
            release = cluster()
            known[name] = (release, release.install(values(name)))
        release, said = known[name]
        assert said.get("status") == "deployed", said
        return known[name]

    return found


def _stand_in(folder: Path, name: str, kept: str) -> None:
    """A chart of that name, version, values and schema, which makes nothing."""
    folder.mkdir(parents=True)
    about = {"apiVersion": "v2", "name": name, "version": kept.removeprefix(f"{name}-")}
    (folder / "Chart.yaml").write_text(json.dumps(about))
    for file in ("values.yaml", "values.schema.json"):
        shutil.copyfile(DATA / f"{kept}.{file}", folder / file)


def _remove_old(folder: Path) -> None:
    for mark in folder.glob("*/complete"):
        if time.time() - mark.stat().st_mtime > _OLD:
            shutil.rmtree(mark.parent)


def _newer() -> Path | None:
    """A Python that Helm's engine runs on, if this machine has one: here, on the path, or of pyenv."""
    names = ("python3.12", "python3.13")
    found = [Path(sys.executable)] + [Path(each) for each in map(shutil.which, names) if each]
    pyenv = Path(
        os.environ.get("PYENV_ROOT", "~/.pyenv")
    ).expanduser()  # its commands on the path may not run
    found += sorted(path for name in names for path in pyenv.glob(f"versions/*/bin/{name}"))
    asks = "import sys, venv; sys.exit(not (3, 12) <= sys.version_info < (3, 14))"
    for python in found:
        if subprocess.run([python, "-I", "-c", asks], capture_output=True).returncode == 0:
            return python
    return None


@contextmanager
def _running(python: Path, program: str, **environ: str) -> Iterator[Lines]:
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [python, HERE / program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={"PATH": os.environ["PATH"], "HOME": str(python.parent), **environ},
        )
        with process:
            yield Lines(process, errors)
            assert process.stdin is not None
            with suppress(BrokenPipeError):
                process.stdin.close()


def _not_run(what: str) -> None:
    """Skip in words that stand in the summary of every run (``-ra``), so that nobody takes it for passed."""
    pytest.skip(f"NOT RUN: {what}")
