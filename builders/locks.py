"""Solve every environment of the project into its lock; with ``--check``, say whether they are up to date.

Hash-locked, for every supported Python and platform at once, and without the address of any package index.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vre_dm.kernels import solving

ROOT = Path(__file__).parent.parent
OPTIONS = [*solving.OPTIONS, "--custom-compile-command=make lock"]

# What the tests of the chart hold it against: Helm's own engine, what the hub and the gateway run, and the
# schemas of Kubernetes. Of the hub, the versions that the image of zero-to-jupyterhub 4.4.0 holds.
CHART = """\
helm-sdkpy>=0.1.32 ; python_version >= '3.12'
kubernetes-validate>=1.37
jupyterhub==5.5.0
jupyterhub-kubespawner==7.0.0
oauthenticator==17.4.0
pycurl>=7.46
dask-gateway-server==2026.3.0
"""


@dataclass(frozen=True)
class Environment:
    """What is solved, and where it is written; paths from the root of the project.

    Attributes
    ----------
    wanted
        Files and options that say what is wanted; ``-`` for ``text``.
    source
        File to name where the lock does not follow it.
    """

    lock: str
    wanted: tuple[str, ...]
    source: str = "pyproject.toml"
    text: str | None = None


def environments() -> Iterator[Environment]:
    """All of them."""
    yield Environment("locks/bootstrap.txt", ("--group", "bootstrap"))
    yield Environment("locks/lake.txt", ("--group", "lake"))
    yield Environment("locks/dev.txt", ("pyproject.toml", "--all-extras", "--group", "dev"))
    # What the tests run beside the project and nobody installs: a hub as the VRE has it, and one of today.
    for name, wanted in {"jupyterhub4": ">=4.1,<4.2", "jupyterhub5": ">=5,<6"}.items():
        yield Environment(f"locks/{name}.txt", ("-",), "builders/locks.py", f"jupyterhub{wanted}")
    yield Environment("locks/chart.txt", ("-",), "builders/locks.py", CHART)
    # Each profile of kernels by itself, with what vre-dm needs, so that any kernel can load it.
    for path in sorted(ROOT.glob("images/profiles/*/requirements.in")):
        folder = path.parent.relative_to(ROOT)
        extras = ("--all-extras",) if folder.name == "dm" else ()
        wanted = ("pyproject.toml", f"{folder}/{path.name}", *extras)
        yield Environment(f"{folder}/requirements.txt", wanted, f"{folder}/{path.name}")


def solve(environment: Environment, target: Path, *, upgrade: bool) -> None:
    """Write the lock of one environment to ``target``, keeping the versions it already holds."""
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "pip", "compile", *OPTIONS, *environment.wanted, "--output-file", str(target)]
    command += ["--upgrade"] if upgrade else []
    subprocess.run(command, cwd=ROOT, check=True, text=True, input=environment.text)


def stale() -> list[Environment]:
    """Environments whose lock no longer follows what it was solved for."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for environment in environments():
            lock, again = ROOT / environment.lock, Path(folder, "lock.txt")
            if lock.exists():
                again.write_bytes(lock.read_bytes())
                solve(environment, again, upgrade=False)
            if not lock.exists() or again.read_bytes() != lock.read_bytes():
                found.append(environment)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a lock is stale")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions allowed")
    options = parser.parse_args()
    if options.check:
        old = stale()
        for environment in old:
            print(
                f"{environment.lock} does not follow {environment.source}: run `make lock`", file=sys.stderr
            )
        return len(old)
    for environment in environments():
        solve(environment, ROOT / environment.lock, upgrade=options.upgrade)
    return 0


if __name__ == "__main__":
    sys.exit(main())
