"""Kernels that machines share, on CVMFS or in another folder of ``JUPYTER_PATH``: there, whole, and found."""

import importlib.util
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vre_dm.hub.folders import PATIENCE, Seen, printed_by, seen
from vre_dm.lake.finding import Finding, State
from vre_dm.lake.tables import clean, plural

CVMFS = Path("/cvmfs")
"""Where CVMFS is mounted, by its own convention."""
_PATH = "JUPYTER_PATH"
_IMAGE = "/"  # where the file system of an image is mounted
_LISTED = 8  # names in a sentence
_LISTING = 30.0  # seconds: the first import from a cold disk takes some
_REMOUNT = "ask the admins of the hub to remount it; a new server may start where it works"
_MOUNT = "ask the admins of the hub to mount CVMFS in users' servers"
_LIST = ("-P", "-m", "jupyter_client.kernelspecapp", "list", "--json")  # -P: no module of the current folder
_Specs = Mapping[str, Mapping[str, Any]]


def kernel_findings(environ: Mapping[str, str], cvmfs: Path = CVMFS) -> Iterator[Finding]:
    """Look at CVMFS, at each folder of ``JUPYTER_PATH``, and at what Jupyter finds.

    Yields
    ------
    Finding
        CVMFS, each folder, and the kernels. Where a folder hangs Jupyter is not asked: it would too.
    """
    folders = [Path(said) for said in environ.get(_PATH, "").split(os.pathsep) if said]
    yield _cvmfs(cvmfs, [folder for folder in folders if folder.is_relative_to(cvmfs)])
    looks = [(folder, seen(folder)) for folder in folders]
    for folder, found in looks:
        yield _shared(folder, found, cvmfs)
    if any(found.hangs for _, found in looks):
        text = f"Jupyter was not asked for its kernels: it waits for all folders of {_PATH}"
        yield Finding("kernels", State.WARN, text, _REMOUNT)
        return
    yield from _found({folder: found.kernels for folder, found in looks if found.kernels})


def _cvmfs(root: Path, wanted: Sequence[Path]) -> Finding:
    """Whether CVMFS is there; a fault where folders on it are wanted."""
    found, bad = seen(root), State.FAIL if wanted else State.WARN
    unused = f"{_PATH} names nothing on it"
    if found.hangs:
        return Finding("CVMFS", bad, f"{root} did not answer in {PATIENCE:.0f} s", _REMOUNT)
    if found.fault and wanted:
        text = f"{root} cannot be read ({found.fault}), and {_PATH} names {wanted[0]}"
        return Finding("CVMFS", bad, text, _MOUNT)
    if found.fault:
        return Finding("CVMFS", State.OK, f"not used: {root} is not mounted, and {unused}")
    if found.entries:
        text = f"{root} {found.took}, repositories seen: {found.entries}"
    else:
        text = f"{root} {found.took}; it shows repositories once they are used, or has none"
    return Finding("CVMFS", State.OK, text if wanted else f"{text}; {unused}")


def _shared(folder: Path, found: Seen, cvmfs: Path) -> Finding:
    """How a folder of ``JUPYTER_PATH`` stands."""
    from vre_dm.lake.transfer.mounts import mount_of  # brings the engine

    if found.hangs:
        text = f"{folder} did not answer in {PATIENCE:.0f} s: Jupyter waits for it too"
        return Finding("kernels", State.FAIL, text, _REMOUNT)
    if found.fault:
        text = f"{_PATH} names {folder}, which cannot be read: {found.fault}"
        return Finding("kernels", State.FAIL, text, f"correct {_PATH}, or have it mounted")
    where = mount_of(folder)
    if folder.is_relative_to(cvmfs) and not Path(where).is_relative_to(cvmfs):
        text = f"{folder} is an ordinary folder of this image: CVMFS is not mounted there"
        return Finding("kernels", State.FAIL, text, _MOUNT)
    if not found.kernels and not found.misplaced and where == _IMAGE:
        return Finding("kernels", State.OK, f"{folder} is of this image, which has no kernels there")
    if not found.kernels:
        text = f"{_PATH} names {folder}, in which there are no kernels"
        below = folder / "share" / "jupyter"
        step = f"name {below} there" if found.misplaced else "install some: vre-dm kernels install"
        return Finding("kernels", State.WARN, text, step)
    text = f"{folder} {found.took}, in the file system at {where}: {plural(len(found.kernels), 'kernel')}"
    broken = {name: fault for name, fault in found.kernels.items() if fault}
    if broken:
        name, fault = next(iter(broken.items()))
        text += f", of which {len(broken)} cannot start: {_named(broken)} ({name}: {clean(fault, 200)})"
        return Finding("kernels", State.FAIL, text, "install them again: vre-dm kernels install")
    return Finding("kernels", State.OK, text)


def _found(shared: Mapping[Path, Mapping[str, str]]) -> Iterator[Finding]:
    """What Jupyter finds, and which kernels of shared folders it does not show."""
    if importlib.util.find_spec("jupyter_client") is None:
        text = "no Jupyter is installed beside this vre-dm, so its kernels were not listed"
        yield Finding("kernels", State.WARN, text, "run vre-dm from the environment of your notebook server")
        return
    specs = _specs()
    if specs is None:
        text = f"Jupyter did not list its kernels in {_LISTING:.0f} s"
        yield Finding("kernels", State.WARN, text, "look at: jupyter kernelspec list")
        return
    text = f"Jupyter finds {plural(len(specs), 'kernel')}: {_named(specs)}"
    yield Finding("kernels", State.OK if specs else State.WARN, text, "" if specs else "install ipykernel")
    for folder, kernels in shared.items():
        yield from _hidden(folder / "kernels", kernels, specs)


def _hidden(folder: Path, kernels: Mapping[str, str], specs: _Specs) -> Iterator[Finding]:
    for name in kernels:
        shown = specs.get(name.lower(), {}).get("resource_dir")
        if shown is None:
            text = f"Jupyter does not show {name} of {folder}"
            step = "look at KernelSpecManager.allowed_kernelspecs, and whether its kernel.json is sound"
            yield Finding("kernels", State.WARN, text, step)
        elif Path(shown) != folder / name:
            text = f"Jupyter shows {shown} in place of {name} of {folder}"
            yield Finding("kernels", State.WARN, text, f"remove one: jupyter kernelspec remove {name}")


def _specs() -> _Specs | None:
    """Kernels as Jupyter lists them, asked apart: it reads folders that may hang."""
    printed = printed_by([sys.executable, *_LIST], _LISTING)
    try:
        said = json.loads(printed or b"")["kernelspecs"]
    except (ValueError, LookupError, TypeError):
        return None
    return said if isinstance(said, dict) else None


def _named(names: Mapping[str, object]) -> str:
    first = ", ".join(clean(name) for name in list(names)[:_LISTED])
    return first + (" …" if len(names) > _LISTED else "")
