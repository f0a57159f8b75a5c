"""The cache itself: objects by content, put in after a fetch and shown as links where a fetch wants them."""

import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from vre_dm.did import Did
from vre_dm.lake.cache.facts import Facts, facts_path, is_object, read_facts, write_facts
from vre_dm.lake.cache.holding import held, put_link
from vre_dm.lake.cache.keys import Key, key_of
from vre_dm.lake.cache.shared import Shared
from vre_dm.lake.transfer.inside import Inside
from vre_dm.lake.transfer.verified import Ledger, content_stamp, stamp
from vre_dm.lake.transfer.verify import Expected, flaw
from vre_dm.private import shared_fault

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Cache:
    """Verified files of one user, kept by content; processes may use it at the same time.

    A file fetched into ``shows`` is a link to an object and can be removed to make room; one fetched anywhere
    else is its owner's, and the cache at most a source of its bytes.

    Attributes
    ----------
    folder
        Where objects and records are kept.
    shows
        Folder whose files the cache manages.
    lake
        Address of the lake, without which the name of a file says nothing.
    quota
        Bytes that the objects may take; None for no bound.
    shared
        Folder of another cache that is read only, such as an admin's.
    """

    folder: Path
    shows: Path
    lake: str = ""
    quota: int | None = None
    shared: Path | None = None

    @property
    def _others(self) -> Shared | None:
        shared = self.shared
        return None if shared is None else Shared(shared.absolute(), self.folder / "verified")

    def ledger(self, target: Path) -> Ledger:
        """Records of the files that were verified in a folder."""
        return Ledger.open(self.folder / "verified", target)

    def owns(self, path: Path) -> bool:
        """Whether a file is shown by the cache, and not its user's own."""
        return f"{path.absolute()}/".startswith(f"{self.shows.absolute()}/")  # asked some times a file

    def for_embargoed(self) -> Self | None:
        """Get this cache for files that nobody else may see: none if others can read it."""
        with suppress(OSError):
            if self.folder.stat().st_mode & _OTHERS:
                return None
        return replace(self, shared=None)

    def paths(self, did: Did, expected: Expected) -> list[Path]:
        """Where a file's bytes may be read, the user's own object first; nothing was compared yet."""
        key = key_of(did, expected, self.lake)
        if key is None:
            return []
        candidates = (key.below(self.folder), None if self._others is None else self._others.path(key))
        return [path for path in candidates if path is not None and path.is_file()]

    def show(
        self,
        did: Did,
        expected: Expected,
        target: Path,
        stop: threading.Event,
        *,
        recheck: bool,
        told: Callable[[Path], None] = lambda _: None,
    ) -> bool:
        """Have an object at a target's name, verified now or since its last change; False if there is none.

        Parameters
        ----------
        recheck
            Read the object even if it has not changed.
        told
            Called with an object that was found damaged, and is gone.
        """
        key = key_of(did, expected, self.lake)
        if key is None:
            return False
        mine = key.below(self.folder)
        good = self._is_good(mine, key, did, stop, recheck=recheck, told=told)
        if good and self._link(mine, key, did, target):
            return True
        theirs = None if self._others is None else self._others.verified(key, stop, recheck=recheck)
        return theirs is not None and self._link_shared(theirs, target)

    def adopt(
        self, did: Did, expected: Expected, target: Path, verified: os.stat_result, stop: threading.Event
    ) -> None:
        """Take a file that was verified at its name, which is a name of its own object from then on.

        A disk that refuses, and a file that was exchanged since, leave all as it is.

        Parameters
        ----------
        verified
            State of the file when it was verified.
        """
        key = key_of(did, expected, self.lake)
        if key is None:
            return
        path = key.below(self.folder)
        with suppress(OSError), Inside().opened(target.parent, self.shows) as there:
            file = os.open(target.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=there)
            try:
                if content_stamp(os.fstat(file)) != content_stamp(verified):
                    return
                os.fchmod(file, 0o444 if self.folder.stat().st_mode & _OTHERS else 0o400)
                if not self._enter(path, target, there, file):
                    self.show(did, expected, target, stop, recheck=False)
                    return
                state = os.fstat(file)
            finally:
                os.close(file)
            self._note(path, key, did, target, state)

    def forget(self, did: Did, expected: Expected, stop: threading.Event) -> Path | None:
        """Read the user's own object once more and remove it if it is damaged; gives what was removed."""
        removed: list[Path] = []
        key = key_of(did, expected, self.lake)
        if key is not None:
            self._is_good(key.below(self.folder), key, did, stop, recheck=True, told=removed.append)
        return removed[0] if removed else None

    def good(self, did: Did, expected: Expected, stop: threading.Event) -> Path | None:
        """Path of an object that is verified, now or since its last change; counts as a use.

        Raises
        ------
        Stopped
            The stop was set meanwhile.
        """
        key = key_of(did, expected, self.lake)
        if key is None:
            return None
        mine = key.below(self.folder)
        if self._is_good(mine, key, did, stop, recheck=False, told=lambda _: None):
            self.use(did, expected)
            return mine
        return None if self._others is None else self._others.verified(key, stop, recheck=False)

    def use(self, did: Did, expected: Expected) -> bool:
        """Count a use of the user's own object; False if there is none."""
        key = key_of(did, expected, self.lake)
        try:
            if key is not None:
                os.utime(facts_path(key.below(self.folder)))
        except OSError:
            return False
        return key is not None

    def objects(self) -> Iterator[Path]:
        """Paths of the user's own objects."""
        for shard in sorted((self.folder / "objects").glob("??")):
            with suppress(OSError), os.scandir(shard) as entries:
                names = sorted(entry.name for entry in entries if is_object(entry.name))
                yield from (shard / name for name in names)

    def place(self, did: Did, expected: Expected) -> Path | None:
        """Where the user's own object of a file is, or will be; None for a file that no cache keeps."""
        key = key_of(did, expected, self.lake)
        return None if key is None else key.below(self.folder)

    def size(self) -> int:
        """Bytes of the user's own objects."""
        total = 0
        for path in self.objects():
            with suppress(OSError):  # removed meanwhile
                total += path.lstat().st_size
        return total

    def drop(self, path: Path) -> None:
        """Remove an object and the links that show it; what was opened stays readable to who opened it."""
        facts, shown = read_facts(path), []
        with suppress(OSError):
            shown = [Path(name) for name in (facts.shown if facts else ()) if _same(path, Path(name))]
        for link in (*shown, path, facts_path(path)):
            with suppress(OSError):
                link.unlink()

    def _enter(self, path: Path, target: Path, there: int, file: int) -> bool:
        """Make an open file the object, by a further link to it; False where another one is the object."""
        with held(self.folder, "objects", path.parent.name) as shard:
            try:
                os.link(target.name, path.name, src_dir_fd=there, dst_dir_fd=shard, follow_symlinks=False)
            except FileExistsError:
                return _same(path, target)
            if not os.path.samestat(os.stat(path.name, dir_fd=shard, follow_symlinks=False), os.fstat(file)):
                os.unlink(path.name, dir_fd=shard)
                raise FileNotFoundError  # the name was given to another file this very moment
        return True

    def _is_good(
        self,
        path: Path,
        key: Key,
        did: Did,
        stop: threading.Event,
        *,
        recheck: bool,
        told: Callable[[Path], None],
    ) -> bool:
        """Whether an object is what its key says, and nobody else's to change; one that is not goes."""
        try:
            state = path.lstat()
            if shared_fault(path, self.folder.absolute()) is not None:
                return False
            facts = read_facts(path)
            if not recheck and facts is not None and facts.stamp == stamp(state) and facts.says(key.expected):
                return True
            if flaw(path, key.expected, stop) is None:
                return self._note(path, key, did, None, state)
            if flaw(path, key.identity, stop) is None:
                return False  # the entry in the catalogue is wrong, not the object
        except OSError:  # what cannot be read is not known to be damaged
            return False
        self.drop(path)
        told(path)
        return False

    def _link(self, path: Path, key: Key, did: Did, target: Path) -> bool:
        """Make the target a name of the object, in one step over whatever is there."""

        def make(fresh: str, folder: int) -> None:
            os.link(path, fresh, dst_dir_fd=folder, follow_symlinks=False)

        try:
            state = path.lstat()
            if not _same(path, target):
                put_link(self.folder, target, self.shows, make)
        except OSError:  # evicted meanwhile, or a file system without links: it is fetched then
            return False
        return self._note(path, key, did, target, state)

    def _link_shared(self, path: Path, target: Path) -> bool:
        """Make the target a link to somebody else's object."""
        try:
            if not (target.is_symlink() and target.readlink() == path):
                put_link(self.folder, target, self.shows, lambda name, at: os.symlink(path, name, dir_fd=at))
        except OSError:
            return False
        return True

    def _note(self, path: Path, key: Key, did: Did, target: Path | None, verified: os.stat_result) -> bool:
        """Write down that an object is good; False if it is no more the one that was verified."""
        try:
            now, old = path.lstat(), read_facts(path)
            if content_stamp(now) != content_stamp(verified):
                return False
            shown = dict.fromkeys((*(old.shown if old else ()), *([str(target)] if target else [])))
            sums = key.expected.adler32, key.expected.md5
            facts = Facts(str(old.did if old else did), stamp(now), *sums, tuple(shown))
            if facts == old:
                os.utime(facts_path(path))
            else:
                write_facts(path, facts)
        except OSError:  # a disk that refuses: it is verified again the next time
            return path.exists()
        return True


def _same(path: Path, other: Path) -> bool:
    try:
        return os.path.samestat(path.lstat(), other.lstat())
    except FileNotFoundError:
        return False
