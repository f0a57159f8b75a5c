"""Whether a map fetches the files of a dataset of the real lake, or reads columns where they are."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest

from tests.compute.remote import ENTRIES, weighted
from vre_dm.compute.preparing import prepare
from vre_dm.compute.reading import shelf
from vre_dm.compute.run.choosing import inputs_for
from vre_dm.compute.run.driving import started
from vre_dm.compute.run.order import order_of
from vre_dm.compute.run.outcome import Outcome
from vre_dm.compute.run.running import RunningMap
from vre_dm.compute.run.starting import begun_job
from vre_dm.errors import InvalidRun
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.jobs.folder import folders


@dataclass(frozen=True, slots=True)
class Maps:
    """Maps over one dataset, in this process as their own process does them."""

    dataset: Dataset
    root: Path

    def done(self, function: Callable[[Any], Any] = weighted, **how: Any) -> Outcome:
        order = order_of(function, lake="lake", did=str(self.dataset.did), **how)
        started(begun_job(self.root, order), lambda lake, did: self.dataset).result(120)
        return RunningMap(folders(self.root)[0]).outcome()


@pytest.fixture
def maps(wide_dataset: Dataset, tmp_path: Path) -> Maps:
    return Maps(wide_dataset, tmp_path / "jobs")


def test_few_columns_of_a_wide_file_are_read_where_it_is_and_the_outcome_says_so(maps: Maps) -> None:
    outcome = maps.done()
    (source,) = outcome.inputs
    assert (source.path, source.verified, outcome.entries) == (None, False, ENTRIES)
    assert outcome.bytes_read < (source.size or 0) / 10
    (note,) = [note for note in outcome.notes if "where they are" in note]
    assert note.endswith("kB of 13.5 MB were read where they are; not verified as a whole")
    fetched = maps.done(fetch=True)
    assert fetched.inputs[0].verified
    assert fetched.kept == 0  # a chunk of what was not verified is not taken for one of what was
    assert fetched.value["sum"].tobytes() == outcome.value["sum"].tobytes()
    again = maps.done()
    assert (again.inputs[0].path is not None, again.inputs[0].verified) == (True, True)


def test_a_map_that_needs_most_of_a_file_fetches_it(maps: Maps) -> None:
    outcome = maps.done(lambda events: float(np.sum(np.asarray(events.noise))), chunk_bytes=4_000_000)
    assert (outcome.inputs[0].verified, outcome.entries) == (True, ENTRIES)
    assert not [note for note in outcome.notes if "where they are" in note]


def test_who_wants_it_reads_all_columns_where_they_are(maps: Maps) -> None:
    outcome = maps.done(lambda events: float(np.sum(np.asarray(events.noise))), fetch=False)
    assert (outcome.inputs[0].path, outcome.entries) == (None, ENTRIES)


def test_a_function_of_paths_gets_a_fetched_file(maps: Maps) -> None:
    outcome = maps.done(lambda path: path.stat().st_size, as_="path")
    assert outcome.value == outcome.inputs[0].size
    with pytest.raises(InvalidRun, match="as_='path'"):
        maps.done(lambda path: 1, as_="path", fetch=False)


def test_a_login_that_workers_do_not_get_is_said_before_a_cluster_starts(maps: Maps) -> None:
    instance = replace(maps.dataset.instance, auth="x509")
    connection = maps.dataset._site.connection
    before, connection.instance = connection.instance, instance
    try:
        with pytest.raises(InvalidRun, match="a certificate, which workers do not get"):
            maps.done(on={"kind": "local"}, fetch=False)
    finally:
        connection.instance = before


@pytest.mark.parametrize(
    ("kind", "fetch", "away"), [("gateway", None, False), ("local", None, True), ("gateway", False, True)]
)
def test_a_gateway_gets_the_token_of_the_login_itself_only_where_the_user_says_so(
    maps: Maps, kind: str, fetch: bool | None, away: bool
) -> None:
    how: dict[str, Any] = {"lake": "lake", "did": str(maps.dataset.did), "on": {"kind": kind}, "fetch": fetch}
    (source,) = inputs_for(
        order_of(weighted, **how),
        maps.dataset,
        lambda some: prepare(weighted, some),
        lambda event: None,
        Event(),
    )
    assert (source.away is not None) is away
    assert source.verified is not away
    if source.away is not None:
        shelf.forget(source.away.run)
