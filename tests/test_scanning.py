"""`dm.scan` and `dm.map_partitions` as users call them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import vre_dm as dm
from vre_dm.compute.grid import grid_of
from vre_dm.errors import InvalidRun
from vre_dm.lake.transfer.events import Event

ROWS = 1000


@pytest.fixture(autouse=True)
def at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of its own, with jobs of this test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def table(at_work: None) -> pd.DataFrame:
    """A table in two files of Parquet, of row groups of a hundred."""
    rows = pd.DataFrame({"x": np.arange(ROWS), "pt": np.linspace(0, 50, ROWS)})
    for number, half in enumerate((rows[:600], rows[600:])):
        half.to_parquet(f"muons.{number}.parquet", row_group_size=100, index=False)
    return rows


def quietly(event: Event) -> None:
    """Take a progress that nobody looks at."""


def test_a_scan_of_toys_is_a_job_like_any_other():
    def toy(mass: float, toy: int, rng: np.random.Generator) -> dict[str, float]:
        return {"seen": rng.poisson(mass), "half": mass / 2}

    found = dm.scan(toy, {"mass": [1.0, 100.0], "toy": range(50)}, seed=2, progress=quietly)
    assert found.sizes == {"mass": 2, "toy": 50}
    assert found.half.sel(toy=7).values.tolist() == [0.5, 50.0]
    assert abs(float(found.seen.sel(mass=100.0).mean()) - 100) < 6
    (job,) = dm.jobs()
    assert (job.what, job.to, job.state) == ("2 mass × 50 toy", "toy", "finished")
    assert job.outcome().value.identical(found)


@pytest.mark.parametrize(
    ("how", "said"), [({"on_error": "hide"}, "on_error='hide'"), ({"on": "moon"}, "on='moon' is no place")]
)
def test_a_scan_that_makes_no_sense_begins_nothing(how: dict[str, Any], said: str):
    with pytest.raises(InvalidRun, match=said):
        dm.start_scan(lambda mass: mass, {"mass": [1]}, **how)
    assert dm.jobs() == []


def chosen(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows.pt > 20].assign(ratio=lambda kept: kept.pt / kept.x)


def test_pieces_of_parquet_come_back_in_their_order(table: pd.DataFrame):
    found = dm.map_partitions("muons.*.parquet", chosen, chunk_bytes=2000, progress=quietly)
    pd.testing.assert_frame_equal(found, chosen(table).reset_index(drop=True))
    outcome = dm.jobs()[0].outcome()
    assert outcome.chunks > 5
    assert (outcome.unit, outcome.entries) == ("rows", ROWS)


def test_a_map_over_parameters_merges_what_a_function_gives_at_them():
    def toy(mass: float, toy: int, rng: np.random.Generator) -> dict[str, Any]:
        return {"hits": np.bincount(rng.poisson(mass, 3), minlength=40), "toys": 1}

    axes = {"mass": [1.0, 5.0], "toy": range(20)}
    grid = grid_of(toy, axes, seed=1)
    merged = dm.map(axes, toy, seed=1, progress=quietly)
    assert merged["toys"] == 40
    assert merged["hits"].tolist() == sum(toy(**grid.arguments(i))["hits"] for i in range(40)).tolist()


@pytest.mark.parametrize(
    ("what", "how", "said"),
    [
        ({"mass": [1]}, {"chunk_bytes": 8000}, "chunk_bytes= is for maps over files"),
        ({"mass": [1]}, {"batch": 3}, "batch=3 would change the last bit of a sum.*such as 4"),
        ("muons.root", {"seed": 1}, "seed= is for maps over parameters"),
    ],
)
def test_options_of_files_and_of_parameters_are_told_apart(what: Any, how: dict[str, Any], said: str):
    with pytest.raises(InvalidRun, match=said):
        dm.start_map(what, lambda mass: mass, **how)
