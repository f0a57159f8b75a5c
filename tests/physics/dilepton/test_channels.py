from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vre_dm.errors import OutOfRange
from vre_dm.physics.dilepton.channels import Channel, read_channels

from .conftest import RELEASE


def kinds() -> list[list[Path]]:
    return [sorted(RELEASE.glob(f"dilepton.2018.{kind}.*")) for kind in ("spectrum", "resolution", "xi")]


def altered(path: Path, folder: Path, column: str, row: int, value: float) -> Path:
    table = pq.read_table(path)
    place = table.column_names.index(column)
    values = table[column].to_pylist()
    values[row] = value
    field = table.schema.field(column)
    changed = table.set_column(place, field, pa.array(values, field.type))
    pq.write_table(changed.replace_schema_metadata(table.schema.metadata), folder / path.name)
    return folder / path.name


def test_both_spectra_are_read_whatever_the_order(channels: tuple[Channel, ...]) -> None:
    assert [channel.flavour for channel in read_channels(*(reversed(paths) for paths in kinds()))] == [
        "ee",
        "mumu",
    ]
    ee, mumu = channels
    assert (ee.observed[0], mumu.observed[0]) == (16815, 13495)
    assert ee.luminosity_fb == 139
    assert len(ee.edges_gev) == len(ee.observed) + 1 == 100


def test_all_events_of_a_true_mass_are_seen_somewhere_or_lost_to_the_efficiency(channels) -> None:
    for channel in channels:
        seen = channel.response(np.array([1000.0])).sum()
        assert seen == pytest.approx(np.interp(1000, *channel.efficiency), rel=1e-6)


def test_masses_without_a_resolution_are_refused(channels) -> None:
    with pytest.raises(OutOfRange, match=r"mumu: its resolution is known from 171\.946 to 5929\.9 GeV only"):
        channels[1].response(np.array([1000.0, 6500.0]))


@pytest.mark.parametrize("change", [lambda paths: paths[:1], lambda paths: [paths[0], paths[0]]])
def test_a_missing_flavour_is_named(change) -> None:
    spectra, resolutions, efficiencies = kinds()
    with pytest.raises(OutOfRange, match="one file of each flavour ee and mumu, got"):
        read_channels(change(spectra), resolutions, efficiencies)


@pytest.mark.parametrize(
    "given", ["atlas:dilepton.2018.spectra", RELEASE / "dilepton.2018.spectrum.ee.parquet"]
)
def test_one_name_in_place_of_a_list_of_files_is_refused(given: object) -> None:
    with pytest.raises(OutOfRange, match="is one name; give the list of files"):
        read_channels(given, *kinds()[1:])  # type: ignore[arg-type]


def test_files_in_each_others_place_are_refused() -> None:
    spectra, resolutions, efficiencies = kinds()
    with pytest.raises(OutOfRange, match="is not a dilepton mass spectrum: it has no column 'mass_lo_GeV'"):
        read_channels(resolutions, spectra, efficiencies)


@pytest.mark.parametrize(
    ("column", "row", "value", "said"),
    [
        ("mass_lo_GeV", 7, 270.0, "row 8"),
        ("background", 3, 0.0, "row 4 expects no background"),
        ("background", 3, -2.0, "column background, row 4: -2"),
        ("observed", 5, None, "column observed, row 6: a number is missing"),
    ],
)
def test_bins_that_cannot_be_are_refused_with_their_row(
    tmp_path: Path, column, row, value, said: str
) -> None:
    spectra, resolutions, efficiencies = kinds()
    with pytest.raises(OutOfRange, match=said):
        read_channels(
            [altered(spectra[0], tmp_path, column, row, value), spectra[1]], resolutions, efficiencies
        )
