"""A compiled module that Python would reject is found by the head that Python looks at."""

import importlib.util
import os
import py_compile
from pathlib import Path

from builders.images.compiled import faults
from tests.images.trees import File, tree

MODULE = "opt/vre/lib/python3.11/site-packages/package/module.py"
CACHED = "opt/vre/lib/python3.11/site-packages/package/__pycache__/module.cpython-311.pyc"


def compiled(folder: Path, mode: py_compile.PycInvalidationMode, changed: int = 1000) -> bytes:
    source = folder / "module.py"
    source.write_text("x = 1\n")
    os.utime(source, (changed, changed))
    return Path(str(py_compile.compile(str(source), invalidation_mode=mode))).read_bytes()


def files(content: bytes, source: str = "x = 1\n") -> dict[str, File]:
    return {MODULE: (source, 0o644), CACHED: (content, 0o644)}


def test_what_was_compiled_of_the_file_beside_it_is_sound(tmp_path: Path) -> None:
    content = compiled(tmp_path, py_compile.PycInvalidationMode.TIMESTAMP)
    assert content[:4] == importlib.util.MAGIC_NUMBER
    assert faults(tree(files(content), changed={MODULE: 1000})) == []


def test_a_source_with_another_time_or_size_is_named(tmp_path: Path) -> None:
    content = compiled(tmp_path, py_compile.PycInvalidationMode.TIMESTAMP)
    meant = [f"1 modules are compiled of other sources than those beside them, such as /{CACHED}"]
    assert faults(tree(files(content), changed={MODULE: 1001})) == meant
    assert faults(tree(files(content, "x = 22\n"), changed={MODULE: 1000})) == meant


def test_another_name_of_an_older_file_is_an_older_file(tmp_path: Path) -> None:
    content = compiled(tmp_path, py_compile.PycInvalidationMode.TIMESTAMP)
    linked: dict[str, File] = {
        "opt/lake/module.py": ("x = 1\n", 0o644),
        MODULE: ("⇒opt/lake/module.py", 0o644),
    }
    held = tree(linked | {CACHED: (content, 0o644)}, changed={"opt/lake/module.py": 999, MODULE: 999})
    assert len(faults(held)) == 1


def test_one_that_goes_by_its_content_or_has_no_source_is_sound(tmp_path: Path) -> None:
    content = compiled(tmp_path, py_compile.PycInvalidationMode.CHECKED_HASH)
    assert faults(tree(files(content), changed={MODULE: 7})) == []
    assert faults(tree({CACHED: (content, 0o644)})) == []
