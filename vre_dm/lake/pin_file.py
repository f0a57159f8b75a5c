"""The JSON file of a pin: read as what anybody may have written, put in place by one rename."""

import json
import os
import re
import stat
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from vre_dm.did import Did
from vre_dm.errors import InvalidDid
from vre_dm.lake.files import File
from vre_dm.lake.transfer.verify import Expected

Content = tuple[str, str, Did, datetime, tuple[File, ...]]
"""Name and address of the lake, dataset, time, files."""

_TEXTS = {"lake", "address", "did", "time"}
_FILE_KEYS = {"did", "size", "adler32", "md5"}
_SUMS = {"adler32": re.compile("[0-9a-f]{8}"), "md5": re.compile("[0-9a-f]{32}")}
_LARGEST = 200_000_000  # bytes of a pin: a million files
_LARGEST_FILE = 2**63  # what the catalogue's column holds


def read(path: Path) -> bytes | None:
    """Bytes of a plain file that is not too large for a pin; ``None`` where there is none.

    Raises
    ------
    OSError, ValueError
        It cannot be read, or is no such file.
    """
    try:
        facts = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(facts.st_mode):
        msg = "it is no plain file"
        raise ValueError(msg)
    with path.open("rb") as file:
        text = file.read(_LARGEST + 1)
    if len(text) > _LARGEST:
        msg = "it is too large"
        raise ValueError(msg)
    return text


def content_of(text: bytes) -> Content:
    """Read and check the text of a pin.

    Raises
    ------
    ValueError, RecursionError
        It is no sound one.
    """
    try:
        said = json.loads(text)
    except json.JSONDecodeError as error:
        msg = "it is no JSON"
        raise ValueError(msg) from error
    keys = {*_TEXTS, "files"}
    _expect(isinstance(said, dict) and said.keys() == keys, f"it must have {', '.join(sorted(keys))}")
    for key in sorted(_TEXTS):
        _expect(isinstance(said[key], str), f"its {key} is no text")
    _expect(isinstance(said["files"], list), "its files are no list")
    when = datetime.fromisoformat(said["time"])
    files = tuple(_file(row, number) for number, row in enumerate(said["files"], 1))
    _expect(len({file.did for file in files}) == len(files), "it names a file twice")
    return said["lake"], said["address"], _did(said["did"], "its did"), when, files


def write(path: Path, content: Content, *, private: bool) -> None:
    """Write beside the final name, and rename.

    Raises
    ------
    OSError
        The folder or the disk does not take it.
    """
    lake, address, did, time, files = content
    document = {
        "lake": lake,
        "address": address,
        "did": str(did),
        "time": time.isoformat(timespec="seconds"),
        "files": [_entry(file) for file in files],
    }
    descriptor, name = tempfile.mkstemp(prefix=".vre-dm-pin.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(document, indent=1) + "\n")
            file.flush()
            os.fchmod(file.fileno(), 0o600 if private else 0o644)
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _file(row: Any, number: int) -> File:
    where = f"file {number}"
    _expect(isinstance(row, dict) and row.keys() == _FILE_KEYS, f"{where} must have did, size, adler32, md5")
    size = row["size"]
    _expect(
        size is None or (type(size) is int and 0 <= size < _LARGEST_FILE), f"{where} has an impossible size"
    )
    for key, form in _SUMS.items():
        said = row[key]
        sound = said is None or (isinstance(said, str) and form.fullmatch(said) is not None)
        _expect(sound, f"{where} has an impossible {key}")
    return File(_did(row["did"], where), size, row["adler32"], row["md5"])


def _did(said: Any, where: str) -> Did:
    _expect(isinstance(said, str), f"{where} is no scope:name")
    try:
        return Did.parse(said)
    except InvalidDid as error:
        msg = f"{where}: {error}"
        raise ValueError(msg) from error


def _expect(sound: bool, fault: str) -> None:
    if not sound:
        raise ValueError(fault)


def _entry(file: File) -> dict[str, Any]:
    said = Expected.of(file)
    return {"did": str(file.did), "size": said.size, "adler32": said.adler32, "md5": said.md5}
