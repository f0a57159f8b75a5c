"""The tables that the lake gives, as the seed has them."""

from pathlib import Path

import pytest

from vre_dm.physics.spectra import TabulatedSpectrum, read_pppc
from vre_dm.sandbox import seed

FOLDER = Path(seed.__file__).parent / "files" / "pppc4dmid"


@pytest.fixture(scope="session")
def photons() -> dict[str, TabulatedSpectrum]:
    return read_pppc(FOLDER / "pppc4dmid.gamma.ew.parquet")


@pytest.fixture(scope="session")
def photons_without_weak() -> dict[str, TabulatedSpectrum]:
    return read_pppc(FOLDER / "pppc4dmid.gamma.noew.parquet")


@pytest.fixture(scope="session")
def neutrinos() -> dict[str, TabulatedSpectrum]:
    return read_pppc(FOLDER / "pppc4dmid.numu.ew.parquet")
