"""Whether the files of a dataset are fetched for a map, or its columns read from where they are."""

import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from secrets import token_hex
from threading import Event
from typing import TYPE_CHECKING

from vre_dm.compute.allowed import Permit
from vre_dm.compute.inputs import Away, Input
from vre_dm.compute.preparing import Prepared
from vre_dm.compute.reading import shelf
from vre_dm.compute.run.order import Order
from vre_dm.compute.run.taking import checksum_of, taken
from vre_dm.compute.tree import Tree
from vre_dm.errors import FetchError, InvalidRun, LoginRefused, MissingExtra, UnreadableInput, VreDmError
from vre_dm.lake.files import File
from vre_dm.lake.tables import clean, plural, size_text
from vre_dm.lake.transfer.events import Listener
from vre_dm.lake.transfer.sources import sources

if TYPE_CHECKING:  # as in `vre_dm.compute.run.taking`
    from vre_dm.lake.dataset import Dataset
    from vre_dm.lake.tokens import TokenProvider

_LESS = 4  # times less has to move: what is fetched is verified, and is there the next time
_CERTIFICATES = {"x509", "x509_proxy"}

Prepare = Callable[[tuple[Input, ...]], Prepared]


def inputs_for(
    order: Order, dataset: "Dataset", prepare: Prepare, tell: Listener, stop: Event
) -> tuple[Input, ...]:
    """Have the files of a dataset here; or where they are, if that is wanted or moves much less.

    Parameters
    ----------
    prepare
        Plans the map over some files: tells which columns it reads.
    tell, stop
        As `vre_dm.compute.run.taking.taken`.

    Raises
    ------
    InvalidRun
        They are to be read where they are, and cannot be.
    FetchError, NotInLake, NoSpace, JobCancelled, …
        As `vre_dm.compute.run.taking.taken`.
    """
    if order.fetch or (order.fetch is None and not _may_pay(order, dataset)):
        return taken(dataset, order.files, tell, stop)
    there = located(
        dataset, order.files, f"map-{token_hex(4)}", beside=order.fetch is False and _elsewhere(order)
    )
    away = [source for source in there if source.away is not None]
    trouble = _trouble(order, dataset, there)
    if order.fetch is False and trouble:
        raise InvalidRun(trouble)
    if trouble or not away:
        return there if order.fetch is False else taken(dataset, order.files, tell, stop)
    _allow(order, dataset, away[0])
    if order.fetch is False or pays(away, prepare):
        return there
    return taken(dataset, order.files, tell, stop)


def _may_pay(order: Order, dataset: "Dataset") -> bool:
    """Whether it is worth a look where the files are: they are brought by a rule, or too small."""
    from vre_dm.compute.remote import OPENING  # with the client of the storage, which few need

    if order.kind == "path" or dataset.instance.replica:
        return False
    sizes = [file.size or 0 for file in dataset.files.matching(order.files)]
    return _LESS * len(sizes) * OPENING <= sum(sizes)


def located(dataset: "Dataset", files: str | None, run: str, *, beside: bool = False) -> tuple[Input, ...]:
    """Files of a dataset where they are: a verified copy, a mounted path, or addresses.

    Parameters
    ----------
    run
        Name under which a process is told what it may use.
    beside
        Give addresses also of what is here, for workers that do not see it.
    """
    found = list(dataset.files.located(files))
    copies = dataset.copies(found)
    return tuple(
        _input(dataset, file, copy, run, beside=beside) for file, copy in zip(found, copies, strict=True)
    )


def pays(away: Sequence[Input], prepare: Prepare) -> bool:
    """Whether to read files where they are moves much less than to fetch them, judged by the first."""
    from vre_dm.compute.remote import OPENING

    first, whole, opening = away[0], sum(source.size or 0 for source in away), len(away) * OPENING
    if not first.size or _LESS * opening > whole:
        return False
    try:
        plan = prepare((first,)).plan
        if not plan.columns or not plan.entries:  # what it reads is not known
            return False
        with shelf.lend(first, plan.tree) as table:
            moves = table.moving(plan.columns) if isinstance(table, Tree) else None
    except (FetchError, LoginRefused, MissingExtra, UnreadableInput):  # a fetch knows more ways, and says why
        return False
    return moves is not None and _LESS * (opening + moves * whole // first.size) <= whole


def remark(inputs: Sequence[Input], moved: int) -> tuple[str, ...]:
    """Say what was read without a comparison of the whole, if anything was."""
    some = [source for source in inputs if not source.compared]
    if not some:
        return ()
    size = size_text(sum(source.size or 0 for source in inputs))
    which = "" if len(some) == len(inputs) else f" ({plural(len(some), 'file')} of {len(inputs)})"
    said = [f"{size_text(moved)} of {size} were read where they are{which}; not verified as a whole"]
    if untold := sum(map(shelf.untold, some)):
        said.append(f"a server does not tell whether {plural(untold, 'file')} changed meanwhile")
    return tuple(said)


def _input(dataset: "Dataset", file: File, copy: Path | None, run: str, *, beside: bool) -> Input:
    ranked, _ = sources(file, dataset.access)
    path = copy or next((s.path for s in ranked if s.path is not None and _sound(s.path, file.size)), None)
    # what stands behind a question mark may let somebody in
    copies = tuple((s.rse, s.url) for s in ranked if s.url is not None and "?" not in s.url)
    away = Away(run, copies) if copies and file.size is not None and (path is None or beside) else None
    compared = copy is not None and away is None
    return Input(str(file.did), checksum_of(file), file.size, path, away, compared)


def _sound(path: Path, size: int | None) -> bool:
    """Whether a path of a mount has a plain file of the registered size."""
    try:
        facts = path.stat()
    except OSError:
        return False
    return stat.S_ISREG(facts.st_mode) and facts.st_size == size


def _trouble(order: Order, dataset: "Dataset", there: Sequence[Input]) -> str:
    """Why the files cannot be read where they are; empty if they can."""
    lost = next((source for source in there if source.away is None and source.path is None), None)
    if lost is not None:
        return f"{clean(lost.name)} has no copy that can be read where it is; use fetch=True"
    if order.on is None:
        return ""
    if dataset.instance.auth in _CERTIFICATES:
        return "the login is a certificate, which workers do not get; log in with a token, or use fetch=True"
    from vre_dm.compute.lending import samples_of, tokens_of

    try:
        tokens_of(dataset.access, samples_of(there), _kept(order, dataset))
    except VreDmError as error:
        return str(error)
    return ""


def _allow(order: Order, dataset: "Dataset", source: Input) -> None:
    """Tell this process what it may use to read them."""
    ca = dataset.instance.ca
    if source.away is not None:
        permit = Permit(dataset.access, ca.read_text() if ca else "", _kept(order, dataset))
        shelf.allowed.tell(source.away.run, permit)


def _kept(order: Order, dataset: "Dataset") -> "TokenProvider | None":
    """Source of the login's own token, which goes to other machines only where the user said so."""
    own = order.fetch is None and _elsewhere(order) and dataset.instance.auth == "oidc"
    return dataset.tokens if own else None


def _elsewhere(order: Order) -> bool:
    """Whether workers may be on other machines, which do not see the files of this one."""
    return order.on is not None and order.on.get("kind") != "local"
