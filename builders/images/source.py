"""What the images are made of: a version, a commit, and the wheel that holds both."""

from __future__ import annotations

import subprocess
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

from builders.images.catalogue import ROOT
from builders.images.errors import ImagesError

DIRTY = "-changed"
"""At the end of a revision: the wheel may hold what no commit does."""
_EXTENSION = "share/jupyter/labextensions/vre-dm-lab/package.json"


@dataclass(frozen=True)
class Source:
    """State of the project.

    Attributes
    ----------
    version
        Of the project.
    revision
        The commit, with `DIRTY` where files differ from it.
    created
        When the commit was made, so that the same commit says the same.
    address
        Where the project is kept.
    """

    version: str
    revision: str
    created: str
    address: str


def source(root: Path = ROOT) -> Source:
    """Read it from the checkout.

    Raises
    ------
    ImagesError
        It is no checkout.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    revision, created = _git(root, "log", "-1", "--format=%H %cI").split()
    changed = DIRTY if _git(root, "status", "--porcelain", "--untracked-files=no") else ""
    return Source(project["version"], revision + changed, created, project["urls"]["Repository"])


def wheel(version: str, folder: Path = ROOT / "dist") -> Path:
    """Find the wheel of a version, with its JupyterLab extension.

    Raises
    ------
    ImagesError
        It is not there, or has no extension.
    """
    found = sorted(folder.glob(f"vre_dm-{version}-*.whl"))
    if not found:
        msg = f"{folder} holds no wheel of vre-dm {version}: make wheel"
        raise ImagesError(msg)
    names = zipfile.ZipFile(found[-1]).namelist()
    if not any(name.endswith(_EXTENSION) for name in names):
        msg = f"{found[-1]} has no JupyterLab extension in it: make extension, then make wheel"
        raise ImagesError(msg)
    return found[-1]


def _git(root: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        msg = f"{root} is no checkout that git can read, so images could not say what they are made of"
        raise ImagesError(msg) from error
    return done.stdout.strip()
