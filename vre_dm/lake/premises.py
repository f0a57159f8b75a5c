"""What the doctor finds on this machine: the mount of a storage element, the disk, the cache."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vre_dm.errors import NotWritable, VreDmError
from vre_dm.lake.access import Access
from vre_dm.lake.connection import Connection
from vre_dm.lake.finding import Finding, State, failed
from vre_dm.lake.instance import Mount
from vre_dm.lake.mount import MountWatch
from vre_dm.lake.tables import plural, size_text
from vre_dm.private import make_private, open_to_exchange, shared_fault

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache

_CLOSE = "close it to others, or name another one: VRE_DM_CACHE"
_LOOKED_AT = 5  # files of the lake that are looked for on the mount
_LITTLE, _FEW = 1_000_000_000, 10_000  # bytes and files left on a disk that are worth a warning


def mount_findings(connection: Connection, access: Access) -> Iterator[Finding]:
    """Look at the configured mount: whether it is there and answers, and holds what the lake says it does.

    What is wrong with it is a failure in replica mode; else its files come over the network.

    Yields
    ------
    Finding
        One; none where nothing is mounted.
    """
    mount = connection.instance.mount
    if mount is None:
        return
    step = f"correct it in {connection.instance.source}"
    try:
        found = _fault(connection, access, mount, step) or _content(connection, access, mount, step)
    except VreDmError as error:
        found = failed("mount", error)
    softened = found.state is State.FAIL and not connection.instance.replicate
    yield replace(found, state=State.WARN) if softened else found


def disk_findings(cache: "Cache") -> Iterator[Finding]:
    """Look at the room for fetched files, and at the cache.

    Yields
    ------
    Finding
        Disk, cache, and the shared cache where one is named.
    """
    yield _disk(cache.shows)
    yield _cache(cache)
    if cache.shared is not None:
        fault = shared_fault(cache.shared.absolute(), cache.shared.absolute())
        if fault is None:
            yield Finding("cache", State.OK, f"reads also {cache.shared}")
        else:
            text = f"the shared cache {cache.shared} is not used: {fault}"
            yield Finding("cache", State.WARN, text, "correct VRE_DM_SHARED_CACHE, or tell who keeps it")


def _fault(connection: Connection, access: Access, mount: Mount, step: str) -> Finding | None:
    """Why nothing can be found on the mount, if so."""
    if fault := access.mount_fault():
        text, _, next_ = fault.rpartition("; ")
        return Finding("mount", State.FAIL, text, next_)
    names = connection.ask("the storage elements", lambda rucio: [row["rse"] for row in rucio.list_rses()])
    if mount.rse not in names:
        text = f"{mount.folder} is said to be {mount.rse}, which the lake does not know"
        return Finding("mount", State.FAIL, text, step)
    if not MountWatch(mount.folder).ask(lambda: any(mount.folder.iterdir())):
        text = f"{mount.folder} is empty: {mount.rse} is not mounted there"
        return Finding("mount", State.FAIL, text, f"mount it, or {step}")
    return None


def _content(connection: Connection, access: Access, mount: Mount, step: str) -> Finding:
    """Whether files that the lake has there are found by their names and sizes."""
    files = connection.ask(f"the files at {mount.rse}", lambda rucio: list(_some(rucio, mount.rse)))
    watch, found, missed = MountWatch(mount.folder), 0, ""
    for pfn, size in files:
        path = access.local_path(pfn)
        if path is not None and watch.ask(lambda path=path: _size(path)) == size:  # type: ignore[misc]
            found += 1
        else:
            missed = f"{pfn} is not at {path}" if path else f"{pfn} leads to no path below it"
    where = f"{mount.rse} at {mount.folder}"
    if not files:
        return Finding("mount", State.OK, f"{where}; the lake has no dataset there to look for")
    if not missed:
        return Finding("mount", State.OK, f"{where}, {plural(found, 'file')} looked for and found")
    state = State.WARN if found else State.FAIL
    text = f"{where}: {found} of {plural(len(files), 'file')} looked for are there; {missed}"
    begins = f"the folder, or path_begins_at (now {mount.begins_at})"
    step = "ask its admins whether the file is lost" if found else f"{step}: {begins}"
    return Finding("mount", state, text, step)


def _some(rucio: Any, rse: str) -> Iterator[tuple[str, int]]:
    """Address and size of one file of each of a few datasets that the lake has at a storage element."""
    for row in islice(rucio.list_datasets_per_rse(rse), _LOOKED_AT):
        for file in islice(rucio.list_files(row["scope"], row["name"]), 1):
            asked = [{"scope": file["scope"], "name": file["name"]}]
            for replica in rucio.list_replicas(asked, rse_expression=rse):
                yield from ((pfn, file["bytes"]) for pfn in islice(replica["pfns"], 1))


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _disk(folder: Path) -> Finding:
    from vre_dm.lake.transfer.refusals import existing  # brings the engine, which most commands do not need

    there = existing(folder)
    free, names = shutil.disk_usage(there).free, os.statvfs(there)
    text = f"{size_text(free)} free for what is fetched into {folder}"
    if free < _LITTLE:
        return Finding("disk", State.WARN, text, "free some space, or fetch into a folder on another disk")
    if names.f_files and names.f_favail < _FEW:
        text += f", but only {plural(names.f_favail, 'more file')}"
        return Finding("disk", State.WARN, text, "remove files, or fetch into a folder on another disk")
    return Finding("disk", State.OK, text)


def _cache(cache: "Cache") -> Finding:
    from vre_dm.lake.transfer.refusals import existing

    try:
        if cache.folder.exists():
            make_private(cache.folder)  # makes nothing that is there
        elif foreign := open_to_exchange(existing(cache.folder)):
            msg = f"other users can change {foreign}, so {cache.folder} would not be safe to use; {_CLOSE}"
            raise NotWritable(msg)
    except (NotWritable, OSError) as error:
        text, _, _ = str(error).rpartition("; ")
        return Finding("cache", State.WARN, f"nothing is kept: {text or error}", _CLOSE)
    quota = "no quota" if cache.quota is None else f"of {size_text(cache.quota)}"
    return Finding("cache", State.OK, f"{size_text(cache.size())} in {cache.folder} ({quota})")
