"""Images tried as they are to be run: what they hold, JupyterLab, every kernel, the tour."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from builders.images import bill as bills
from builders.images import contents, origins
from builders.images.building import LOCAL, MADE, base_reference
from builders.images.catalogue import BASE, Image
from builders.images.container import Container, confined, container
from builders.images.debian import stood_on
from builders.images.engine import Engine
from builders.images.errors import ImagesError
from builders.images.policy import faults
from builders.images.source import Source
from builders.images.tree import Tree, tree
from builders.images.volumes import two_starts

MEMORY = "2g"


@dataclass(frozen=True)
class Below:
    """The Debian that images stand on.

    Attributes
    ----------
    held
        What is in it.
    variables
        Those that it sets, as ``NAME=VALUE``.
    """

    held: Tree
    variables: list[str]


@dataclass
class Tried:
    """What was found of an image.

    Attributes
    ----------
    size
        In bytes.
    times
        Seconds, by what took them.
    faults
        What is not as it has to be, a line each.
    """

    image: Image
    size: int = 0
    times: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def try_images(
    images: list[Image], engine: Engine, source: Source, say: Callable[[str], None]
) -> list[Tried]:
    """Try images that were built here; a fault of one keeps no other from its trial."""
    debian = stood_on(engine.labels(base_reference(source)))
    below = Below(tree(engine, debian, _wanted), _variables(engine.inspect(debian) or {}))
    return [_tried(image, engine, source, below, say) for image in images]


def _tried(image: Image, engine: Engine, source: Source, below: Below, say: Callable[[str], None]) -> Tried:
    found, reference = Tried(image), image.reference(LOCAL, source.version)
    inspected = engine.inspect(reference)
    if inspected is None:
        found.faults.append(f"{reference} is not here: make images")
        return found
    found.size = int(inspected["Size"])
    say(f"{reference}: what is in it")
    held = tree(engine, reference, _wanted)
    found.faults += faults(image, source, inspected, held, below.held, below.variables)
    _write(image, bills.bill(image, source, held), found)
    with _noted(found), container(engine, reference, confined(MEMORY)) as started:
        _try_running(image, started, found, say)
    if image.name == BASE:
        with _noted(found):
            say(f"{BASE}: the lake on a volume whose group may write it")
            found.times |= dict(zip(("lake", "lake again"), two_starts(engine, reference), strict=True))
    return found


def _try_running(image: Image, started: Container, found: Tried, say: Callable[[str], None]) -> None:
    name = image.name
    found.times["server"] = started.wait()
    say(f"{name}: the server answers after {found.times['server']:.1f} s; JupyterLab and each kernel")
    with _noted(found):
        kernels = started.ask("lab")["kernels"]
        found.times |= {f"kernel {kernel}": taken for kernel, taken in kernels.items()}
        say(f"{name}: {', '.join(kernels)}; the smoke notebooks")
    with _noted(found):
        ran = started.ask("smoke", name)
        found.times["smoke notebooks"] = ran["seconds"]
        say(f"{name}: {ran['said']}")
    if image.tour:
        with _noted(found):
            marks = started.ask("tour", str(started.started))["marks"]
            found.times["tour"] = round(marks[max(marks, key=marks.__getitem__)] - marks["kernel"], 1)
            say(f"{name}: the tour ran in {found.times['tour']:.1f} s")
    with _noted(found):
        if started.killed() or started.ask("memory")["killed"]:
            found.faults.append(f"a process needed more than {MEMORY} of memory")


def table(tried: list[Tried]) -> str:
    """Lay out sizes and times, an image a line."""
    head = f"{'image':<8}{'GB':>7}{'budget':>8}{'server':>9}{'kernels':>9}{'smoke':>8}{'tour':>8}  faults"
    lines = [head]
    for each in tried:
        kernels = [taken for what, taken in each.times.items() if what.startswith("kernel ")]
        times = {"server": 9, "kernels": 9, "smoke notebooks": 8, "tour": 8}
        known = each.times | ({"kernels": max(kernels)} if kernels else {})
        shown = "".join(
            f"{f'{known[name]:.1f} s' if name in known else '':>{width}}" for name, width in times.items()
        )
        sizes = f"{each.size / 1e9:>7.2f}{each.image.budget / 1e9:>8.2f}"
        lines.append(f"{each.image.name:<8}{sizes}{shown}  {len(each.faults) or 'none'}")
    lines += [f"{each.image.name}: {fault}" for each in tried for fault in each.faults]
    return "\n".join(lines)


def _wanted(path: str) -> bool:
    return any(each.wanted(path) for each in (bills, contents, origins))


def _variables(inspected: dict[str, Any]) -> list[str]:
    return list(inspected.get("Config", {}).get("Env") or [])


def _write(image: Image, said: dict[str, object], found: Tried) -> None:
    MADE.mkdir(parents=True, exist_ok=True)
    (MADE / f"{image.name}.cdx.json").write_text(json.dumps(said, indent=1) + "\n")
    components = said["components"]
    if not isinstance(components, list) or not components:
        found.faults.append("no package was found for its bill of materials")


@contextmanager
def _noted(found: Tried) -> Iterator[None]:
    try:
        yield
    except ImagesError as error:
        found.faults.append(str(error))
