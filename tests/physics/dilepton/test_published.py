import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vre_dm.errors import OutOfRange
from vre_dm.limits.catalogue import load
from vre_dm.physics.dilepton.published import LimitTable, limit_table, read_limits, read_projection

from .conftest import RELEASE


def hepdata(path: Path, unit: str, doi: str, width: str = "3.0 %") -> Path:
    """A table as hepdata.net gives it: the first and last row of ins1725190, table 4, two widths."""
    rows = ((250, 3.57303, 5.77288), (6000, 0.014119, 0.0150))
    table = {
        "doi": doi,
        "headers": [
            {"colspan": 1, "name": "Mass [GeV]"},
            {"colspan": 2, "name": f"Cross section upper limit at 95% CL [{unit}]"},
        ],
        "qualifiers": {
            "RELATIVE WIDTH": [
                {"colspan": 1, "group": 0, "type": "RELATIVE WIDTH", "value": "0.0 %"},
                {"colspan": 1, "group": 1, "type": "RELATIVE WIDTH", "value": width},
            ]
        },
        "values": [
            {"x": [{"value": str(m)}], "y": [{"group": i, "value": str(v)} for i, v in enumerate(values)]}
            for m, *values in rows
        ],
    }
    path.write_text(json.dumps(table))
    return path


def test_the_records_header_says_pb_and_its_values_are_read_as_fb(tmp_path: Path, limits: LimitTable) -> None:
    table = read_limits(hepdata(tmp_path / "t4.json", "pb", "10.17182/hepdata.88425.v1/t4"))
    assert table.at([250.0], [0.0])[0] == pytest.approx(3.57303)
    assert table.at([250.0], [0.03])[0] == pytest.approx(limits.at([250.0], [0.03])[0])


def test_another_table_in_pb_is_taken_at_its_word(tmp_path: Path) -> None:
    table = read_limits(hepdata(tmp_path / "t.json", "pb", "10.17182/hepdata.1.v1/t1"))
    assert table.at([250.0], [0.0])[0] == pytest.approx(3573.03)


@pytest.mark.parametrize(
    ("unit", "width", "said"), [("nb", "3.0 %", "limits are in 'nb'"), ("fb", "wide", "WIDTH 'wide'")]
)
def test_tables_that_do_not_say_what_they_limit_are_refused(
    tmp_path, unit: str, width: str, said: str
) -> None:
    with pytest.raises(OutOfRange, match=said):
        read_limits(hepdata(tmp_path / "t.json", unit, "", width))


def test_a_limit_noted_in_pb_is_not_taken_for_fb(tmp_path: Path) -> None:
    table = pq.read_table(RELEASE / "dilepton.2018.limits.parquet")
    fields = [
        field.with_metadata({"unit": "pb"}) if field.name == "limit_fb_width3" else field
        for field in table.schema
    ]
    pq.write_table(table.cast(pa.schema(fields)), tmp_path / "limits.parquet")
    with pytest.raises(OutOfRange, match="column limit_fb_width3 is in 'pb', not in 'fb'"):
        read_limits(tmp_path / "limits.parquet")


def test_the_table_is_the_curve_of_the_catalogue(limits: LimitTable) -> None:
    (curve,) = (c for c in load() if c.id == "xs_atlas_2019_dilepton139")
    np.testing.assert_allclose(
        limits.at(curve.x, np.full(curve.x.size, 0.012)), curve.column("limit_w1p2_fb")
    )


def test_between_widths_the_logarithm_is_linear(limits: LimitTable) -> None:
    low, middle, high = limits.at(np.full(3, 1000.0), [0.03, 0.045, 0.06])
    assert middle == pytest.approx(np.sqrt(low * high))


@pytest.mark.parametrize(("mass", "width"), [(249.0, 0.01), (6001.0, 0.01), (1000.0, 0.11), (1000.0, np.nan)])
def test_nothing_is_extrapolated_in_mass_or_width(limits: LimitTable, mass: float, width: float) -> None:
    assert not limits.covers(mass, width)
    with pytest.raises(OutOfRange, match=r"the table has 250 to 6000 GeV and 0\.0% to 10\.0%"):
        limits.at([1000.0, mass], [0.01, width])


def test_masses_and_widths_come_in_pairs(limits: LimitTable) -> None:
    with pytest.raises(OutOfRange, match="3 masses and 2 relative widths"):
        limits.at([1000.0, 2000.0, 3000.0], [0.01, 0.02])


def test_the_projection_is_in_pb_and_holds_for_one_width() -> None:
    path = RELEASE / "dilepton.14TeV.limits.parquet"
    table = read_projection(path)
    assert table.at([2500.0], [0.005])[0] == pytest.approx(0.0160391)
    assert not table.covers(2500.0, 0.03)
    assert read_projection(path, "mumu", widest=0.03).covers(2500.0, 0.03)
    with pytest.raises(OutOfRange, match="unknown flavour of the projection 'tautau'"):
        read_projection(path, "tautau")
    with pytest.raises(OutOfRange, match="widest"):
        read_projection(path, widest=0.001)


@pytest.mark.parametrize(
    ("mass", "widths", "limit", "said"),
    [
        ([1000, 900], [0.0], [[1, 1]], "mass of the limits must rise"),
        ([900, 1000], [0.1, 0.0], [[1, 1], [1, 1]], "width of the limits must rise"),
        ([900, 1000], [0.0], [[1, 0]], "not a number above 0"),
        ([900, 1000], [0.0], [[1, np.inf]], "not a number above 0"),
        ([900, 1000], [0.0], [[1, 1, 1]], "do not fit"),
        (["a", 1000], [0.0], [[1, 1]], "mass .* is not a number"),
    ],
)
def test_a_table_of_ones_own_is_looked_at(mass, widths, limit, said: str) -> None:
    with pytest.raises(OutOfRange, match=said):
        limit_table(mass, widths, limit)
