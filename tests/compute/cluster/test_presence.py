"""A cluster that begins with no worker: they come with the work, and where none comes this is said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compute.cluster.runs import Place, used, value
from tests.lakes import until
from vre_dm.compute.cluster import cluster
from vre_dm.compute.cluster.presence import Presence
from vre_dm.compute.dask_backend import DaskBackend
from vre_dm.errors import NoCluster


@pytest.fixture(scope="module")
def place(state: Path, file: Path) -> Iterator[Place]:
    with cluster((0, 1), "700 MB") as none, used(none, file) as place:
        yield place


def test_where_no_worker_comes_for_long_this_is_said(place: Place) -> None:
    assert isinstance(place.backend, DaskBackend)
    with Presence(place.backend._client, "it", patience=0.2) as presence:

        def missed() -> NoCluster | None:
            try:
                presence.check()
            except NoCluster as error:
                return error
            return None

        until(lambda: missed() is not None, 60)
        assert "no worker of it was there" in str(missed())
        assert "finished is kept" in str(missed())


def test_workers_come_with_the_work(place: Place) -> None:
    came = place.done(lambda chunk: int(chunk["x"][0]), 3)
    assert {index: value(part) for index, part in came.items()} == {0: 0, 1: 10, 2: 20}
