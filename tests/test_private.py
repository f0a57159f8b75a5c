"""A folder or a credential that another user could have prepared is not taken for one's own."""

import os
import subprocess
from pathlib import Path

import pytest

from vre_dm.errors import NotWritable
from vre_dm.private import found_fault, is_shared, make_private

SOMEBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of another user")


def test_a_folder_is_made_for_this_user_alone_and_taken_again(tmp_path: Path) -> None:
    folder = tmp_path / "a/b/c"
    make_private(folder)
    make_private(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o702, 0o1777])
def test_a_folder_that_others_can_write_is_no_cache(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(NotWritable, match="other users can change"):
        make_private(folder)


def test_a_folder_that_only_its_group_came_to_write_is_refused_with_what_closes_it(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    folder.chmod(0o2770)
    with pytest.raises(NotWritable, match=f"chmod -R go-rwx,g-s {folder}, else name a folder"):
        make_private(folder)
    subprocess.run(["chmod", "-R", "go-rwx,g-s", folder], check=True)
    make_private(folder)


def test_of_a_folder_that_everybody_can_write_no_way_back_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    folder.chmod(0o2777)
    with pytest.raises(NotWritable, match="not safe to use; name a folder"):
        make_private(folder)


@as_root
@pytest.mark.parametrize("level", ["x", "x/vre-dm", "x/vre-dm/lakes"])
def test_a_folder_that_another_user_prepared_at_any_level_is_no_cache(tmp_path: Path, level: str) -> None:
    (tmp_path / level).mkdir(parents=True)
    os.chown(tmp_path / level, SOMEBODY, SOMEBODY)
    with pytest.raises(NotWritable, match=f"other users can change {tmp_path / level},"):
        make_private(tmp_path / "x/vre-dm/lakes")


@as_root
def test_a_link_of_another_user_is_no_cache_wherever_it_leads(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    make_private(tmp_path / "link/cache")
    os.chown(tmp_path / "link", SOMEBODY, SOMEBODY, follow_symlinks=False)
    with pytest.raises(NotWritable, match="link"):
        make_private(tmp_path / "link/cache")


def test_a_folder_above_that_everybody_can_write_must_be_sticky(tmp_path: Path) -> None:
    above = tmp_path / "tmp"
    above.mkdir()
    above.chmod(0o777)
    with pytest.raises(NotWritable, match="other users can change"):
        make_private(above / "cache")
    above.chmod(0o1777)
    make_private(above / "cache")
    above.chmod(0o775)  # as every folder is where each user has a group of his own
    make_private(above / "cache")


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotWritable, match="name a folder"):
        make_private(tmp_path / "file/cache")


def credential(path: Path, mode: int = 0o600) -> Path:
    path.touch()
    path.chmod(mode)
    return path


def test_a_credential_is_ours_only_as_a_closed_plain_file(tmp_path: Path) -> None:
    assert found_fault(credential(tmp_path / "good")) is None
    assert found_fault(credential(tmp_path / "open", 0o640)) == "is open to other users"
    (tmp_path / "link").symlink_to(tmp_path / "good")
    assert found_fault(tmp_path / "link") == "is no plain file"
    (tmp_path / "folder").symlink_to(tmp_path)
    assert found_fault(tmp_path / "folder/good") == "is in a folder of another user"
    with pytest.raises(FileNotFoundError):
        found_fault(tmp_path / "none")


@as_root
def test_a_credential_of_another_user_or_in_his_folder_is_not_ours(tmp_path: Path) -> None:
    theirs = credential(tmp_path / "theirs")
    os.chown(theirs, SOMEBODY, SOMEBODY)
    assert found_fault(theirs) == "belongs to another user"
    (tmp_path / "his").mkdir()
    os.chown(tmp_path / "his", SOMEBODY, SOMEBODY)
    assert found_fault(credential(tmp_path / "his/token")) == "is in a folder of another user"


def test_the_machines_temporary_folder_is_shared(tmp_path: Path) -> None:
    assert not is_shared(tmp_path)
    tmp_path.chmod(0o1777)
    assert is_shared(tmp_path)
