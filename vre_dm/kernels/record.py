"""What is installed at a place: a record a profile, its environments, and which kernels are of it."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from vre_dm import strict_json
from vre_dm.errors import NotWritable
from vre_dm.kernels.environment import of_vre_dm
from vre_dm.kernels.place import Place
from vre_dm.kernels.profile import NAME, Profile

_ENVIRONMENT = re.compile(rf"({NAME.pattern})-[0-9a-f]{{12}}")
_TEXT = {"type": "string"}
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["profile", "version", "made_of", "kernels", "environment"],
    "properties": {
        **dict.fromkeys(("profile", "version", "made_of", "environment"), _TEXT),
        "kernels": {"type": "array", "items": _TEXT},
    },
}


@dataclass(frozen=True, slots=True)
class Installed:
    """A profile that is installed at a place.

    Attributes
    ----------
    profile
        Its name.
    version
        Of the vre-dm that is inside.
    made_of
        First digits of a SHA-256 of the profile's files and of that vre-dm.
    kernels
        Names by which Jupyter knows its kernels.
    environment
        Its folder.
    """

    profile: str
    version: str
    made_of: str
    kernels: tuple[str, ...]
    environment: str

    @property
    def python(self) -> Path:
        """Interpreter of its environment."""
        return Path(self.environment, "bin", "python")

    def current(self, profile: Profile) -> bool:
        """Whether it was installed from this very profile by this very vre-dm."""
        return self.made_of == made_of(profile)

    def write(self, place: Place) -> None:
        """Take the place of the record before, in one step.

        Raises
        ------
        OSError
            The place cannot be written.
        """
        path = record(self.profile, place)
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")
        fresh.chmod(0o644)
        fresh.replace(path)


def made_of(profile: Profile) -> str:
    """Digits by which a profile and this vre-dm are told from others."""
    said = sha256(of_vre_dm().encode())
    for path in sorted(profile.folder.rglob("*")):
        inside = path.relative_to(profile.folder)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            said.update(f"\0{inside}\0".encode() + path.read_bytes())
    return said.hexdigest()[:12]


def record(name: str, place: Place) -> Path:
    """File of a profile's record."""
    return place.environments / f"{name}.json"


def installed(place: Place) -> list[Installed]:
    """Find what is installed at a place, by name."""
    found = (_read(path, place) for path in sorted(place.environments.glob("*.json")))
    return [each for each in found if each is not None]


def _read(path: Path, place: Place) -> Installed | None:
    from jsonschema import Draft202012Validator

    try:
        said = strict_json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not Draft202012Validator(_SCHEMA).is_valid(said):
        return None
    found = Installed(**said | {"kernels": tuple(said["kernels"])})
    # an interpreter that an edited record names elsewhere must not be run
    inside = Path(found.environment)
    own = inside.parent == place.environments and _profile_of(inside.name) == path.stem == found.profile
    return found if own else None


def environments_of(name: str, place: Place) -> list[Path]:
    """Environments of a profile, also those that an interrupted install left."""
    return [path for path in sorted(place.environments.glob(f"{name}-*")) if _profile_of(path.name) == name]


def kernels_of(name: str, place: Place) -> list[Path]:
    """Descriptions of kernels that Jupyter starts in an environment of a profile."""
    return [path for path in sorted(place.kernels.glob("*")) if owner(path, place) == name]


def owner(folder: Path, place: Place) -> str | None:
    """Profile of which a kernel is; ``None`` for one that was not installed here."""
    try:
        python = Path(strict_json.loads((folder / "kernel.json").read_bytes())["argv"][0])
        return _profile_of(python.relative_to(place.environments).parts[0])
    except (OSError, ValueError, RecursionError, TypeError, LookupError):
        return None


def remove(path: Path) -> None:
    """Remove a file, a link or a folder with all that is in it.

    Raises
    ------
    NotWritable
        Something of it stays.
    """
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        msg = f"{path} could not be removed: {error.strerror}; what is left of it is still there"
        raise NotWritable(msg) from error


def _profile_of(name: str) -> str | None:
    found = _ENVIRONMENT.fullmatch(name)
    return found[1] if found else None
