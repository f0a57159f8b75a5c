"""How many cores and how much memory this process may use: the machine's, less what control groups say."""

import os
from collections.abc import Iterator
from math import ceil
from pathlib import Path

_SYSTEM = Path("/sys/fs/cgroup")
_MINE = Path("/proc/self/cgroup")
# Where each version of control groups tells what is used, and how much of that is files.
_USED = (("memory.current", "inactive_file"), ("memory.usage_in_bytes", "total_inactive_file"))


def cores(groups: Path = _MINE, system: Path = _SYSTEM) -> int:
    """Cores that may be used at the same time, at least one.

    Parameters
    ----------
    groups
        File that names the control groups of this process.
    system
        Where the kernel shows control groups.
    """
    quotas = [quota for folder in _folders("cpu", groups, system) if (quota := _quota(folder))]
    return max(1, min([len(os.sched_getaffinity(0)), *(ceil(quota) for quota in quotas)]))


def memory(groups: Path = _MINE, system: Path = _SYSTEM) -> int:
    """Bytes that this process and all it starts may use together; parameters as of `cores`."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [
        limit
        for folder in _folders("memory", groups, system)
        for name in ("memory.max", "memory.high", "memory.limit_in_bytes")
        if (limit := _number(folder / name))
    ]
    return min([whole, *limits])


def memory_used(groups: Path = _MINE, system: Path = _SYSTEM) -> int | None:
    """Bytes in use by the control group of this process; parameters as of `cores`.

    Returns
    -------
    int or None
        Without files that the kernel keeps in memory and gives up first, which end no process; ``None`` where
        the kernel does not say.
    """
    for folder in _folders("memory", groups, system):
        for name, kept in _USED:
            if used := _number(folder / name):
                return max(0, used - _counts(folder / "memory.stat").get(kept, 0))
    return None


def ended_for_memory(groups: Path = _MINE, system: Path = _SYSTEM) -> int:
    """How many processes of this group the kernel ended for lack of memory; parameters as of `cores`."""
    for folder in _folders("memory", groups, system):
        for name in ("memory.events", "memory.oom_control"):
            if said := _counts(folder / name):
                return said.get("oom_kill", 0)
    return 0


def _folders(controller: str, groups: Path, system: Path) -> Iterator[Path]:
    """Folders of the groups that hold this process, with those above them: the tightest limit counts."""
    try:
        lines = groups.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        number, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        if number == "0" and not names:
            root = system
        elif controller in names.split(","):
            root = system / controller
        else:
            continue
        # In a container the path may be the host's, and what counts then lies at the root.
        inside = root / path.strip("/")
        yield from [folder for folder in (inside, *inside.parents) if folder.is_relative_to(root)]


def _quota(folder: Path) -> float | None:
    """Cores that a group may use on average."""
    try:
        text = (folder / "cpu.max").read_text().split()  # version 2
    except OSError:
        text = [str(_number(folder / f"cpu.cfs_{name}_us") or "max") for name in ("quota", "period")]
    try:
        return float(text[0]) / float(text[1])
    except (ValueError, IndexError, ZeroDivisionError):
        return None


def _counts(file: Path) -> dict[str, int]:
    """Numbers by name in a file of lines; empty where there is none."""
    try:
        pairs = [line.split() for line in file.read_text().splitlines()]
    except OSError:
        return {}
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdigit()}


def _number(file: Path) -> int | None:
    """Positive number in a file; ``None`` where there is none, or ``max``."""
    try:
        number = int(file.read_text())
    except (OSError, ValueError):
        return None
    return number if number > 0 else None
