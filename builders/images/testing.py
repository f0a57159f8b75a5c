"""Images tried as they are to be run: what they hold, JupyterLab, every kernel, the tour."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from builders.images.bill import bill, wanted
from builders.images.building import LOCAL, MADE
from builders.images.catalogue import Image
from builders.images.container import Container, confined, container
from builders.images.debian import REFERENCE
from builders.images.engine import Engine
from builders.images.errors import ImagesError
from builders.images.policy import faults
from builders.images.source import Source
from builders.images.tree import Tree, tree

MEMORY = "2g"


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
    below = tree(engine, REFERENCE)
    return [_tried(image, engine, source, below, say) for image in images]


def _tried(image: Image, engine: Engine, source: Source, below: Tree, say: Callable[[str], None]) -> Tried:
    found, reference = Tried(image), image.reference(LOCAL, source.version)
    inspected = engine.inspect(reference)
    if inspected is None:
        found.faults.append(f"{reference} is not here: make images")
        return found
    found.size = int(inspected["Size"])
    say(f"{reference}: what is in it")
    held = tree(engine, reference, wanted)
    found.faults += faults(image, source, inspected, held, below)
    _write(image, bill(image, source, held), found)
    with (
        _noted(found),
        TemporaryDirectory() as folder,
        container(engine, reference, confined(_home(folder), MEMORY)) as started,
    ):
        _try_running(image, started, found, say)
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
    if started.killed():
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


def _home(folder: str) -> Path:
    home = Path(folder, "home")
    home.mkdir()
    # for the user in the container, whoever that is; vre-dm trusts no folder that others can exchange
    home.chmod(0o1777)
    return home


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
