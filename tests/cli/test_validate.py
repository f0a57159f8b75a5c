"""`vre-dm validate` on the real lake: the table, the document, and the exit code when something is wrong."""

import json
from collections.abc import Callable, Iterator

import pandas as pd
import pytest
from click.testing import Result

from tests.cli.test_main import invoke
from vre_dm.cli.validate import Comparison
from vre_dm.physics import validation
from vre_dm.physics.validation import Check, Fetch
from vre_dm.sandbox import LakeStatus

Run = Callable[..., Result]
SOURCE = "arXiv:1907.11485, released table"


@pytest.fixture
def run(embedded_lake: LakeStatus, tmp_path_factory: pytest.TempPathFactory) -> Run:
    home = tmp_path_factory.mktemp("home")
    return lambda *words: invoke(embedded_lake.rucio_config, home, "validate", *words)


def checks(fetch: Fetch) -> Iterator[Check]:
    """What an analysis of two numbers would say, then one whose data are not in the lake."""
    table = pd.read_parquet(fetch("xenon:s2only.limits")[0])
    first, last = table["limit_cm2"].iloc[[0, -1]]
    yield Check("two", "σ in cm²", "lightest", first, first * 1.01, 0.02, SOURCE)
    yield Check("two", "σ in cm²", "heaviest", last, last * 1.05, 0.02, SOURCE)
    fetch("xenon:s2only.nothing")


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(validation.ANALYSES, "two", __name__)


@pytest.mark.usefixtures("two")
def test_what_is_outside_is_said_and_what_stops_keeps_what_it_has(run: Run) -> None:
    found = run("--analysis", "two")
    assert found.exit_code == 1
    title, head, lightest, heaviest, stopped, _, total = found.stdout.splitlines()
    assert (title, head.split()) == (
        "two",
        ["quantity", "where", "published", "ours", "ratio", "within", "holds", "source"],
    )
    assert all(word in lightest for word in ("σ in cm²", "lightest", " 1.010 ", " yes ", SOURCE))
    assert all(word in heaviest for word in ("heaviest", " 1.050 ", " NO "))
    assert stopped.startswith("stopped: ")
    assert "xenon:s2only.nothing" in stopped
    assert total == "2 numbers, 1 outside its tolerance; stopped: two"


@pytest.mark.usefixtures("two")
def test_programs_get_every_number_unrounded(run: Run) -> None:
    (analysis,) = json.loads(run("--analysis", "two", "--json").stdout)
    assert analysis["analysis"] == "two"
    assert [check["holds"] for check in analysis["checks"]] == [True, False]
    assert analysis["checks"][1]["ratio"] == pytest.approx(1.05, rel=1e-12)
    assert "xenon:s2only.nothing" in analysis["failure"]


def test_a_number_that_could_not_be_computed_is_null_for_programs() -> None:
    check = Check("two", "σ in cm²", "lightest", 1.0, float("nan"), 0.02, SOURCE)
    (said,) = Comparison("two", (check,)).document()["checks"]
    assert (said["ours"], said["ratio"], said["holds"]) == (None, None, False)


def test_an_unknown_analysis_is_one_line(run: Run) -> None:
    found = run("--analysis", "nonsense")
    assert found.exit_code == 1
    assert found.stderr.startswith("Error: unknown analysis 'nonsense'; ")
