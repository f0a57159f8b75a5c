"""Packages of Debian that a kernel needs when it runs."""

import shutil
import subprocess

from vre_dm.errors import KernelFailed
from vre_dm.kernels.profile import Profile


def require(profile: Profile) -> None:
    """Refuse where one is missing; without dpkg nobody can tell, and nothing is said.

    Raises
    ------
    KernelFailed
        With the command that installs it.
    """
    if not profile.apt or unknown():
        return
    command = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *profile.apt]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    there = {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}
    if absent := [name for name in profile.apt if name not in there]:
        msg = (
            f"{profile.name} needs {' and '.join(absent)} of Debian when it runs:"
            f" sudo apt-get install {' '.join(absent)}"
        )
        raise KernelFailed(msg)


def unknown() -> bool:
    """Whether this machine has no list of Debian's packages."""
    return shutil.which("dpkg-query") is None
