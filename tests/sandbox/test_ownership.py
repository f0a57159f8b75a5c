"""A lake's folder that somebody else prepared is never used: it would name programs to run."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from vre_dm import sandbox
from vre_dm.errors import SandboxError
from vre_dm.sandbox.ownership import require_own

VERBS: list[Callable[[Path], object]] = [sandbox.up, sandbox.down, sandbox.reset, sandbox.status]


def writable_by_all(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)


def a_link(folder: Path) -> None:
    (folder.parent / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(folder.parent / "elsewhere")


def of_another_user(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    folder.mkdir(mode=0o700)
    os.chown(folder, 12345, 12345)


@pytest.mark.parametrize("prepare", [writable_by_all, a_link, of_another_user])
@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_touches_a_folder_that_is_not_ours_alone(
    tmp_path: Path, verb: Callable[[Path], object], prepare: Callable[[Path], None]
) -> None:
    root = tmp_path / "lake"
    prepare(root)
    kept = root.resolve() / "kept"
    kept.touch()
    with pytest.raises(SandboxError, match="others own it or can write it; choose another folder"):
        verb(root)
    assert [path.name for path in root.resolve().iterdir()] == ["kept"]


def test_our_own_folder_will_do(tmp_path: Path) -> None:
    require_own(tmp_path)


@pytest.mark.parametrize("mode", [0o770, 0o2770, 0o2775])
def test_our_own_folder_that_its_group_can_write_is_refused_with_what_closes_it(
    tmp_path: Path, mode: int
) -> None:
    root = tmp_path / "lake"
    root.mkdir()
    root.chmod(mode)
    with pytest.raises(SandboxError, match=f"if nobody else is in it, chmod -R go-rwx,g-s {root}, else"):
        sandbox.up(root)
    assert root.stat().st_mode & 0o7777 == mode
    # the very words of it
    subprocess.run(["chmod", "-R", "go-rwx,g-s", root], check=True)
    require_own(root)
