"""The lake that a notebook works with: `connect` chooses it, the short verbs use it.

The one piece of state of the package, kept because a notebook has one lake in mind: the last `connect`.
"""

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack, cast

import click
import platformdirs

from vre_dm.did import Did, DidPattern
from vre_dm.errors import InvalidCurve
from vre_dm.lake import instances
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.instance import Instance
from vre_dm.lake.lake import Lake
from vre_dm.lake.results import SearchResult
from vre_dm.lake.tables import size_text
from vre_dm.lake.tokens import redaction

if TYPE_CHECKING:
    from vre_dm.lake.cache import Cache
    from vre_dm.lake.cache.settings import CacheSettings
    from vre_dm.lake.growth import Since
    from vre_dm.lake.jobs.job import Job
    from vre_dm.lake.jobs.listing import JobList
    from vre_dm.lake.jobs.watching import Watch
    from vre_dm.lake.publish.sources import Sources
    from vre_dm.lake.transfer.events import Listener
    from vre_dm.limits.curveset import CurveSet
    from vre_dm.limits.search import Criteria
    from vre_dm.mapping import MappableDataset

Say = Callable[[str], None]
LARGEST_CURVES = 200_000_000
"""Bytes of a dataset that is fetched whole for its curves; the whole catalogue has 2 MB."""


class _Session:
    """Holds the lake of the last `connect`; connects to the default one when first asked."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._lake: Lake | None = None

    def keep(self, lake: Lake) -> Lake:
        with self._lock:
            self._lake = lake
        return lake

    def lake(self) -> Lake:
        with self._lock:
            if self._lake is None:
                return connect()
            instance = instances.awake(self._lake.instance, click.echo)
            return self._lake if instance == self._lake.instance else self.keep(opened(instance))

    def at_hand(self) -> Lake | None:
        with self._lock:
            if self._lake is None and (instances.choose(None) or instances.embedded_if_running()):
                connect(say=lambda _: None)
            return self._lake


_SESSION = _Session()


def connect(
    name: str | None = None,
    *,
    config: Path | str | None = None,
    url: str | None = None,
    say: Say = click.echo,
    **settings: object,
) -> Lake:
    """Choose a data lake and make it the one that `search`, `dataset` and `fetch` use.

    Without arguments, the first of these that is configured: `RucioConfig` of rucio-jupyterlab, the VRE's
    ``RUCIO_*`` variables, ``rucio.cfg`` where Rucio's client looks for it, and otherwise the embedded lake of
    this machine, which is started.

    Parameters
    ----------
    name
        Name of a configured lake (``vre-dm doctor`` lists them), or ``embedded``.
    config
        A ``rucio.cfg`` to use.
    url
        Address of a Rucio server, with the settings of `vre_dm.lake.instance.Instance` as further keywords:
        ``account``, ``auth``, ``username`` and ``password``, or ``token_file``, ``ca`` and so on.
    say
        Is told, in one line, when the embedded lake is used.
    **settings
        See ``url``; with a name or a configuration file they replace what is configured.

    Returns
    -------
    Lake
        Its server answers; it is logged in to when first asked something.

    Raises
    ------
    InvalidConfiguration
        No such lake, or a setting that makes no sense.
    LoginRefused
        What the login needs is missing.
    Unreachable
        The server does not answer, or is no Rucio of a version that this client understands.
    SandboxError
        The embedded lake does not start.

    Examples
    --------
    >>> import vre_dm as dm
    >>> lake = dm.connect()  # doctest: +SKIP
    >>> lake = dm.connect("vre-rucio.cern.ch")  # doctest: +SKIP
    >>> lake = dm.connect(url="https://rucio.example.org", token_file="~/token")  # doctest: +SKIP
    """
    return _SESSION.keep(opened(_chosen(name, config, url, settings, say)))


def search(
    pattern: str | Did | DidPattern = "*",
    *,
    scope: str | None = None,
    kind: str = "collection",
    where: str = "",
    **filters: object,
) -> SearchResult:
    """Find datasets in the connected lake; see `vre_dm.lake.lake.Lake.search`."""
    return _SESSION.lake().search(pattern, scope=scope, kind=kind, where=where, **filters)


def dataset(did: str | Did) -> "MappableDataset":
    """Get one container, dataset or file of the connected lake; see `vre_dm.lake.lake.Lake.dataset`."""
    return cast("MappableDataset", _SESSION.lake().dataset(did))


def fetch(
    did: str | Did,
    target: Path | str | None = None,
    *,
    files: str | None = None,
    rse: str | None = None,
    progress: "Listener | None" = None,
    recheck: bool = False,
    since: "Since | None" = None,
    pin: Path | str | None = None,
) -> list[Path]:
    """Have the files of a DID on this machine, verified; see `vre_dm.lake.dataset.Dataset.fetch`.

    Shows its progress in a terminal or below a notebook's cell, unless ``progress`` is to be told instead.
    """
    found = dataset(did)
    with shown(progress) as listener:
        return found.fetch(
            target, files=files, rse=rse, progress=listener, recheck=recheck, since=since, pin=pin
        )


def publish(
    files: "Sources",
    did: str | Did,
    *,
    rse: str | None = None,
    days: float | None = None,
    metadata: Mapping[str, Any] | None = None,
    prefix: str = "",
    comment: str = "",
    progress: "Listener | None" = None,
) -> Dataset:
    """Upload files as a dataset of the connected lake, or to one; see `vre_dm.lake.lake.Lake.publication`.

    Shows its progress in a terminal or below a notebook's cell, unless ``progress`` is to be told instead.

    Raises
    ------
    InvalidUpload, Declined, NoSpace, LoginRefused, NotInLake
        Refused: nothing is registered, and nothing is left on the storage.
    UploadInterrupted, Unreachable, JobCancelled
        It could not go on: what arrived stays, and the same call continues.
    """
    lake = connected()
    with shown(progress) as listener:
        return lake.publish(
            files,
            did,
            rse=rse,
            days=days,
            metadata=metadata,
            prefix=prefix,
            comment=comment,
            progress=listener,
        )


def curves(*ids: str | Did, folder: Path | str | None = None, **criteria: "Unpack[Criteria]") -> "CurveSet":
    """Select curves: of the shipped catalogue, of a folder of your own, or of a dataset in the lake.

    Parameters
    ----------
    *ids
        Keep these curves, in this order; all when left out. One of them may be a DID instead, such as
        ``limits:catalogue``: its files are fetched, verified, checked and selected from.
    folder
        Your own pairs of CSV and JSON files, read with every check.
    **criteria
        ``quantity``, ``kind``, ``channel``, ``technique``: exact words. ``experiment``: part of the name.
        ``year``: of publication, or first and last. ``near``: a point (mass in GeV, value); keeps what passes
        within a decade of it, the nearest first.

    Returns
    -------
    CurveSet

    Raises
    ------
    InvalidCurve
        An id or a word is unknown; the message names the nearest ones. Or a curve is not sound.
    OutOfRange
        ``near`` is no point with a positive mass and value.
    InvalidDid, NotInLake, TransferFailed
        As `fetch`.

    Examples
    --------
    >>> import vre_dm as dm
    >>> dm.curves("si_xenon1t_2019_s2only")[0].at(10.0)
    3.8851037e-45
    >>> strongest = dm.curves(quantity="sigma_SI", year=(2020, 2025)).most_sensitive(40)
    >>> mine = dm.curves(folder="curves", kind="observed")  # doctest: +SKIP
    >>> lakes = dm.curves("limits:catalogue", experiment="XENON")  # doctest: +SKIP
    """
    from vre_dm.limits import catalogue

    # Parsed before anything else: a mistyped id must not start a lake.
    dids = [
        Did.parse(name) for name in ids if isinstance(name, Did) or (isinstance(name, str) and ":" in name)
    ]
    names = cast("list[str]", [name for name in ids if not isinstance(name, Did) and ":" not in str(name)])
    if not dids:
        return catalogue.curves(*names, folder=folder, **criteria)
    if len(dids) > 1 or folder is not None:
        msg = "curves come from one place: one DID, or one folder, or the shipped catalogue; add sets with +"
        raise InvalidCurve(msg)
    size = dataset(dids[0]).size or 0
    if size > LARGEST_CURVES:
        msg = f"{dids[0]} holds {size_text(size)}, far more than curves take; dm.fetch gets such files"
        raise InvalidCurve(msg)
    return catalogue.load_files(fetch(dids[0])).select(*names, **criteria)


def jobs() -> "JobList":
    """Fetches, uploads and maps of this user in every window: of this notebook, of others, of a terminal.

    Asks no lake: what runs tells of itself on this machine's disk, and is remembered for a week.

    Returns
    -------
    JobList
        Those that run first. Each can be looked at, ``follow()`` shows its progress here, ``cancel()``
        stops it; ``one(name)`` gives one of them; ``outcome()`` has what a map gave.
    """
    from vre_dm.compute.run.running import outcome_of
    from vre_dm.lake.jobs.listing import jobs_in
    from vre_dm.notebook.progress import follow

    return jobs_in(job_folder(), follow, outcome_of)


def job_of(pid: int, since: datetime) -> "Job | None":
    """The job that a process of this machine began since a moment, if it tells of one already."""
    from vre_dm.lake.jobs.listing import job_of as found

    return found(job_folder(), pid, since)


def watch_jobs() -> "Watch":
    """Look at the same jobs again and again, for who shows what changes among them."""
    from vre_dm.lake.jobs.watching import Watch

    return Watch(job_folder())


def job_folder() -> Path:
    """Folder in which the jobs of this user tell of themselves."""
    return _state() / "jobs"


def connected() -> Lake:
    """Get the lake of the last `connect`; connects to the default one if there was none."""
    return _SESSION.lake()


def at_hand() -> Lake | None:
    """Get the connected lake, or the default one if that takes no starting; ``None`` otherwise."""
    return _SESSION.at_hand()


def shown(progress: "Listener | None") -> "AbstractContextManager[Listener]":
    """Who is told: the one given, else the line where the user looks."""
    if progress is not None:
        return nullcontext(progress)
    from vre_dm.notebook.progress import follow

    return follow()


def _chosen(
    name: str | None, config: Path | str | None, url: str | None, settings: Mapping[str, object], say: Say
) -> Instance:
    if url is not None:
        return instances.from_settings(url, {**settings, **({"name": name} if name else {})})
    if config is not None:
        found = instances.from_file(Path(config).expanduser())
        found = replace(found, name=name) if name else found
    elif name == instances.EMBEDDED:
        found = instances.embedded(say)
    else:
        found = instances.choose(name) or instances.embedded(say)
    return instances.changed(found, settings)


def opened(instance: Instance) -> Lake:
    """Lake as `connect` opens it, without becoming the one a notebook works with; raises as that does."""
    redaction.install()  # before anything is asked: what a notebook logs is saved and shared
    from vre_dm.lake.jobs.task import SETTINGS
    from vre_dm.mapping import MappableDataset

    cache, state = cache_of(instance), _state()
    settings = {name: os.environ[name] for name in SETTINGS if name in os.environ}
    lake = Lake(
        instance,
        cache.shows,
        jobs=job_folder(),
        uploads=state / "uploads",
        cache=cache,
        settings=settings,
        datasets=MappableDataset,
    )
    lake.ping()
    return lake


def _state() -> Path:
    """Folder of what outlives a process and is no cache: jobs, and uploads under way."""
    return platformdirs.user_state_path("vre-dm")


def cache_of(instance: Instance, changes: Mapping[str, str] | None = None) -> "Cache":
    """Cache of a lake, as the environment says, or as it would say with some changes.

    Raises
    ------
    InvalidConfiguration
        A variable makes no sense.
    """
    return cache_settings(changes).cache(instance.url, _folder(instance))


def cache_settings(changes: Mapping[str, str] | None = None) -> "CacheSettings":
    """Where fetched files are kept and how many, as the environment says, or would say with some changes."""
    from vre_dm.lake.cache.settings import CacheSettings  # brings the engine, which the magics load late

    return CacheSettings.read({**os.environ, **(changes or {})}, platformdirs.user_cache_path("vre-dm"))


def _folder(instance: Instance) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in instance.name.lower())[:60] or "lake"
