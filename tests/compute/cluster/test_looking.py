"""Files that take long to look at are looked at by the workers: the same is seen, and the same is refused."""

import os
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from tests.compute.cluster.runs import Place
from tests.compute.files import write_tree
from tests.compute.remote import away, ranged
from tests.compute.run.conftest import told
from tests.compute.run.maps import done_here, total
from tests.faults.server import Handler, breaking
from tests.faults.world import OpenAccess
from vre_dm.compute.allowed import Permit
from vre_dm.compute.backend import Backend, Call, Came
from vre_dm.compute.cluster.local import LocalCluster
from vre_dm.compute.facts import Facts, facts_of
from vre_dm.compute.inputs import Away, inputs_of
from vre_dm.compute.preparing import Draft, draft
from vre_dm.compute.reading import shelf
from vre_dm.compute.run import looking
from vre_dm.compute.run.folder import RunFolder
from vre_dm.compute.run.looking import facts_for
from vre_dm.compute.run.order import order_of
from vre_dm.compute.run.remembered import Remembered
from vre_dm.compute.work import Work
from vre_dm.errors import JobCancelled, MissingColumn, NoCluster, UnreadableInput
from vre_dm.lake.jobs.folder import JobFolder
from vre_dm.lake.transfer.events import Event, Planned, Planning

FILES = 6


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Files of different lengths, whose column ``x`` counts."""
    return [
        write_tree(tmp_path / f"{i}.root", {"x": np.arange(500.0 * i + 500)}, basket=500)
        for i in range(FILES)
    ]


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """One file is looked at here, then it takes too long."""
    monkeypatch.setattr(looking, "HERE", 0.0)


def drafted(paths: list[Path]) -> Draft:
    return draft(total, inputs_of(paths))


def at_once(look: Callable[[], list[Facts]]) -> list[Facts]:
    return look()


class Asked:
    """A place that notes what it is asked to do, as often as it is asked."""

    def __init__(self, backend: Backend) -> None:
        self.name, self.files = backend.name, list[list[str]]()
        self._backend = backend

    def __call__(self) -> Backend:
        return self

    def run(self, work: Work, calls: Sequence[Call], stop: threading.Event) -> Generator[Came, None, None]:
        self.files.append([Path(source.name).name for source, _ in calls])
        return self._backend.run(work, calls, stop)

    def close(self) -> None:
        raise AssertionError  # it is not who looks that closes it


def looked(
    paths: list[Path], place: Callable[[], Backend] | None, heard: list[Event], stop: threading.Event
) -> list[Facts]:
    return seen_of(drafted(paths), place, heard, stop)


def seen_of(
    draft: Draft, place: Callable[[], Backend] | None, heard: list[Event], stop: threading.Event
) -> list[Facts]:
    """Look at the files of a map that is the first one."""
    with TemporaryDirectory() as folder:
        remembered = Remembered(RunFolder(JobFolder(Path(folder))), list, draft)
        return facts_for(draft, remembered, at_once, place, heard.append, stop)


def test_workers_see_what_this_process_sees(paths: list[Path], place: Place) -> None:
    heard, asked = list[Event](), Asked(place.backend)
    seen = looked(paths, asked, heard, threading.Event())
    assert asked.files == [[f"{i}.root" for i in range(1, FILES)]]
    assert seen == [facts_of(source, "Events", ("x",)) for source in inputs_of(paths)]
    assert [facts.entries for facts in seen] == [500 * i + 500 for i in range(FILES)]
    first = heard[0]
    assert isinstance(first, Planning)
    assert (first.files_done, first.files_total) == (1, FILES)


def test_without_workers_it_is_told_how_far_it_is(paths: list[Path]) -> None:
    heard: list[Event] = []
    seen = looked(paths, None, heard, threading.Event())
    assert seen == [facts_of(source, "Events", ("x",)) for source in inputs_of(paths)]
    assert [event.files_done for event in heard if isinstance(event, Planning)] == [1, 2, 3, 4, 5]
    assert all(isinstance(event, Planning) and event.remaining for event in heard)


def test_what_a_worker_refuses_is_refused_in_the_same_words(paths: list[Path], place: Place) -> None:
    for columns, refused, words in (
        ({"y": np.arange(10.0)}, MissingColumn, r"4\.root, tree Events has no column 'x'; it has y"),
        ({"x": np.arange(10)}, UnreadableInput, r"'x' is double in .*0\.root and int64_t in .*4\.root"),
    ):
        write_tree(paths[4], columns)
        asked = Asked(place.backend)
        with pytest.raises(refused, match=words):
            looked(paths, asked, [], threading.Event())
        assert "4.root" in asked.files[0]
    os.truncate(paths[4], 300)
    with pytest.raises(UnreadableInput, match=r"4\.root .*fetch it again"):
        looked(paths, lambda: place.backend, [], threading.Event())


def test_a_file_that_workers_see_otherwise_is_looked_at_here(paths: list[Path], place: Place) -> None:
    inputs = [replace(source, size=(source.size or 0) + 1) for source in inputs_of(paths)]
    seen = seen_of(draft(total, inputs), Asked(place.backend), [], threading.Event())
    assert seen == [facts_of(source, "Events", ("x",)) for source in inputs]


def test_what_is_read_from_a_server_is_looked_at_here(paths: list[Path], place: Place) -> None:
    first, *others = inputs_of(paths)
    inputs = [replace(first, away=Away("run", (("RSE", "https://h/x"),))), *others]
    asked = Asked(place.backend)
    seen_of(draft(total, inputs), asked, [], threading.Event())
    assert asked.files == []


def test_files_on_servers_are_looked_at_side_by_side(paths: list[Path]) -> None:
    together = threading.Barrier(FILES - 1)
    seen = looked(paths, None, [], threading.Event())
    with breaking() as server:

        def when_all_are_asked(h: Handler) -> None:
            """Answer when all are asked for, not before."""
            together.wait(20)
            ranged(body_of[h.path], '"1"')(h)

        body_of = {f"/{path.name}": path.read_bytes() for path in paths}
        inputs = [away(body, server.play(at, when_all_are_asked), name=at) for at, body in body_of.items()]
        server.play("/0.root", ranged(body_of["/0.root"], '"1"'))  # the draft opens it alone
        shelf.allowed.tell("run", Permit(OpenAccess()))
        try:
            assert seen_of(draft(total, inputs), None, [], threading.Event()) == seen
        finally:
            shelf.forget("run")


def test_workers_are_not_asked_for_what_is_done_in_a_moment(
    paths: list[Path], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "HERE", 60.0)
    heard, asked = list[Event](), Asked(place.backend)
    assert len(looked(paths, asked, heard, threading.Event())) == FILES
    assert (asked.files, heard) == ([], [])


def test_it_stops_when_it_is_told_to(paths: list[Path], place: Place) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(JobCancelled, match="before the first chunk"):
        looked(paths, lambda: place.backend, [], stop)


def test_a_cluster_that_is_not_waited_for_is_no_failure(paths: list[Path]) -> None:
    stop = threading.Event()

    def none() -> Backend:
        stop.set()  # meanwhile
        raise NoCluster

    with pytest.raises(JobCancelled, match="before the first chunk"):
        looked(paths, none, [], stop)


def test_a_map_whose_files_the_workers_looked_at_is_the_same(
    paths: list[Path], two: LocalCluster, tmp_path: Path
) -> None:
    root = tmp_path / "state" / "jobs"
    order = order_of(total, inputs=inputs_of(paths), on=two.handed(), chunk_bytes=4000)
    there = done_here(root, order).outcome()
    events = told(root)
    planned = next(at for at, event in enumerate(events) if isinstance(event, Planned))
    assert any(isinstance(event, Planning) for event in events[:planned])
    order = order_of(total, inputs=inputs_of(paths), chunk_bytes=4000)
    here = done_here(tmp_path / "other" / "jobs", order).outcome()  # which knows nothing of what they saw
    assert (there.value, there.chunks, there.entries) == (here.value, here.chunks, here.entries)
