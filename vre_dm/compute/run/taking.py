"""The files of a dataset on this machine: fetched and verified by the lake's engine, or as mounted."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from vre_dm.compute.inputs import Input
from vre_dm.errors import InvalidConfiguration
from vre_dm.lake.files import File
from vre_dm.lake.transfer.events import Listener, is_last

if TYPE_CHECKING:  # a map over files of this machine has no lake to load
    from vre_dm.lake.dataset import Dataset


def taken(dataset: "Dataset", files: str | None, tell: Listener, stop: threading.Event) -> tuple[Input, ...]:
    """Have the files of a dataset here, each with its registered checksum.

    Parameters
    ----------
    files
        Only files whose name fits this pattern.
    tell
        Takes the events of the fetch but the last one: the whole is not over with it.

    Raises
    ------
    FetchError, NotInLake, NoSpace, JobCancelled, …
        As `vre_dm.lake.dataset.Dataset.fetch`.
    """
    job = dataset.start_fetch(files=files)
    over = threading.Event()
    threading.Thread(target=_heed, args=(job.cancel, stop, over), daemon=True).start()
    try:
        for event in job.events():
            if not is_last(event):
                tell(event)
        paths = job.result()
    finally:
        over.set()
    return _inputs(dataset, files, paths)


def fetched(dataset: "Dataset", files: str | None, tell: Listener) -> tuple[Input, ...]:
    """Have them by a fetch of this process, which the user follows; all else as `taken`."""
    return _inputs(dataset, files, dataset.fetch(files=files, progress=tell))


def _inputs(dataset: "Dataset", files: str | None, paths: list[Path]) -> tuple[Input, ...]:
    registered = dataset.files.matching(files)
    if len(paths) != len(registered):
        msg = f"{dataset.did} was brought where this machine has no path to it; fetch it into a folder first"
        raise InvalidConfiguration(msg)
    return tuple(
        Input(str(file.did), checksum_of(file), file.size, path)
        for file, path in zip(registered, paths, strict=True)
    )


def changed(dataset: "Dataset", files: str | None, inputs: tuple[Input, ...]) -> list[str]:
    """Names of files that the catalogue has otherwise now, or no more; asked anew."""
    now = {str(file.did): checksum_of(file) for file in dataset.files_now().matching(files)}
    return [source.name for source in inputs if now.get(source.name) != source.checksum]


def checksum_of(file: File) -> str:
    """The registered checksum with its kind; empty where none is."""
    if file.adler32:
        return f"adler32:{file.adler32}"
    return f"md5:{file.md5}" if file.md5 else ""


def _heed(cancel: Callable[[], None], stop: threading.Event, over: threading.Event) -> None:
    while not over.wait(0.1):
        if stop.is_set():
            cancel()
            return
