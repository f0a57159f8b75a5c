"""One module per experiment or collection: which raw files it reads and what it says about them."""

from pathlib import Path

from builders.seed.model import Source
from builders.seed.sources import (
    atlas,
    cms,
    curves,
    darkside,
    fermi,
    km3net,
    madhat,
    mlfermi,
    pppc4dmid,
    xenon,
)


def read_all(folder: Path) -> list[Source]:
    """Every source, in the order of the registry."""
    modules = (fermi, mlfermi, pppc4dmid, madhat, atlas, xenon, darkside, km3net, cms)
    return [*(module.read(folder) for module in modules), curves.read()]
