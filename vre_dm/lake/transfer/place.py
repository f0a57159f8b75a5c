"""Whose bytes a fetch goes on from: what another run left beside the target, or a new temporary file."""

import os
import stat
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from vre_dm.errors import NoSpace
from vre_dm.lake.transfer.failures import disk_error
from vre_dm.lake.transfer.names import part_path
from vre_dm.lake.transfer.owner import Owner
from vre_dm.lake.transfer.part import Part
from vre_dm.lake.transfer.verify import Expected


@dataclass(frozen=True, slots=True)
class Place:
    """Where the temporary file of one target is made.

    Attributes
    ----------
    target
        Final path.
    expected
        What the bytes must be.
    folder
        The target's, open.
    me
        This process, as the name of the file says it.
    """

    target: Path
    expected: Expected
    folder: int
    me: Owner

    @contextmanager
    def open_part(self, found: Iterable[tuple[Path, Owner]], stop: threading.Event) -> Iterator[Part]:
        """Continue what another run left of this content, or begin; kept or removed at the end, as it ends.

        Parameters
        ----------
        found
            Temporary files of this target and their owners. The caller has the claim: all are its to take.

        Raises
        ------
        NoSpace, NotWritable
            The folder cannot be written.
        """
        keep, part = True, None
        try:
            part = self._adopt(found, stop) or self._create()
            yield part
        except OSError as error:
            fault = disk_error(error, self.target)
            keep = not isinstance(fault, NoSpace)
            raise fault from error
        except NoSpace:
            keep = False  # the disk needs the room more than the next run needs the bytes
            raise
        finally:
            if part is not None:
                part.close(keep=keep)

    def _adopt(self, found: Iterable[tuple[Path, Owner]], stop: threading.Event) -> Part | None:
        """Take over the first part that can be continued; remove the others."""
        taken: Part | None = None
        try:
            for path, owner in found:
                part = self._taken(path)
                if part is not None and taken is None and _usable(part):
                    taken = self._continued(part, stop, alone=owner.ended)
                elif part is not None:
                    part.close(keep=False)
        except BaseException:
            if taken is not None:
                taken.close(keep=True)
            raise
        return taken

    def _taken(self, path: Path) -> Part | None:
        """Make a temporary file ours, of two takers one's; what cannot be opened is left to the sweep."""
        mine, here = self._fresh(), self.folder
        try:
            os.rename(path.name, mine.name, src_dir_fd=here, dst_dir_fd=here)
        except OSError:
            return None
        try:
            return self._open(mine, os.O_NONBLOCK)
        except OSError:
            with suppress(OSError):
                os.rename(mine.name, path.name, src_dir_fd=here, dst_dir_fd=here)
            return None

    def _continued(self, part: Part, stop: threading.Event, *, alone: bool) -> Part | None:
        """Take the bytes into the sums; from a file that its writer may still change, a copy of them."""
        if alone:
            try:
                part.resume(stop)
            except OSError:  # on a bad sector: no later run could read it either
                part.close(keep=False)
                return None
            except BaseException:
                part.close(keep=True)
                raise
            return part
        copy = self._create()
        try:
            part.copy_to(copy, stop)
        except BaseException:
            copy.close(keep=False)
            raise
        finally:
            part.close(keep=False)
        return copy

    def _create(self) -> Part:
        return self._open(self._fresh(), os.O_CREAT | os.O_EXCL)

    def _fresh(self) -> Path:
        return part_path(self.target, self.expected, self.me)

    def _open(self, path: Path, flags: int) -> Part:
        flags |= os.O_RDWR | os.O_NOFOLLOW
        return Part(self.target, self.expected, os.open(path.name, flags, 0o666, dir_fd=self.folder), path)


def _usable(part: Part) -> bool:
    facts = part.facts
    ours = stat.S_ISREG(facts.st_mode) and facts.st_uid == os.geteuid() and facts.st_nlink == 1
    return ours and part.expected.has_checksum
