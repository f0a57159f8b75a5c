"""A hash-locked requirement file: which versions of which packages it holds, and what it must not hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from vre_dm.errors import InvalidProfile

_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}(?=\s|$)")
_INDEX = re.compile(r"\s*(--(extra-)?index-url|-i|--find-links|-f|--trusted-host)\b")
MACHINES = tuple(
    {
        "extra": "",
        "implementation_name": "cpython",
        "implementation_version": full,
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": full,
        "python_version": minor,
        "sys_platform": "linux",
    }
    for minor in ("3.11", "3.12", "3.13")
    for full in (f"{minor}.0", f"{minor}.99")  # a lock may fork within a minor version
    for machine in ("x86_64", "aarch64")
)
"""What markers are asked for: every Python and processor that vre-dm runs on, as markers name them."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One version of one package.

    Attributes
    ----------
    name
        In its normal form, lower case with hyphens.
    version
        As it is written.
    marker
        Machines that it is for; ``None``, for all of them.
    """

    name: str
    version: str
    marker: Marker | None


def read_lock(path: Path) -> tuple[Pin, ...]:
    """Read a lock, one package a line of which backslashes join the hashes.

    Raises
    ------
    InvalidProfile
        It is not there, a package has no exact version or no hash, or it names a package index.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{path} cannot be read: {error}; make it: {solving(path)}"
        raise InvalidProfile(msg) from error
    pins = []
    for line in text.replace("\\\n", " ").splitlines():
        said = line.partition(" #")[0].strip()
        if not said or said.startswith("#"):
            continue
        if _INDEX.match(said):
            msg = f"{path}: {said.split()[0]} names a package index, which is for the machine to say"
            raise InvalidProfile(msg)
        pins.append(_pin(path, said))
    return tuple(pins)


def _pin(path: Path, said: str) -> Pin:
    wanted = said.partition(" --hash")[0].strip()
    try:
        requirement = Requirement(wanted)
    except InvalidRequirement as error:
        msg = f"{path}: {wanted!a} is no requirement: {error}"
        raise InvalidProfile(msg) from error
    exact = [each.version for each in requirement.specifier if each.operator == "=="]
    if len(exact) != 1 or len(requirement.specifier) != 1 or exact[0].endswith("*"):
        msg = f"{path}: {wanted} is not locked to one version; solve it again: {solving(path)}"
        raise InvalidProfile(msg)
    if not _HASH.search(said):
        msg = f"{path}: {wanted} has no hash; solve it again: {solving(path)}"
        raise InvalidProfile(msg)
    return Pin(canonicalize_name(requirement.name), exact[0], requirement.marker)


def missing(wanted: Path, pins: tuple[Pin, ...]) -> list[str]:
    """Requirements of an input file that a lock does not fulfil, as they are written there.

    Raises
    ------
    InvalidProfile
        The file is not there, or a line of it is no requirement.
    """
    try:
        lines = wanted.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{wanted} cannot be read: {error}"
        raise InvalidProfile(msg) from error
    found = []
    for line in lines:
        said = line.partition("#")[0].strip()
        if not said:
            continue
        try:
            requirement = Requirement(said)
        except InvalidRequirement as error:
            msg = f"{wanted}: {said!a} is no requirement: {error}"
            raise InvalidProfile(msg) from error
        if not fulfilled(requirement, pins):
            found.append(said)
    return found


def fulfilled(requirement: Requirement, pins: tuple[Pin, ...]) -> bool:
    """Whether a lock holds a requirement on every machine that it is for, in a version that is wanted."""
    meant = [each for each in MACHINES if requirement.marker is None or requirement.marker.evaluate(each)]
    for machine in meant:
        found = versions(requirement.name, pins, machine)
        if not found or not all(requirement.specifier.contains(each, prereleases=True) for each in found):
            return False
    return True


def versions(name: str, pins: tuple[Pin, ...], machine: dict[str, str]) -> set[str]:
    """Versions of a package that a lock has for one machine, none where it is not for that machine."""
    return {
        pin.version
        for pin in pins
        if pin.name == canonicalize_name(name) and (pin.marker is None or pin.marker.evaluate(machine))
    }


def solving(lock: Path) -> str:
    """Command that writes a lock."""
    return f"vre-dm kernels lock {lock.parent}"
