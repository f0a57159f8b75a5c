from pathlib import Path

from vre_dm.physics.dilepton.checks import checks

from .conftest import RELEASE

FILES = {"spectra": "spectrum.*", "resolutions": "resolution.*", "xi": "xi.*"}


def seed(did: str) -> list[Path]:
    last = did.rpartition(".")[2]
    return sorted(RELEASE.glob(f"dilepton.2018.{FILES.get(last, f'{last}.parquet')}"))


def test_every_published_number_comes_back() -> None:
    found = list(checks(seed))
    assert len(found) == 3
    assert [check.where for check in found if not check.holds] == []
