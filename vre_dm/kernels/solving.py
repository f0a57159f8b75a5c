"""The lock of a profile, solved for every machine at once."""

import sys
from pathlib import Path

from vre_dm.errors import InvalidProfile, KernelFailed
from vre_dm.kernels.needs import needed
from vre_dm.locked import NotInstalled, run_uv

OPTIONS = (
    "--quiet",
    "--universal",
    "--no-build",  # a source archive would run unlocked code when it is built
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
)
"""For uv: hashes, every supported Python and platform, and no address of a package index."""


def solve(folder: Path) -> Path:
    """Write the lock of a profile, with what vre-dm needs beside what is wanted; returns it.

    Versions that the lock already has are kept where they can be; without it, the newest are taken.

    Raises
    ------
    InvalidProfile
        The folder does not say what is wanted.
    KernelFailed
        There is no solution, or a package cannot be looked up; what was locked before is as it was.
    """
    if not (folder / "requirements.in").is_file():
        msg = f"{folder} has no requirements.in, which says what is wanted, a package a line"
        raise InvalidProfile(msg)
    own = "".join(f"{each}\n" for each in needed())
    command = ["pip", "compile", *OPTIONS, "--custom-compile-command=vre-dm kernels lock"]
    command += ["--python", sys.executable, "requirements.in", "-", "--output-file", "requirements.txt"]
    try:
        run_uv(command, folder=folder, text=own)
    except NotInstalled as error:
        msg = f"{folder / 'requirements.in'} and what vre-dm needs cannot be solved: {error}"
        raise KernelFailed(msg) from error
    return folder / "requirements.txt"
