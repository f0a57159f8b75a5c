"""Folders are looked at apart, and none that hangs is waited for."""

import json
import os
import sys
import time
from pathlib import Path

from vre_dm.hub.folders import Seen, printed_by, seen

PATIENT = 60.0  # seconds that a busy machine may take to start a program


def kernel(folder: Path, name: str, program: str = sys.executable) -> Path:
    """Write a description of a kernel below a folder of JUPYTER_PATH."""
    (folder / "kernels" / name).mkdir(parents=True)
    description = folder / "kernels" / name / "kernel.json"
    said = {"argv": [program, "-f", "{connection_file}"], "display_name": name, "language": "python"}
    description.write_text(json.dumps(said))
    return description


def test_a_folder_is_told_with_what_it_has_room_for(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    found = seen(tmp_path, PATIENT)
    assert (found.fault, found.hangs, found.entries, found.writable) == ("", False, 1, True)
    assert found.free > 0
    assert found.took.startswith("answered in ")


def test_a_folder_that_is_not_there_or_is_a_file_has_a_fault(tmp_path: Path) -> None:
    assert seen(tmp_path / "none", PATIENT) == Seen(fault="No such file or directory")
    (tmp_path / "file").touch()
    assert seen(tmp_path / "file", PATIENT).fault == "Not a directory"


def test_kernels_are_told_with_what_keeps_them_from_starting(tmp_path: Path) -> None:
    kernel(tmp_path, "good")
    kernel(tmp_path, "found-on-the-path", "python3")
    kernel(tmp_path, "gone", str(tmp_path / "none" / "python"))
    for name, text in {"broken": "{", "empty": "{}", "deep": "[" * 100_000, "words": '{"argv": [3]}'}.items():
        kernel(tmp_path, name).write_text(text)
    (tmp_path / "kernels" / "no-kernel").mkdir()
    found = seen(tmp_path, PATIENT).kernels
    assert found == {
        "good": "",
        "found-on-the-path": "",
        "gone": f"{tmp_path}/none/python is not there or cannot be run",
        **dict.fromkeys(("broken", "empty", "deep", "words"), "its kernel.json names no program"),
    }


def test_a_folder_that_hangs_is_left_and_nothing_stays(tmp_path: Path) -> None:
    description = kernel(tmp_path, "hangs")
    description.unlink()
    os.mkfifo(description)  # opening it waits for a writer who never comes
    assert seen(tmp_path, 0.5).hangs
    assert not [path for path in Path("/proc").glob("[0-9]*/cmdline") if str(tmp_path) in _read(path)]


def test_a_program_that_does_not_end_is_left(tmp_path: Path) -> None:
    started = time.monotonic()
    assert printed_by([sys.executable, "-c", "import time; time.sleep(600)"], 0.2) is None
    assert time.monotonic() - started < 300
    assert printed_by([sys.executable, "-c", "print(7)"], PATIENT) == b"7\n"


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("latin-1")
    except OSError:
        return ""
