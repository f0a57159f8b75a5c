"""The tree or RNTuple of a ROOT file: found, named, its columns, where its baskets end."""

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vre_dm.errors import MissingColumn, UnreadableInput, VreDmError

if TYPE_CHECKING:
    import awkward as ak

    from vre_dm.compute.remote import RemoteFile
    from vre_dm.compute.stand_ins import StandIns

_TREES = {"TTree", "TNtuple", "TNtupleD", "TChain"}
_RNTUPLE = "ROOT::RNTuple"
_UNREADABLE = {"AsGrouped", "UnknownInterpretation"}  # interpretations of branches
_SAMPLE = 1000  # entries from which the size of an RNTuple's entry is told


class Tree:
    """A tree or an RNTuple of a ROOT file, open for reading.

    Parameters
    ----------
    place
        The file: its path, or where it is read without a copy; which is closed with the tree.
    label
        What it is called in errors: ``scope:name``, or its path.
    name
        Path of the tree inside of the file; empty where there is but one.

    Attributes
    ----------
    rntuple
        Whether it is one.
    stand_ins
        For columns that nobody is known to touch, once a chunk was read.

    Raises
    ------
    UnreadableInput
        It is truncated or damaged, or has no tree, not this one, or several and none was named.
    """

    def __init__(self, place: "Path | RemoteFile", label: str, name: str = "") -> None:
        self._label, self._place = label, place
        self._file = _opened(place, label)
        try:
            self._name, self.rntuple = self._find(name)
            self._tree = self._file[self._name]
            self._entries = int(self._tree.num_entries)
        except VreDmError:
            self.close()
            raise
        except Exception as error:
            self.close()
            raise _unreadable(label, error) from error
        self._told = 0
        self.stand_ins: StandIns | None = None

    @property
    def name(self) -> str:
        """Path of the tree inside of the file."""
        return self._name

    @property
    def entries(self) -> int:
        """How many there are."""
        return self._entries

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Columns that can be read, in the order of the file."""
        if self.rntuple:
            return tuple(self._tree.keys(recursive=False))
        branches = self._tree.items(recursive=True, full_paths=False)
        return tuple(name for name, branch in branches if _readable(branch))

    def has(self, column: str) -> bool:
        """Whether a column can be read; looks at no other, of which there may be thousands."""
        if self.rntuple:
            return column in self.names
        return column in self._branches and _readable(self._tree[column])

    def type_of(self, column: str) -> str:
        """C++ type of a column, for example ``float`` or ``float[]``.

        Raises
        ------
        MissingColumn
            There is none of this name.
        """
        if not self.has(column):
            raise missing(column, self.names, f"{self._label}, tree {self._name}")
        return str(self._tree[column].typename)

    def ends(self, columns: Sequence[str]) -> list[int]:
        """Where baskets or clusters of these columns end together: there a chunk reads nothing twice."""
        if self.rntuple:
            clusters = self._tree.ntuple.cluster_summaries
            ends = {int(c.num_first_entry + c.num_entries) for c in clusters}
        else:
            wanted = [self._tree[name] for name in columns or self.names]
            ends = (
                set.intersection(*({int(e) for e in b.entry_offsets[1:]} for b in wanted))
                if wanted
                else set()
            )
            if ends <= {self.entries} and wanted:  # written without clusters: the largest column loses least
                largest = max(wanted, key=lambda branch: branch.uncompressed_bytes)
                ends = {int(end) for end in largest.entry_offsets[1:]}
        return sorted({end for end in ends if 0 < end < self.entries} | {self.entries})

    def bytes(self, columns: Sequence[str]) -> int:
        """Size of these columns in memory."""
        wanted = columns or self.names
        if not self.rntuple:
            return sum(int(self._tree[name].uncompressed_bytes) for name in wanted)
        sample = min(self.entries, _SAMPLE)
        held = sum(array.nbytes for array in self.arrays(wanted, 0, sample).values()) if sample else 0
        return held * self.entries // max(sample, 1)

    def arrays(
        self, columns: Iterable[str], start: int, stop: int, pool: Executor | None = None
    ) -> "dict[str, ak.Array]":
        """Entries ``[start, stop)`` of some columns, decompressed in the threads of a pool."""
        wanted = list(columns)
        if not wanted:
            return {}
        if self.rntuple:
            found = self._tree.arrays(filter_field=_named(wanted), entry_start=start, entry_stop=stop)
            return {name: found[name] for name in wanted}
        pairs = [(name, self._tree[name].interpretation) for name in wanted]
        found = self._tree.arrays(
            pairs, entry_start=start, entry_stop=stop, how=dict, decompression_executor=pool, array_cache=None
        )
        return {name: found[name] for name in wanted}

    def virtual(
        self, columns: Iterable[str], start: int, stop: int, log: list[Any] | None = None
    ) -> "ak.Array":
        """Entries of columns that are read when they are first touched, which ``log`` records."""
        chosen = {"filter_field" if self.rntuple else "filter_branch": _named(columns)}
        return self._tree.arrays(
            virtual=True, entry_start=start, entry_stop=stop, access_log=log, array_cache=None, **chosen
        )

    def touched(self, log: Iterable[Any]) -> set[str]:
        """Columns that a log of `virtual` speaks of."""
        if not self.rntuple:
            return {str(one.branch) for one in log}
        fields, found = self._tree.ntuple.field_records, set()
        for one in log:
            number = int(one.field_id)
            while fields[number].parent_field_id != number:  # a column belongs to the field on top
                number = int(fields[number].parent_field_id)
            found.add(str(fields[number].field_name))
        return found

    def moving(self, columns: Sequence[str]) -> int | None:
        """Bytes that move where these columns are read without a copy; ``None`` where that is not told."""
        from vre_dm.compute.remote import bytes_moved

        if self.rntuple:
            return None
        baskets = (
            zip(branch.member("fBasketSeek"), branch.member("fBasketBytes"), strict=False)
            for branch in (self._tree[name] for name in columns)
        )
        return bytes_moved((int(at), int(at + size)) for column in baskets for at, size in column if at)

    @property
    def remote(self) -> "RemoteFile | None":
        """Where it is read without a copy; ``None`` for one that is here."""
        return None if isinstance(self._place, Path) else self._place

    def moved(self) -> int:
        """Compressed bytes that were read since this was last asked."""
        before, self._told = self._told, int(self._file.file.source.num_requested_bytes)
        return self._told - before

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    @cached_property
    def _branches(self) -> frozenset[str]:
        return frozenset(self._tree.keys(recursive=True, full_paths=False))

    def _find(self, name: str) -> tuple[str, bool]:
        """Path of the tree, and whether it is an RNTuple."""
        classes = self._file.classnames(recursive=True, cycle=False)
        trees = {path: kind == _RNTUPLE for path, kind in classes.items() if kind in {*_TREES, _RNTUPLE}}
        wanted = name.partition(";")[0].strip("/")
        if wanted in trees:
            return wanted, trees[wanted]
        holds = ", ".join(sorted(trees)) or f"no tree, but {', '.join(sorted(classes)) or 'nothing at all'}"
        if wanted:
            msg = f"{self._label} has no tree {wanted!r}; it has {holds}"
        elif len(trees) == 1:
            return trees.popitem()
        elif trees:
            msg = f"{self._label} has several trees: {holds}; say which with tree="
        else:
            msg = f"{self._label} has {holds}; leave it out"
        raise UnreadableInput(msg)


def missing(column: str, names: Sequence[str], where: str) -> MissingColumn:
    """Error that names what there is, what resembles the wanted one first."""
    from difflib import get_close_matches

    close = get_close_matches(column, names, n=3)
    others = [name for name in names if name not in close]
    shown = ", ".join([*close, *others][:12])
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return MissingColumn(f"{where} has no column {column!r}; it has {shown or 'none'}{more}")


def _opened(place: "Path | RemoteFile", label: str) -> Any:
    import uproot

    how: dict[str, Any] = {"array_cache": None, "object_cache": None}
    if isinstance(place, Path):
        # no map of the file: one that is cut while it is read would end the process
        name, how = str(place), how | {"handler": uproot.MultithreadedFileSource, "num_workers": 1}
    else:
        from vre_dm.compute.remote_source import RemoteSource

        name, how = label, how | {"handler": RemoteSource, "remote": place}
    try:
        file = uproot.open({name: None}, **how)  # as a mapping, since a name may hold a colon
    except VreDmError:
        raise
    except Exception as error:
        raise _unreadable(label, error) from error
    said, there = int(file.file.fEND), place.stat().st_size if isinstance(place, Path) else place.size
    if said > there:
        file.close()
        msg = f"{label} is truncated: it says that it has {said} bytes, and {there} are there; fetch it again"
        raise UnreadableInput(msg)
    return file


def _unreadable(label: str, error: Exception) -> UnreadableInput:
    why = " ".join(str(error).split()) or type(error).__name__
    return UnreadableInput(
        f"{label} cannot be read as a ROOT file: {why[:200]}; fetch it again or leave it out"
    )


def _readable(branch: Any) -> bool:
    return type(branch.interpretation).__name__ not in _UNREADABLE


def _named(columns: Iterable[str]) -> Any:
    wanted = frozenset(columns)
    return lambda branch: branch.name in wanted
