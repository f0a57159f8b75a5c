"""Every published number that the package says it reproduces comes back within its tolerance."""

from pathlib import Path

from tests.physics.dwarfs.conftest import SEED
from vre_dm.physics.dwarfs.checks import checks


def fetch(did: str) -> list[Path]:
    """Files of a dataset from the seed, where each name begins with the dataset's."""
    scope, name = did.split(":")
    return sorted((SEED / scope).glob(f"*{name.removesuffix('s')}*.parquet"))


def test_every_published_number_comes_back_within_its_tolerance() -> None:
    found = list(checks(fetch))
    assert len(found) == 16
    assert [f"{check.where}: {check.ratio:.3f}" for check in found if not check.holds] == []
