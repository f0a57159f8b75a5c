"""What the images are made of: a version, a commit, and the wheel that holds both."""

from __future__ import annotations

import subprocess
import tomllib
import zipfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from builders.images.catalogue import ROOT
from builders.images.errors import ImagesError

OCI = "org.opencontainers.image"
"""What the names of an image's usual labels begin with."""
PROFILE = "vre-dm.profile"
"""Label of the profile that an image is of."""
DIRTY = "-changed"
"""At the end of a revision: the images may hold what no commit does."""
COPIED = ("vre_dm", "images", "locks", "notebooks", "extension", "jupyter-config", "binder")
"""Folders of which all that is there goes into a wheel or an image."""
PROFILES = "images/profiles"
"""Of which files that .gitignore names go into an image too, but for those that are `unwanted`."""
_LAB = "share/jupyter/labextensions/vre-dm-lab/"
_WHERE = (
    # how a name in the wheel begins, and where in the checkout that comes from
    ("vre_dm/share/locks/", "locks/"),
    ("vre_dm/share/images/profiles/", "images/profiles/"),
    ("vre_dm/share/notebooks/", "notebooks/"),
    ("vre_dm/", "vre_dm/"),
)
_UNTRACKED = ("ls-files", "--others", "-z")
_WHOLE = ("vre_dm", "locks", PROFILES)
_UNWANTED = (".*", "__pycache__")


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
    changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    # a user's own list of files to ignore has no say in what is copied
    added = _git(root, "-c", "core.excludesFile=/dev/null", *_UNTRACKED, "--exclude-standard", "--", *COPIED)
    others = _git(root, *_UNTRACKED, "--", PROFILES).split("\0")
    whole = not (changed or added or any(path and not unwanted(path) for path in others))
    return Source(
        project["version"],
        revision + ("" if whole else DIRTY),
        created,
        project["urls"]["Repository"],
    )


def unwanted(path: str) -> bool:
    """Whether a file of a profile goes into no image, by its name or that of a folder above it."""
    return any(fnmatch(part, pattern) for part in path.split("/") for pattern in _UNWANTED)


def wheel(version: str, folder: Path = ROOT / "dist") -> Path:
    """Find the wheel of a version.

    Raises
    ------
    ImagesError
        It is not there.
    """
    found = sorted(folder.glob(f"vre_dm-{version}-*.whl"))
    if not found:
        msg = f"{folder} holds no wheel of vre-dm {version}: make wheel"
        raise ImagesError(msg)
    return found[-1]


def require_whole(packed: Path, root: Path = ROOT) -> None:
    """Refuse a wheel that holds something else than the checkout, or no JupyterLab extension.

    Raises
    ------
    ImagesError
        A file of it is missing or another one, the first of which is named.
    """
    with zipfile.ZipFile(packed) as archive:
        names = set(archive.namelist())
        if not any(name.endswith(f"{_LAB}package.json") for name in names):
            msg = f"{packed} has no JupyterLab extension in it: make extension, then make wheel"
            raise ImagesError(msg)
        meant = {
            _packed(path): root / path for path in _git(root, "ls-files", "-z", *_WHOLE).split("\0") if path
        }
        held = {name: path for name in names if (path := _origin(name, root)) is not None}
        for name, path in sorted((meant | held).items()):
            if name not in names or not path.is_file() or archive.read(name) != path.read_bytes():
                msg = f"{packed} was not built of this checkout: {name} in it is not {path}; make wheel"
                raise ImagesError(msg)


def _packed(path: str) -> str:
    """Name in the wheel of a file of the checkout."""
    return next(name + path.removeprefix(folder) for name, folder in _WHERE if path.startswith(folder))


def _origin(name: str, root: Path) -> Path | None:
    """Where a file of the wheel comes from; `None` for what the build wrote."""
    _, lab, inside = name.partition(_LAB)
    if lab:
        return root / ("extension" if inside == "install.json" else "vre_dm/labextension") / inside
    places = (root / folder / name.removeprefix(start) for start, folder in _WHERE if name.startswith(start))
    return next(places, None)


def _git(root: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        msg = f"{root} is no checkout that git can read, so images could not say what they are made of"
        raise ImagesError(msg) from error
    return done.stdout.strip()
