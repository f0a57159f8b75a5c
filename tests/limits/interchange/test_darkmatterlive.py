"""DarkMatterLive: the pair read by either file, units from the benchmark, its validator's rules kept."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.limits.conftest import make
from tests.limits.interchange.conftest import SAMPLES
from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange import read, write
from vre_dm.limits.metadata import Reference

Put = Callable[[str, str], Path]
RECORD = (SAMPLES / "BC1" / "toy.json").read_text()


@pytest.mark.parametrize("name", ["toy.json", "toy.csv"])
def test_a_pair_is_read_by_either_file(name: str) -> None:
    curve = read(SAMPLES / "BC1" / name)[0]
    assert (curve.quantity, curve.kind, curve.label) == ("epsilon", "projection", "TOY beam dump")
    assert curve.y.tolist() == [1e-4, 2e-4, 7e-4]
    assert curve.reference.arxiv == "2001.01234"
    assert "quantity and units are those of benchmark BC1" in curve.provenance.treatment
    assert curve.assumptions["assumption"] == "Dark Matter"


def test_another_benchmark_is_asked_about(put: Put) -> None:
    put("toy.csv", "x,y\n1,1e-4\n2,1e-4\n")
    path = put("toy.json", RECORD.replace("BC1", "BC9"))
    with pytest.raises(InvalidCurve, match=r"leaves open: Which quantity.*In which units"):
        read(path)
    assert read(path, quantity="g_q", x_unit="TeV", y_unit="1")[0].x.tolist() == [1000.0, 2000.0]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("a,b\n1,2\n", "the header is not x,y"),
        ("x,y\n1,1e-4,3\n", "row 2: 3 cells where 2 are expected"),
        ("x,y\n1,one\n", "row 2, column y: 'one' is not a finite number"),
        ("x,y\n1,NaN\n", "row 2, column y: 'NaN' is not a finite number"),
        ("x,y\n1,-1e-4\n2,1e-4\n", "row 2, column limit_1: -0.0001 is not a positive"),
        ("x,y\n", "no row of numbers"),
    ],
)
def test_a_spoiled_table_is_refused_by_place_and_reason(put: Put, table: str, message: str) -> None:
    put("toy.csv", table)
    with pytest.raises(InvalidCurve, match=message):
        read(put("toy.json", RECORD))


def test_a_missing_table_is_named(put: Put) -> None:
    with pytest.raises(InvalidCurve, match=r"toy.csv cannot be read: No such file"):
        read(put("toy.json", RECORD))


def test_what_is_written_keeps_the_rules_of_its_validator(tmp_path: Path) -> None:
    curve = make(reference=Reference(arxiv="2001.01234", arxiv_version="v2", doi="10.1000/toy"))
    sidecar, table = write(curve, tmp_path, "darkmatterlive")
    record = json.loads(sidecar.read_text())
    assert {"labelName", "id", "url", "paperUrls"} <= set(record)
    assert record["paperUrls"] == ["https://arxiv.org/abs/2001.01234v2", "https://doi.org/10.1000/toy"]
    assert (tmp_path / record["url"]) == table
    assert table.read_text().startswith("x,y\n5.0,1e-43\n")
