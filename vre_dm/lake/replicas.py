"""Where the copies of a dataset are: counts and bytes by storage element and protocol."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from vre_dm.did import Did
from vre_dm.lake.connection import Connection
from vre_dm.lake.tables import Table, Tabular, size_text


@dataclass(frozen=True)
class Holding:
    """What one storage element holds of a dataset over one protocol.

    Attributes
    ----------
    rse, scheme
        Storage element and protocol (``https``, ``root``, ``file`` …).
    files, size
        Readable copies and their bytes.
    states
        Copies that cannot be read now, by Rucio's state (``UNAVAILABLE``, ``COPYING`` …).
    """

    rse: str
    scheme: str
    files: int
    size: int
    states: dict[str, int]


class ReplicaTable(Tabular):
    """Copies of a dataset by storage element and protocol.

    Attributes
    ----------
    did, total
        The dataset and how many files it has.
    holdings
        One entry a storage element and protocol.
    """

    def __init__(self, did: Did, total: int, holdings: list[Holding]) -> None:
        self.did, self.total, self.holdings = did, total, holdings

    @property
    def complete(self) -> list[str]:
        """Storage elements that hold a readable copy of every file."""
        return sorted({h.rse for h in self.holdings if h.files == self.total})

    def table(self) -> Table:
        """One row a storage element and protocol."""
        rows = [
            (h.rse, h.scheme, f"{h.files} of {self.total}", size_text(h.size), _states(h.states))
            for h in self.holdings
        ]
        note = "" if rows else "No copy is registered."
        return Table(
            f"Replicas of {self.did}", ("RSE", "protocol", "files", "size", "not readable"), rows, note
        )


def replica_table(connection: Connection, did: Did, total: int) -> ReplicaTable:
    """Ask the catalogue for every copy of a dataset's files.

    Parameters
    ----------
    total
        Number of files of the dataset.
    """
    asked = [{"scope": did.scope, "name": did.name}]
    rows = connection.ask(
        f"the replicas of {did}", lambda rucio: list(rucio.list_replicas(asked, all_states=True))
    )
    files: Counter[tuple[str, str]] = Counter()
    sizes: Counter[tuple[str, str]] = Counter()
    states: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        for place, state in _places(row):
            states.setdefault(place, Counter())
            if state == "AVAILABLE":
                files[place] += 1
                sizes[place] += row["bytes"] or 0
            else:
                states[place][state] += 1
    holdings = [Holding(*place, files[place], sizes[place], dict(states[place])) for place in sorted(states)]
    return ReplicaTable(did, total, holdings)


def _places(row: dict[str, Any]) -> set[tuple[tuple[str, str], str]]:
    """Storage element, protocol and state of each copy of one file."""
    found = set()
    for rse, state in row["states"].items():
        schemes = {pfn.partition(":")[0] for pfn in row["rses"].get(rse, [])} or {""}
        found |= {((rse, scheme), state) for scheme in schemes}
    return found


def _states(states: dict[str, int]) -> str:
    return ", ".join(f"{count} {state.lower()}" for state, count in sorted(states.items()))
