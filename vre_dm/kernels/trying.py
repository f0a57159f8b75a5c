"""A profile tried in its environment: the versions that it promises, and its smoke notebooks."""

from __future__ import annotations

import json
from pathlib import Path

from packaging.version import Version

from vre_dm import strict_json
from vre_dm.errors import KernelFailed
from vre_dm.kernels import debian
from vre_dm.kernels.card import Card
from vre_dm.kernels.environment import ask
from vre_dm.kernels.place import Say
from vre_dm.kernels.profile import Profile
from vre_dm.kernels.smoke import run

_VERSIONS = """
import json, sys
from importlib.metadata import PackageNotFoundError, version
def found(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
print(json.dumps({name: found(name) for name in json.load(sys.stdin)}))
"""


def try_profile(profile: Profile, python: Path, say: Say) -> int:
    """Ask an environment for what a profile promises; returns how many cells of notebooks were run.

    Parameters
    ----------
    python
        Interpreter of the environment.
    say
        Told each kernel that is started.

    Raises
    ------
    KernelFailed
        A promise does not hold, a notebook fails, or the interpreter is not there.
    MissingExtra
        What runs notebooks is not installed here.
    """
    debian.require(profile)
    require_versions(profile.card, python)
    cells = 0
    for spec in profile.specs:
        say(f"trying {spec.title}")
        try:
            cells += run(spec, python)
        except KernelFailed as error:
            if profile.apt and debian.unknown():
                msg = f"{error}; it needs {' and '.join(profile.apt)}, as Debian calls them"
                raise KernelFailed(msg) from error
            raise
    return cells


def require_whole(environment: Path) -> None:
    """Refuse packages with links that lead to nothing, as to files of another environment that was changed.

    Raises
    ------
    KernelFailed
        It has one, which is named.
    """
    for path in (environment / "lib").rglob("*"):
        if path.is_symlink() and not path.exists():
            msg = f"{path} leads to {path.readlink()}, which is not there: install the kernel again"
            raise KernelFailed(msg)


def require_versions(card: Card, python: Path) -> None:
    """Refuse an environment with other versions than a card promises.

    Raises
    ------
    KernelFailed
        It has others, or its interpreter cannot be run.
    """
    wanted = {promise.package: promise.version for promise in card.promises}
    found = strict_json.loads(ask(python, _VERSIONS, json.dumps(list(wanted))))
    for name, has in found.items():
        if not has or Version(has) != Version(wanted[name]):
            msg = f"{card.title} promises {name} {wanted[name]}, and {python} has {has or 'no such package'}"
            raise KernelFailed(msg)
