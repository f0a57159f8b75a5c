"""What a process learnt of the copies that it reads where they are: what each was, and which failed."""

import threading
from dataclasses import replace

from vre_dm.compute.inputs import Input


class Copies:
    """Copies of files, by the run that reads them; safe to be asked from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
        self._untold: set[tuple[str, str]] = set()
        self._failed: dict[tuple[str, str], list[str]] = {}

    def known(self, source: Input) -> Input:
        """Give a file with what was seen of each copy, and those that failed last at the end."""
        if source.away is None:
            return source
        key = source.away.run, source.name
        with self._lock:
            seen, failed = dict(self._seen.get(key, {})), list(self._failed.get(key, ()))
        seen |= {url: (tag, written) for url, tag, written in source.away.seen}
        order = sorted(
            source.away.copies, key=lambda copy: failed.index(copy[1]) if copy[1] in failed else -1
        )
        pins = tuple((url, *what) for url, what in seen.items())
        return replace(source, away=replace(source.away, copies=tuple(order), seen=pins))

    def opened(self, source: Input, url: str, seen: tuple[str, str] | None) -> None:
        """Remember which copy was opened, as what; those that come before it in the order failed."""
        if source.away is None:
            return
        key = source.away.run, source.name
        with self._lock:
            if seen is None:
                self._untold.add(key)
            else:
                self._seen.setdefault(key, {}).setdefault(url, seen)
        for _, other in source.away.copies:
            if other == url:
                return
            self.failed(source, other)

    def untold(self, source: Input) -> bool:
        """Whether it was read from a server that does not tell one object from another."""
        with self._lock:
            return source.away is not None and (source.away.run, source.name) in self._untold

    def failed(self, source: Input, url: str) -> None:
        """Remember that a copy failed: it is the last one to be tried again."""
        if source.away is None:
            return
        with self._lock:
            before = self._failed.get((source.away.run, source.name), [])
            self._failed[source.away.run, source.name] = [*(one for one in before if one != url), url]

    def forget(self, run: str) -> None:
        """Forget what was learnt for a run."""
        with self._lock:
            self._seen = {key: seen for key, seen in self._seen.items() if key[0] != run}
            self._untold = {key for key in self._untold if key[0] != run}
            self._failed = {key: failed for key, failed in self._failed.items() if key[0] != run}
