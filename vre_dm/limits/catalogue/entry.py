"""One catalogue entry: read it from disk with every check, and the files that pass them."""

import hashlib
import json
import os
import stat
from pathlib import Path
from typing import Any

from vre_dm.errors import InvalidCurve
from vre_dm.limits.checks import check, check_record
from vre_dm.limits.checks.experiments import refuse_foreign_comment
from vre_dm.limits.curve import Curve
from vre_dm.limits.display import plain
from vre_dm.limits.placing import place
from vre_dm.limits.sidecar import Record, from_record, to_json, to_record

NO_SIDECARS = frozenset({"schema.json", "datapackage.json"})
LARGEST_BYTES = 4_000_000
"""A curve has at most some ten thousand points; a larger file is something else."""


def read(sidecar: Path, sealed: frozenset[str] = frozenset()) -> Curve:
    """Read the curve that a JSON sidecar describes.

    Parameters
    ----------
    sidecar
        Path of ``<id>.json``; the numbers are in ``<id>.csv`` beside it.
    sealed
        SHA-256 of sidecars that passed the schema when they were written, and need not pass it again.

    Raises
    ------
    InvalidCurve
        A file is missing, too large or malformed, the checksum differs, or a check finds a problem.
    """
    curve = parse(sidecar, sealed)
    for problem in check(curve):
        raise problem.error()
    return curve


def parse(sidecar: Path, sealed: frozenset[str] = frozenset()) -> Curve:
    """Read a curve as `read` does, but leave the checks of its content to the caller."""
    record = _record(sidecar, sealed)
    if sidecar.stem != record["name"] or record["path"] != f"{record['name']}.csv":
        msg = f"{sidecar.name}: name {record['name']!r} and path {record['path']!r} must be the file's own"
        raise InvalidCurve(msg, check="schema")
    numbers = sidecar.with_suffix(".csv")
    content = _content(numbers)
    if record["hash"] != f"sha256:{hashlib.sha256(content).hexdigest()}":
        msg = (
            f"{numbers.name} fails the check 'checksum': {sidecar.name} was made for another table; "
            "after an edit, `vre-dm curves check --accept FOLDER` takes it"
        )
        raise InvalidCurve(msg, check="checksum")
    csv = _text(content, numbers)
    if "\n" not in csv.strip():
        msg = f"{numbers.name} has no row; write one point a line below the header"
        raise InvalidCurve(msg, check="rows")
    refuse_foreign_comment(csv, record["experiment"], numbers.name)
    return from_record(record, csv, numbers.name)


def files(curve: Curve) -> dict[str, str]:
    """The two files of a curve, name to text, as `read` takes them.

    Raises
    ------
    InvalidCurve
        The curve fails the schema or a check.
    """
    record = to_record(curve)
    check_record(record, curve.id)
    for problem in check(curve):
        raise problem.error()
    return {record["path"]: curve.csv, f"{curve.id}.json": to_json(record)}


def read_seal(path: Path) -> frozenset[str]:
    """Checksums of a seal file, or none where there is no such file."""
    return frozenset(path.read_text(encoding="ascii").split()) if path.exists() else frozenset()


def write_seal(folder: Path, path: Path) -> None:
    """Hold every sidecar of a folder against the schema, then note the checksums of all.

    Raises
    ------
    InvalidCurve
        A sidecar breaks the schema; nothing is written.
    """
    sidecars = sidecars_in(folder)
    for sidecar in sidecars:
        _record(sidecar, frozenset())
    sums = [hashlib.sha256(sidecar.read_bytes()).hexdigest() for sidecar in sidecars]
    place({path.name: "\n".join(sums) + "\n"}, path.parent, overwrite=True)


def require_curves(folder: Path) -> None:
    """Refuse a folder in which no curve can be.

    Raises
    ------
    InvalidCurve
        There is no such folder, or it holds neither a sidecar nor a table.
    """
    named = plain(str(folder))[:200]
    if not folder.is_dir():
        msg = f"{named} is no folder; give one with a CSV and a JSON file for each curve"
        raise InvalidCurve(msg)
    if not sidecars_in(folder) and not any(folder.glob("*.csv")):
        msg = f"{named} holds no curve; `vre-dm curves new` makes the two files of one"
        raise InvalidCurve(msg)


def sidecars_in(folder: Path) -> list[Path]:
    """List the sidecars of a folder in the order of their names."""
    return sorted(path for path in folder.glob("*.json") if path.name not in NO_SIDECARS)


def _record(sidecar: Path, sealed: frozenset[str]) -> Record:
    content = _content(sidecar)
    known = hashlib.sha256(content).hexdigest() in sealed
    text = _text(content, sidecar)
    try:
        record = json.loads(text) if known else json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        msg = f"{sidecar.name} is not JSON: {error}"
        raise InvalidCurve(msg, check="schema") from None
    if not known:
        check_record(record, sidecar.name)
    found: Record = record
    return found


def _unique(pairs: list[tuple[str, Any]]) -> Record:
    """An object of JSON; of a key that stands there twice a reader sees one and Python takes the other."""
    if len(found := dict(pairs)) < len(pairs):
        twice = next(name for i, (name, _) in enumerate(pairs) if name in dict(pairs[:i]))
        msg = f"the key {twice[:40]!r} stands twice in one object"
        raise ValueError(msg)
    return found


def _content(path: Path) -> bytes:
    try:
        # Asked first: a FIFO would wait for ever, and a link could show what is none of the folder's.
        ordinary = stat.S_ISREG(path.lstat().st_mode) or path.parent == Path(__file__).parent
        if not ordinary:
            msg = f"{path.name} is a link, a folder or a device; put the file itself there"
            raise InvalidCurve(msg, check="file")
        with path.open("rb") as stream:
            content = stream.read(min(os.fstat(stream.fileno()).st_size, LARGEST_BYTES) + 1)
    except OSError as error:
        msg = f"{path.name} cannot be read: {error.strerror}"
        raise InvalidCurve(msg, check="file") from None
    if len(content) > LARGEST_BYTES:
        msg = f"{path.name} is larger than {LARGEST_BYTES / 1e6:g} MB; a limit curve never is"
        raise InvalidCurve(msg, check="file")
    return content


def _text(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        msg = f"{path.name} is not UTF-8 at byte {error.start}"
        raise InvalidCurve(msg, check="file") from None
