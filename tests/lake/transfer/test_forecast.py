"""How long a fetch will take is said where it was measured, and nowhere else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.world import CALM, OpenAccess, Waits, registered
from vre_dm.lake.cache import Cache
from vre_dm.lake.transfer import fetch_files
from vre_dm.lake.transfer.events import Event, Planned
from vre_dm.lake.transfer.forecast import Forecast
from vre_dm.lake.transfer.plan import Plan, make_plan

MB = 1_000_000


def plan(folder: Path, count: int, size: int | None, host: str = "h.example.org") -> Plan:
    files = [
        registered(b"", f"https://{host}/{at}", name=f"{at}", size=size, adler32="00000001", md5=None)
        for at in range(count)
    ]
    return make_plan(files, folder / "new", OpenAccess(), copy=True)


def test_without_a_measurement_the_time_is_unknown(tmp_path: Path):
    assert Forecast().seconds(plan(tmp_path, 3, MB)) is None
    assert Forecast(tmp_path / "rates").seconds(plan(tmp_path, 3, MB)) is None


def test_big_files_go_by_their_bytes_and_small_ones_by_their_number(tmp_path: Path):
    forecast = Forecast(tmp_path / "rates")
    forecast.learn(plan(tmp_path, 2, 50 * MB), 10.0)
    forecast.learn(plan(tmp_path, 100, 1000), 5.0)
    assert forecast.seconds(plan(tmp_path, 1, 200 * MB)) == pytest.approx(20.0)
    assert forecast.seconds(plan(tmp_path, 40, 500)) == pytest.approx(2.0)
    assert forecast.seconds(plan(tmp_path, 10, 2 * MB)) == pytest.approx(2.5)


def test_a_place_says_nothing_about_another(tmp_path: Path):
    forecast = Forecast(tmp_path / "rates")
    forecast.learn(plan(tmp_path, 100, 1000), 5.0)
    assert forecast.seconds(plan(tmp_path, 100, 1000, "other.example.org")) is None


def test_a_new_measurement_counts_with_the_old(tmp_path: Path):
    forecast = Forecast(tmp_path / "rates")
    for seconds in (10.0, 20.0):
        forecast.learn(plan(tmp_path, 100, 1000), seconds)
    assert 10.0 < (forecast.seconds(plan(tmp_path, 100, 1000)) or 0.0) < 20.0


def test_a_fetch_that_moved_nothing_teaches_nothing(tmp_path: Path):
    Forecast(tmp_path / "rates").learn(plan(tmp_path, 0, 1), 5.0)
    assert not (tmp_path / "rates").exists()


def test_what_is_here_takes_no_time_and_an_unknown_size_no_forecast(tmp_path: Path):
    forecast = Forecast(tmp_path / "rates")
    forecast.learn(plan(tmp_path, 100, 1000), 5.0)
    assert forecast.seconds(plan(tmp_path, 0, 1)) == 0.0
    assert forecast.seconds(plan(tmp_path, 2, None)) is None


@given(st.binary(max_size=60) | st.sampled_from([b"[]", b'{"h.example.org": 3}', b'{"h.example.org": []}']))
def test_garbled_rates_are_unknown_ones(tmp_path_factory: pytest.TempPathFactory, garbled: bytes):
    folder = tmp_path_factory.mktemp("rates")
    (folder / "rates").write_bytes(garbled)
    assert Forecast(folder / "rates").seconds(plan(folder, 3, 1000)) is None


@pytest.mark.parametrize("rate", ["-1", "0", "NaN", "Infinity", '"x"', "[]"])
def test_a_rate_that_makes_no_sense_is_not_used(tmp_path: Path, rate: str):
    (tmp_path / "rates").write_text(f'{{"h.example.org": {{"files": {rate}}}}}')
    assert Forecast(tmp_path / "rates").seconds(plan(tmp_path, 3, 1000)) is None


def test_the_plan_that_is_told_has_the_forecast(tmp_path: Path):
    (tmp_path / "cache").mkdir(mode=0o700)
    (tmp_path / "f").write_bytes(b"body")
    file = registered(b"body", f"file://localhost{tmp_path / 'f'}")
    cache = Cache(tmp_path / "cache", tmp_path / "cache" / "lakes")
    (cache.folder / "rates.json").write_text('{"RSE-1 on this machine": {"files": 4.0}}')
    told: list[Event] = []
    options = {"access": OpenAccess(), "policy": CALM, "pace": Waits().pace(), "cache": cache}
    fetch_files([file], tmp_path / "mine", progress=told.append, **options)
    fetch_files([file], tmp_path / "mine", progress=told.append, **options)
    assert [event.seconds for event in told if isinstance(event, Planned)] == [0.25, 0.0]
