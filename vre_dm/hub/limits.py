"""How much memory and disk a user's server has, and how much of it is left."""

from collections.abc import Mapping
from pathlib import Path

from vre_dm.compute.cluster import machine
from vre_dm.hub.folders import PATIENCE, Seen
from vre_dm.lake.finding import Finding, State
from vre_dm.lake.tables import plural, size_text

_FULL = 0.9  # share of the memory at which the next notebook may be ended
_LITTLE, _FEW = 1_000_000_000, 10_000  # bytes and files left on a disk that are worth a warning
_LIMIT = "MEM_LIMIT"  # in bytes, as the hub tells a server
_LESS = "shut down kernels that you do not need, or start a server with more memory"


def memory_finding(
    environ: Mapping[str, str], groups: Path | None = None, system: Path | None = None
) -> Finding:
    """How much memory this server may use, uses, and whether it was ever too little.

    Parameters
    ----------
    environ
        What the hub says of a limit.
    groups, system
        As of `vre_dm.compute.cluster.machine.cores`; those of this process when left out.
    """
    where = {"groups": groups, "system": system}
    here = {name: path for name, path in where.items() if path is not None}
    limit, used, ended = machine.memory(**here), machine.memory_used(**here), machine.ended_for_memory(**here)
    text = f"{size_text(limit)} may be used, on {plural(machine.cores(**here), 'core')}"
    text += f"; {size_text(used)} in use" if used is not None else ""
    if ended:
        text += f"; processes that the kernel ended for lack of it: {ended}"
        return Finding("memory", State.WARN, text, _LESS)
    if used is not None and used > _FULL * limit:
        return Finding("memory", State.WARN, text, _LESS)
    said = environ.get(_LIMIT, "")
    if said.isdigit() and 0 < int(said) < limit:
        text += f"; the hub says {size_text(int(said))} ({_LIMIT}), which nothing holds here"
        return Finding("memory", State.WARN, text, "ask the admins of the hub which of both is meant")
    return Finding("memory", State.OK, text)


def home_finding(home: Path, found: Seen) -> Finding:
    """How the home folder stands, where settings, logins and notebooks lie."""
    if found.hangs:
        text = f"{home} did not answer in {PATIENCE:.0f} s: nothing that is kept there was looked at"
        step = "ask the admins of the hub to remount it; a new server may start where it works"
        return Finding("home", State.FAIL, text, step)
    if found.fault:
        return Finding("home", State.FAIL, f"{home} cannot be read: {found.fault}", "have it mounted")
    text = f"{home} {found.took}, {size_text(found.free)} free"
    if not found.writable:
        return Finding("home", State.FAIL, f"{text}, but it cannot be written", "ask the admins of the hub")
    if found.free < _LITTLE:
        return Finding("home", State.WARN, text, "remove files, or ask for a larger home")
    if found.names is not None and found.names < _FEW:
        text += f", but only {plural(found.names, 'more file')}"
        return Finding("home", State.WARN, text, "remove files")
    return Finding("home", State.OK, text)
