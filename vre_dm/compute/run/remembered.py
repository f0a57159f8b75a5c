"""What was seen of files, from map to map: one that is as it was is not opened again for a plan."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from vre_dm.compute.facts import Facts
from vre_dm.compute.preparing import Draft
from vre_dm.compute.run.checkpoint import digest_of, stamp_of
from vre_dm.compute.run.folder import RunFolder, read, write
from vre_dm.compute.run.outcome import environment
from vre_dm.compute.run.sending import dumps

_MOST = 20  # earlier maps that are looked through
_FORMAT = 1  # of `Facts`, and of what they say of a file


class Remembered:
    """What earlier maps saw of the files of a map, and what later ones will know.

    Only of files under a path: of one on a server nobody can tell here that it is as it was. Nor of one
    without entries: it has no chunk that would find out that it has some now.

    Parameters
    ----------
    folder
        Of this map; another one that it continues may have left there what it saw.
    others
        Gives those of other ones, the newest first; they are looked through as far as is needed.
    draft
        Which files, and what has to be known of them.
    """

    def __init__(self, folder: RunFolder, others: Callable[[], Sequence[RunFolder]], draft: Draft) -> None:
        self._folder, self._others, self._draft = folder, others, draft
        made_by = (_FORMAT, sorted(environment().items()))
        self._wanted = digest_of((made_by, draft.work.tree, draft.columns))
        self._keys: dict[int, str] = {}
        self._all_in: Path | None = None

    def found(self) -> dict[int, Facts]:
        """Facts about files that did not change since, by their positions in order."""
        self._keys, found = self._standing(), dict[int, Facts]()
        there = (path for path in self._places() if self._keys and path.exists())
        for path in islice(there, _MOST):
            said = read(path)
            known = said if isinstance(said, dict) else {}
            here = {at: known[key] for at, key in self._keys.items() if isinstance(known.get(key), Facts)}
            found = here | found
            if len(found) == len(self._keys):
                self._all_in = path if len(here) == len(found) else None
                break
        return dict(sorted(found.items()))

    def keep(self, facts: Mapping[int, Facts]) -> None:
        """Write down what is known, but of files that changed meanwhile; where the disk refuses, nothing."""
        mine = self._folder.facts(self._wanted)
        if self._all_in is not None:
            with suppress(OSError):
                os.link(self._all_in, mine)
            if mine.exists():
                return
        now = self._standing()
        same = [at for at, key in self._keys.items() if now.get(at) == key and at in facts]
        if same:
            with suppress(OSError):
                write(mine, dumps({now[at]: facts[at] for at in same if facts[at].entries}))

    def forget(self) -> None:
        """Forget it: a file was another one when it was read, though it stood as before."""
        for path in self._places():
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _places(self) -> list[Path]:
        return [folder.facts(self._wanted) for folder in (self._folder, *self._others())]

    def _standing(self) -> dict[int, str]:
        """Digest of each file as it stands."""
        found = {}
        for position, source in enumerate(self._draft.inputs):
            stamp = _stamp(source.path) if source.path is not None else None
            if stamp is not None:
                found[position] = digest_of((str(source.path), source.checksum, stamp))
        return found


def _stamp(path: Path) -> tuple[int, ...] | None:
    """How a file stands now: where it is opened, a network file system asks its server again."""
    with suppress(OSError), path.open("rb"):
        return stamp_of(path)
    return None
