"""The cache itself: objects by content, put in after a fetch and shown as links where a fetch wants them."""

import os
import secrets
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from vre_dm.did import Did
from vre_dm.lake.cache.facts import Facts, facts_path, is_object, read_facts, write_facts
from vre_dm.lake.cache.keys import Key, key_of
from vre_dm.lake.private import shared_fault
from vre_dm.lake.transfer.verified import Ledger, content_stamp, stamp
from vre_dm.lake.transfer.verify import Expected, holds

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

    def ledger(self, target: Path) -> Ledger:
        """Records of the files that were verified in a folder."""
        return Ledger.open(self.folder / "verified", target)

    def owns(self, path: Path) -> bool:
        """Whether a file is shown by the cache, and not its user's own."""
        return path.absolute().is_relative_to(self.shows.absolute())

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
        candidates = (key.below(self.folder), self._shared_object(key))
        return [path for path in candidates if path is not None and path.is_file()]

    def show(
        self, did: Did, expected: Expected, target: Path, stop: threading.Event, *, recheck: bool
    ) -> bool:
        """Have an object at a target's name, verified now or since its last change; False if there is none.

        Parameters
        ----------
        recheck
            Read the object even if it has not changed.
        """
        key = key_of(did, expected, self.lake)
        if key is None:
            return False
        mine = key.below(self.folder)
        if self._is_good(mine, key, did, stop, recheck=recheck) and self._link(mine, key, did, target):
            return True
        return self._show_shared(key, target, stop, recheck=recheck)

    def adopt(self, did: Did, expected: Expected, target: Path, stop: threading.Event) -> None:
        """Take a file that was just verified at its name, which is a name of its own object from then on.

        A disk that refuses leaves the file as it is.
        """
        key = key_of(did, expected, self.lake)
        if key is None or target.is_symlink():
            return
        path = key.below(self.folder)
        with suppress(OSError):
            self._make("objects", path.parent.name)
            target.chmod(0o444 if self.folder.stat().st_mode & _OTHERS else 0o400)
            verified = target.lstat()
            try:
                os.link(target, path)
            except FileExistsError:
                if not _same(path, target):
                    self.show(did, expected, target, stop, recheck=False)
                    return
            self._note(path, key, did, target, verified)

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
        mine, shared = key.below(self.folder), self._shared_object(key)
        if self._is_good(mine, key, did, stop, recheck=False):
            self.use(did, expected)
            return mine
        return shared if shared and self._was_verified(shared, key, stop, recheck=False) else None

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

    def drop(self, path: Path) -> None:
        """Remove an object and the links that show it; what was opened stays readable to who opened it."""
        facts, shown = read_facts(path), []
        with suppress(OSError):
            shown = [Path(name) for name in (facts.shown if facts else ()) if _same(path, Path(name))]
        for link in (*shown, path, facts_path(path)):
            with suppress(OSError):
                link.unlink()

    def _is_good(self, path: Path, key: Key, did: Did, stop: threading.Event, *, recheck: bool) -> bool:
        """Whether an object is what its key says, and nobody else's to change; one that is not goes."""
        try:
            state = path.lstat()
        except OSError:
            return False
        if shared_fault(path, self.folder.absolute()) is not None:
            return False
        facts = read_facts(path)
        if not recheck and facts is not None and facts.stamp == stamp(state) and facts.says(key.expected):
            return True
        if holds(path, key.expected, stop):
            return self._note(path, key, did, None, state)
        if not holds(path, key.identity, stop):
            self.drop(path)
        return False

    def _link(self, path: Path, key: Key, did: Did, target: Path) -> bool:
        """Make the target a name of the object, in one step over whatever is there."""
        try:
            state = path.lstat()
            if not _same(path, target):
                self._put(target, path, os.link)
        except OSError:  # evicted meanwhile, or a file system without links: it is fetched then
            return False
        return self._note(path, key, did, target, state)

    def _show_shared(self, key: Key, target: Path, stop: threading.Event, *, recheck: bool) -> bool:
        path = self._shared_object(key)
        if path is None or not self._was_verified(path, key, stop, recheck=recheck):
            return False
        try:
            if not (target.is_symlink() and target.readlink() == path):
                self._put(target, path, os.symlink)
        except OSError:
            return False
        return True

    def _shared_object(self, key: Key) -> Path | None:
        if self.shared is None:
            return None
        path = key.below(self.shared.absolute())
        return path if shared_fault(path, self.shared.absolute()) is None else None

    def _was_verified(self, path: Path, key: Key, stop: threading.Event, *, recheck: bool) -> bool:
        """Whether this user has verified a shared object since it last changed; does so if not."""
        ledger = self.ledger(path.parents[2])
        if not recheck and ledger.holds(path, key.expected):
            return True
        before = path.stat()
        if not holds(path, key.expected, stop):
            return False
        if stamp(path.stat()) == stamp(before):
            ledger.record(path, key.expected, before)
            ledger.save()
        return True

    def _put(self, target: Path, path: Path, make: Callable[[Path, Path], None]) -> None:
        """Give the target's name to a link, by a rename; what a kill leaves lies among the objects."""
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._make("objects") / f"{secrets.token_hex(8)}.link"
        try:
            make(path, fresh)
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)

    def _make(self, *names: str) -> Path:
        """Make a folder of the cache: read as the cache is, written by nobody else whatever the umask."""
        folder, mode = self.folder, self.folder.stat().st_mode & 0o755
        for name in names:
            folder /= name
            folder.mkdir(exist_ok=True, mode=mode)
        return folder

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
