"""Solve every environment of the project into ``locks/``; with ``--check``, say whether they are up to date.

Hash-locked, for every supported Python and platform at once, and without the address of any package index.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENVIRONMENTS = {
    "bootstrap": ["--group", "bootstrap"],
    "lake": ["--group", "lake"],
    "dev": ["pyproject.toml", "--all-extras", "--group", "dev"],
}
# What the tests run beside the project and nobody installs: a hub as the VRE has it, and one of today.
BESIDE = {"jupyterhub4": "jupyterhub>=4.1,<4.2", "jupyterhub5": "jupyterhub>=5,<6"}
OPTIONS = [
    "--quiet",
    "--universal",
    "--no-build",  # a source archive would run unlocked code when it is built
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--custom-compile-command=make lock",
]


def solve(name: str, target: Path, *, upgrade: bool) -> None:
    """Write the lock of one environment to ``target``, keeping the versions it already holds."""
    uv = Path(sys.executable).with_name("uv")
    wanted = ["-"] if name in BESIDE else ENVIRONMENTS[name]
    command = [str(uv), "pip", "compile", *OPTIONS, *wanted, "--output-file", str(target)]
    command += ["--upgrade"] if upgrade else []
    subprocess.run(command, cwd=ROOT, check=True, text=True, input=BESIDE.get(name))


def stale() -> list[str]:
    """Names of the environments whose lock no longer follows what it was solved for."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name in (*ENVIRONMENTS, *BESIDE):
            lock, again = ROOT / "locks" / f"{name}.txt", Path(folder, f"{name}.txt")
            again.write_bytes(lock.read_bytes())
            solve(name, again, upgrade=False)
            if again.read_bytes() != lock.read_bytes():
                found.append(name)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a lock is stale")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions allowed")
    options = parser.parse_args()
    if options.check:
        names = stale()
        for name in names:
            source = "builders/locks.py" if name in BESIDE else "pyproject.toml"
            print(f"locks/{name}.txt does not follow {source}: run `make lock`", file=sys.stderr)
        return len(names)
    for name in (*ENVIRONMENTS, *BESIDE):
        solve(name, ROOT / "locks" / f"{name}.txt", upgrade=options.upgrade)
    return 0


if __name__ == "__main__":
    sys.exit(main())
