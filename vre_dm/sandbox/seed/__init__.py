"""The seed data that ships with the embedded lake: what it holds and whether it is whole.

Only the standard library is used, because Rucio's private environment imports this too. ``builders.seed``
writes ``registry.json`` and ``files/``; nothing here changes them.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vre_dm.errors import SandboxError

FOLDER = Path(__file__).parent
_CHUNK = 1 << 20

Metadata = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SeedFile:
    """One shipped file.

    Attributes
    ----------
    scope, name
        Its DID.
    path
        Where it lies on this machine.
    bytes
        Its size.
    adler32, md5, sha256
        Checksums in lower-case hexadecimal, leading zeros kept.
    metadata
        What differs from the dataset's metadata: the target, the model, the whole record of a curve.
    """

    scope: str
    name: str
    path: Path
    bytes: int
    adler32: str
    md5: str
    sha256: str
    metadata: Metadata

    def verify(self) -> None:
        """Read the file once and compare size and checksums.

        Raises
        ------
        SandboxError
            The file is missing, unreadable or differs.
        """
        try:
            found = _fingerprint(self.path)
        except OSError as error:
            msg = f"seed file {self.scope}:{self.name} cannot be read ({error.strerror}); reinstall vre-dm"
            raise SandboxError(msg) from error
        for label, value in found.items():
            if value != getattr(self, label):
                msg = (
                    f"seed file {self.scope}:{self.name} is damaged: {label} is {value}, "
                    f"not {getattr(self, label)}; reinstall vre-dm"
                )
                raise SandboxError(msg)


@dataclass(frozen=True, slots=True)
class SeedDataset:
    """A dataset: names of its files (same scope), the storage elements it is replicated to, its metadata."""

    scope: str
    name: str
    files: tuple[str, ...]
    rses: tuple[str, ...]
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class SeedContainer:
    """A container: its children as ``scope:name`` and its metadata."""

    scope: str
    name: str
    children: tuple[str, ...]
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class Seed:
    """Everything that is registered in a new lake.

    Attributes
    ----------
    version
        Rises when the content changes, so that an old lake can be brought up to date.
    scopes
        Scope to its description.
    """

    version: int
    scopes: Mapping[str, str]
    files: tuple[SeedFile, ...]
    datasets: tuple[SeedDataset, ...]
    containers: tuple[SeedContainer, ...]

    def verify(self) -> None:
        """Check size and checksums of every file.

        Raises
        ------
        SandboxError
            Names the first file that is missing or differs.
        """
        for file in self.files:
            file.verify()


def load(folder: Path = FOLDER) -> Seed:
    """Read the registry of the shipped seed data.

    Parameters
    ----------
    folder
        Folder with ``registry.json`` and ``files/``.

    Raises
    ------
    SandboxError
        The registry is missing or is not what the builder writes.
    """
    try:
        raw = json.loads((folder / "registry.json").read_text(encoding="utf-8"))
        return Seed(
            version=raw["version"],
            scopes=raw["scopes"],
            files=tuple(_file(entry, folder / "files") for entry in raw["files"]),
            datasets=tuple(_dataset(entry) for entry in raw["datasets"]),
            containers=tuple(_container(entry) for entry in raw["containers"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"the seed registry {folder / 'registry.json'} cannot be read ({error!r}); reinstall vre-dm"
        raise SandboxError(msg) from error


def fingerprint() -> str:
    """Short hash of the registry, which holds the checksum of every file: the same for the same seed."""
    return hashlib.sha256((FOLDER / "registry.json").read_bytes()).hexdigest()[:12]


def _file(entry: dict[str, Any], files: Path) -> SeedFile:
    return SeedFile(**{**entry, "path": files / entry["path"]})


def _dataset(entry: dict[str, Any]) -> SeedDataset:
    return SeedDataset(**{**entry, "files": tuple(entry["files"]), "rses": tuple(entry["rses"])})


def _container(entry: dict[str, Any]) -> SeedContainer:
    return SeedContainer(**{**entry, "children": tuple(entry["children"])})


def _fingerprint(path: Path) -> dict[str, int | str]:
    size, adler = 0, 1
    md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            size += len(chunk)
            adler = zlib.adler32(chunk, adler)
            md5.update(chunk)
            sha256.update(chunk)
    return {"bytes": size, "adler32": f"{adler:08x}", "md5": md5.hexdigest(), "sha256": sha256.hexdigest()}
