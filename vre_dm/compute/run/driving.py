"""One map from its order to its outcome, in the process that is its own."""

import math
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext, suppress
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from vre_dm.compute.backend import Backend
from vre_dm.compute.chance import Generators
from vre_dm.compute.held import Held
from vre_dm.compute.inputs import Input
from vre_dm.compute.plan import Plan
from vre_dm.compute.point_sums import failures
from vre_dm.compute.preparing import draft, prepare
from vre_dm.compute.run.checkpoint import Checkpoint, standing_of
from vre_dm.compute.run.choosing import inputs_for, remark
from vre_dm.compute.run.fingerprint import fingerprint
from vre_dm.compute.run.folder import RunFolder, read, write
from vre_dm.compute.run.looking import STOPPED, facts_for
from vre_dm.compute.run.loop import Loop
from vre_dm.compute.run.order import Order
from vre_dm.compute.run.outcome import Outcome, Skipped, environment
from vre_dm.compute.run.progress import Progress
from vre_dm.compute.run.remembered import Remembered
from vre_dm.compute.run.scans import prepare_scan
from vre_dm.compute.run.sending import dumps
from vre_dm.compute.run.starting import FUNCTION
from vre_dm.compute.run.taking import changed
from vre_dm.errors import ChunkFailed, DatasetChanged, JobCancelled, RunFailed, VreDmError
from vre_dm.lake.apart import Apart, Hung
from vre_dm.lake.jobs.folder import About, JobFolder, folders
from vre_dm.lake.jobs.started import StartedJob
from vre_dm.lake.jobs.task import MAP
from vre_dm.lake.tables import clean, plural
from vre_dm.lake.transfer.events import Cancelled, Finished, Listener

if TYPE_CHECKING:
    from vre_dm.lake.dataset import Dataset

T = TypeVar("T")
DatasetOf = Callable[[str, str], "Dataset"]
"""Opens a dataset of a lake, both by their names."""
_TOLD = 10  # points that failed


def started(job: JobFolder, dataset_of: DatasetOf) -> StartedJob:
    """Begin, in this process, the map whose order lies in the folder of a job.

    Raises
    ------
    RunFailed
        There is no order, or it is damaged.
    NotWritable
        The disk does not let it tell of itself.
    """
    job.give(os.getpid())
    begun, order = job.begun, read(RunFolder(job).order)
    if begun is None or not isinstance(order, Order):
        msg = f"{job.path} holds no order of a map; run the map again"
        raise RunFailed(msg)

    def work(tell: Listener, stop: threading.Event) -> list[Any]:
        try:
            _drive(job, order, dataset_of, tell, stop)
        except BaseException as error:
            RunFolder(job).keep_error(error)
            raise
        return []

    return StartedJob(work, begun.about, job, must_tell=True)


def _drive(
    job: JobFolder, order: Order, dataset_of: DatasetOf, tell: Listener, stop: threading.Event
) -> None:
    began, run = datetime.now(UTC), RunFolder(job)
    with suppress(OSError):
        os.chdir(order.folder)  # as in the session, for a function that opens its own files
    function, reduce = order.loaded()
    dataset = dataset_of(order.lake, order.did) if order.did else None
    inputs = order.inputs
    if dataset is not None:
        inputs = inputs_for(
            order,
            dataset,
            lambda some: _asked(partial(prepare, function, some, **_how(order, reduce)), stop),
            tell,
            stop,
        )
    stood = [None if source.path is None else standing_of(source.path) for source in inputs]
    with place_of(order, stop) as opens, ExitStack() as stack:
        place = cache(lambda: stack.enter_context(closing(opens())))  # closed twice where the loop has it
        before = [*map(RunFolder, earlier(job, order.key))]
        remembered: Remembered | None = None
        if order.grid is None:
            drafted = _asked(partial(draft, function, inputs, **_how(order, reduce)), stop)
            ask = partial(_asked, stop=stop)
            # One of a gateway that is to be made for the run is not waited for: maybe no chunk is left to do.
            runs = order.on is not None and (order.on["kind"] == "local" or order.on.get("name"))
            remembered = Remembered(run, lambda: [RunFolder(o) for o, _ in _other_maps(job)], drafted)
            facts = facts_for(drafted, remembered, ask, place if runs else None, tell, stop)
            prepared = drafted.prepared(facts)
        else:
            prepared = _asked(partial(prepare_scan, order, function, reduce, run, before), stop)
        # All of it as it is here: an order may be older than an upgrade or an edit of what it imports.
        work = prepared.work
        key = fingerprint(order.key, environment(), work.taken, work.columns, function.fresh())
        checkpoint = Checkpoint(run, key, prepared.plan, stood)
        checkpoint.adopt(before)
        progress = Progress(prepared.plan, tell)
        loop = Loop(prepared, checkpoint, progress, order.on_error)
        try:
            value = loop.run(place, stop)
        except JobCancelled:
            tell(Cancelled(progress.files, len(inputs)))
            raise
        except ChunkFailed as error:
            if error.cause == DatasetChanged.__name__:  # as it was read
                if remembered is not None:
                    remembered.forget()
                raise DatasetChanged(str(error)) from error
            raise
    _check_unchanged(order, inputs, stood, dataset)
    failed = failures(value)
    for failure in failed[:_TOLD]:
        progress.trouble(f"{failure.name}: {failure.cause}", again=False)
    loop.skipped += [Skipped(f.name, f.index, f.index + 1, f"{f.name}: {f.cause}") for f in failed]
    draws = loop.split > 0 and order.grid is None and bool(Generators(Held(function.fresh()).objects))
    remarks = _remarks(loop, checkpoint, len(failed), draws=draws)
    notes = (*prepared.notes, *remark(inputs, loop.bytes_read), *remarks)
    outcome = _outcome(order, prepared.plan, loop, prepared.finish(value), notes, began)
    _keep(run, outcome)
    for done in (job, *earlier(job, order.key, same=True)):
        RunFolder(done).forget_chunks()
    tell(Finished(len(inputs), prepared.plan.bytes, outcome.seconds))


def _how(order: Order, reduce: Any) -> dict[str, Any]:
    """What a map over files was ordered with."""
    how = {"kind": order.kind, "tree": order.tree, "columns": order.columns, "chunk_bytes": order.chunk_bytes}
    return how | {"reduce": reduce}


def _asked(call: Callable[[], T], stop: threading.Event) -> T:
    """Plan, apart: the function is tried on a little, and is left there if it is to stop."""
    try:
        return Apart().ask(call, math.inf, stop.is_set)
    except Hung:
        raise JobCancelled(STOPPED) from None


def _outcome(
    order: Order, plan: Plan, loop: Loop, value: Any, notes: tuple[str, ...], began: datetime
) -> Outcome:
    return Outcome(
        value=value,
        what=order.names,
        inputs=plan.inputs if order.grid is None else (),
        entries=loop.entries,
        unit=plan.unit,
        chunks=len(plan.chunks),
        kept=loop.kept,
        skipped=tuple(loop.skipped),
        bytes_read=loop.bytes_read,
        function=order.name,
        source=order.source,
        key=order.key,
        backend=loop.place,
        began=began,
        seconds=(datetime.now(UTC) - began).total_seconds(),
        busy=loop.busy,
        notes=notes,
    )


def earlier(job: JobFolder, key: str, *, same: bool = False) -> list[JobFolder]:
    """Folders of maps of the same function that are over or end, or of the same order; the newest first."""
    mine, found = job.begun, []
    for other, about in _other_maps(job):
        alike = dict(about.chosen).get(FUNCTION) == key
        if same:
            alike = alike and mine is not None and about == mine.about
        # One that was asked to stop may take some seconds; what it has done is whole at any moment.
        if alike and (other.cancelled or other.state != "running"):
            found.append(other)
    return found


def _other_maps(job: JobFolder) -> Iterator[tuple[JobFolder, About]]:
    """Folders of all other maps, the newest first."""
    for other in folders(job.path.parent):
        begun = other.begun
        if other.path != job.path and begun is not None and begun.about.kind == MAP:
            yield other, begun.about


def place_of(order: Order, stop: threading.Event) -> AbstractContextManager[Callable[[], Backend]]:
    """Give what opens the place where the chunks are done."""
    if order.on is None:
        from vre_dm.compute.here import Here

        return nullcontext(Here)
    from vre_dm.compute.cluster import place

    return place(order.on, stop)


def _remarks(loop: Loop, checkpoint: Checkpoint, failed: int, *, draws: bool) -> list[str]:
    """What the user should know of the result; ``draws``: whether numbers depend on where a chunk begins."""
    found = [checkpoint.refused] if checkpoint.refused else []
    if failed:
        found.append(f"{plural(failed, 'point')} failed and are left out")
    if len(loop.skipped) > failed:
        found.append(f"{plural(len(loop.skipped) - failed, 'chunk')} left out")
    if loop.split:
        halves = "ran out of memory and was done in two halves: sums may differ in the last bit"
        if draws:
            halves += ", and the random numbers of a generator that the function brings are others"
        found.append(f"{plural(loop.split, 'chunk')} {halves}")
    return found


def _check_unchanged(
    order: Order, inputs: tuple[Input, ...], stood: Sequence[object], dataset: "Dataset | None"
) -> None:
    """Compare the files, and what the catalogue says of them, with what they were at the begin.

    Raises
    ------
    DatasetChanged
        One is another now; one that is gone was read before that.
    """
    stand = [source.path and standing_of(source.path) for source in inputs]
    other = [i.name for i, was, now in zip(inputs, stood, stand, strict=True) if now and was != now]
    if dataset is not None:
        with suppress(VreDmError):  # a lake that does not answer any more says nothing against the result
            other += changed(dataset, order.files, inputs)
    if other:
        msg = f"{clean(other[0], None)} was replaced while {order.name} ran over {order.names}: run it again"
        raise DatasetChanged(clean(msg, None))


def _keep(run: RunFolder, outcome: Outcome) -> None:
    """Write down the outcome.

    Raises
    ------
    RunFailed
        The disk does not take it; the chunks are kept.
    NotSendable
        The value cannot be pickled.
    """
    try:
        write(run.outcome, dumps(outcome))
    except OSError as error:
        msg = f"the result cannot be written to {run.outcome}: {error.strerror}; make room and run it again"
        raise RunFailed(msg) from error
