"""The responses and the spectra as the lake is seeded with them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

import vre_dm
from vre_dm.physics.neutrino.fold import Telescope
from vre_dm.physics.neutrino.irf import Responses, read_responses
from vre_dm.physics.spectra import TabulatedSpectrum, read_pppc

SEED = Path(vre_dm.__file__).parent / "sandbox" / "seed" / "files"


@pytest.fixture(scope="session")
def paths() -> list[Path]:
    return sorted((SEED / "km3net").glob("*.fits"))


@pytest.fixture(scope="session")
def responses(paths: list[Path]) -> Responses:
    return read_responses(paths)


@pytest.fixture(scope="session")
def arca(responses: Responses) -> Telescope:
    return Telescope(responses=responses)


@pytest.fixture(scope="session")
def channels() -> dict[str, TabulatedSpectrum]:
    return read_pppc(SEED / "pppc4dmid" / "pppc4dmid.numu.ew.parquet")


Change = Callable[[fits.BinTableHDU], None]


@pytest.fixture
def changed(paths: list[Path], tmp_path: Path) -> Callable[[str, Change], list[Path]]:
    """The same files, one of them written again with a change to its table."""

    def write(name: str, change: Change) -> list[Path]:
        (original,) = (path for path in paths if path.name == f"arca230.{name}.fits")
        with fits.open(original, memmap=False) as opened:
            change(opened[1])
            opened.writeto(tmp_path / original.name)
        return [tmp_path / path.name if path == original else path for path in paths]

    return write


def disk_directions(radius_deg: float, size: int, rng: np.random.Generator) -> np.ndarray:
    """Distances from the centre of points thrown evenly on a disk, degrees."""
    return np.rad2deg(np.arccos(1 - rng.random(size) * (1 - np.cos(np.deg2rad(radius_deg)))))
