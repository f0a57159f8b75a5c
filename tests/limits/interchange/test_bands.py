"""What a format has no place for is said, and left out when asked for."""

from pathlib import Path

import pytest

from tests.limits.conftest import make
from vre_dm.errors import InvalidCurve
from vre_dm.limits.column import Column
from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange import FORMATS, read, write

NARROW = ["dmtools", "axionlimits", "darkmatterlive"]


def banded(**changes: object) -> Curve:
    """A limit with its expectation beside it."""
    columns = [("m_GeV", "GeV", [10, 20]), ("limit_cm2", "cm2", [1e-46, 2e-46])]
    median = ("median_cm2", "cm2", [2e-46, 3e-46])
    return make(columns=tuple(Column(*column) for column in [*columns, median]), **changes)


@pytest.mark.parametrize("format", NARROW)
def test_a_column_without_a_place_is_named_with_the_way_out(tmp_path: Path, format: str) -> None:
    with pytest.raises(InvalidCurve, match=r"not median_cm2; write it without them \(limit_only=True"):
        write(banded(), tmp_path, format)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("format", [name for name, known in FORMATS.items() if known.write])
def test_the_limit_alone_reads_back_from_every_format(tmp_path: Path, format: str) -> None:
    (path, *_) = write(banded(), tmp_path, format, limit_only=True)
    (back,) = read(next(tmp_path.glob("*.toml"), path), format)
    assert [column.values.tolist() for column in back.columns] == [[10, 20], [1e-46, 2e-46]]
    assert back.quantity == "sigma_SI"


@pytest.mark.parametrize("geometry", ["band", "grid"])
def test_what_is_nothing_without_its_columns_keeps_them(tmp_path: Path, geometry: str) -> None:
    with pytest.raises(InvalidCurve, match=f"is a {geometry}: it needs all its columns"):
        write(banded(geometry=geometry), tmp_path, "plain", limit_only=True)
