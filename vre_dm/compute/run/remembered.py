"""What was seen of files, from map to map: one that is as it was is not opened again for a plan."""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import islice

from vre_dm.compute.facts import Facts
from vre_dm.compute.preparing import Draft
from vre_dm.compute.run.checkpoint import stamp_of
from vre_dm.compute.run.folder import RunFolder, read, write
from vre_dm.compute.run.outcome import environment
from vre_dm.compute.run.sending import dumps

_MOST = 20  # maps that are looked through


class Remembered:
    """What earlier maps saw of the files of a map, and what later ones will know.

    Only of files of this machine: of one on a server nobody can tell here that it is as it was.

    Parameters
    ----------
    folder
        Of this map.
    others
        Of earlier ones, the newest first; they are looked through as far as is needed.
    draft
        Which files, and what has to be known of them.
    """

    def __init__(self, folder: RunFolder, others: Iterable[RunFolder], draft: Draft) -> None:
        self._folder, self._others, self._draft = folder, others, draft
        self._wanted = repr((sorted(environment().items()), draft.work.tree, draft.columns))
        self._keys = self._standing()

    def found(self) -> dict[int, Facts]:
        """Facts about files that did not change since, by their positions."""
        found: dict[int, Facts] = {}
        there = (other.facts for other in self._others if other.facts.exists())
        for path in islice(there, _MOST):
            if len(found) == len(self._keys):
                break
            said = read(path)
            known = said if isinstance(said, dict) else {}
            found = {at: known[key] for at, key in self._keys.items() if key in known} | found
        return found

    def keep(self, facts: Mapping[int, Facts]) -> None:
        """Write down what is known, but of files that changed meanwhile; where the disk refuses, nothing."""
        now = self._standing()
        same = {key: facts[at] for at, key in self._keys.items() if at in facts and now.get(at) == key}
        with suppress(OSError):
            write(self._folder.facts, dumps(same))

    def _standing(self) -> dict[int, str]:
        """Digest of each file as it stands, and of what is wanted of it."""
        found = {}
        for position, source in enumerate(self._draft.inputs):
            stamp = stamp_of(source.path) if source.path is not None else None
            if stamp is not None:
                words = repr((self._wanted, str(source.path), source.checksum, stamp))
                found[position] = hashlib.sha256(words.encode(errors="surrogatepass")).hexdigest()[:32]
        return found
