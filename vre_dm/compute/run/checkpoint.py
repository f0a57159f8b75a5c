"""Chunks that are done, on disk: what an interrupted map goes on with, and a changed one does not take."""

import hashlib
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from vre_dm.compute.inputs import Input
from vre_dm.compute.plan import Chunk, Plan
from vre_dm.compute.point_sums import failures
from vre_dm.compute.run.folder import RunFolder, read, write
from vre_dm.compute.run.sending import dumps
from vre_dm.compute.work import Part
from vre_dm.errors import NotSendable

Standing = tuple[int, int, int]


def key_of(function: str, plan: Plan, chunk: Chunk) -> str:
    """Digest of all that the value of a chunk depends on: function, content of the file, entries, columns."""
    source = plan.inputs[chunk.input]
    where = (plan.tree, plan.columns, plan.unit, chunk.start, chunk.stop)
    words = (function, source.name, content_of(source), *where)
    return digest_of(words)


def digest_of(words: object) -> str:
    """Digest of plain words and numbers, by their text."""
    return hashlib.sha256(repr(words).encode(errors="surrogatepass")).hexdigest()[:32]


def content_of(source: Input) -> object:
    """Which content a file has: the checksum it was compared with, else when it was last written.

    Of a file elsewhere, which is not compared as a whole, nobody can tell: each run has its own.
    """
    if source.verified:
        return source.checksum, source.size
    if source.away is not None:
        return source.away.run
    if source.path is None:
        return None
    stamp = stamp_of(source.path)
    return None if stamp is None else (source.checksum, *stamp)


def stamp_of(path: Path) -> tuple[int, ...] | None:
    """Inode, size and times of a file, one of which no program can set back; None if it is not there."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return (*_standing(facts), facts.st_ctime_ns)


def standing_of(path: Path) -> Standing | None:
    """What changes when a file is replaced or written; None if it is not there."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return _standing(facts)


def _standing(facts: os.stat_result) -> Standing:
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


class Checkpoint:
    """Chunks of one map that are done.

    Parameters
    ----------
    folder
        Where they are kept.
    function
        Digest of the function.
    plan
        What is to be done.
    stood
        `standing_of` each file at the begin: what was read of one that was replaced since is not kept.

    Attributes
    ----------
    refused
        Why the disk took no more chunks; empty while it does.
    """

    def __init__(
        self, folder: RunFolder, function: str, plan: Plan, stood: Sequence[Standing | None]
    ) -> None:
        self._folder, self._plan, self._stood, self.refused = folder, plan, stood, ""
        self._keys = [key_of(function, plan, chunk) for chunk in plan.chunks]

    def adopt(self, others: Iterable[RunFolder]) -> None:
        """Take over what earlier runs have done of the same; they keep it too."""
        for other in others:
            for key in self._keys:
                with suppress(OSError):  # not there, or here already
                    os.link(other.chunk(key), self._folder.chunk(key))

    def kept(self, chunk: int) -> Part | None:
        """Give what an earlier run has done, if it is whole."""
        path = self._folder.chunk(self._keys[chunk])
        part = read(path) if path.exists() else None
        return replace(part, index=chunk) if isinstance(part, Part) else None

    def keep(self, part: Part) -> None:
        """Write down a chunk; a map never fails because that cannot be done."""
        if failures(part.value):
            return  # points that failed are tried again
        if self.refused or part.split or not self._as_it_stood(self._plan.chunks[part.index].input):
            return  # two halves were merged by this run's reduce=, which is none of the key
        try:
            write(self._folder.chunk(self._keys[part.index]), dumps(part))
        except (OSError, NotSendable) as error:
            self.refused = f"finished chunks are not kept: {error}"

    def _as_it_stood(self, number: int) -> bool:
        path = self._plan.inputs[number].path
        return path is None or standing_of(path) == self._stood[number]
