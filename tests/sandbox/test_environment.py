"""The private environment: made once from the lock, taken from an image, never half made."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vre_dm import sandbox
from vre_dm.errors import SandboxError
from vre_dm.resources import shipped
from vre_dm.sandbox import LakeStatus, environment
from vre_dm.sandbox.control import private_python
from vre_dm.sandbox.layout import Layout


def silent(_: str) -> None:
    pass


def test_it_holds_what_the_lock_says_and_nothing_of_the_users(embedded_lake: LakeStatus) -> None:
    python, path = private_python(Layout(embedded_lake.root))
    code = "import rucio.version, urllib3, sys; print(rucio.version.version_string(), urllib3.__version__)"
    shown = subprocess.run(
        [python, "-c", code], env={"PYTHONPATH": str(path)}, capture_output=True, text=True
    )
    rucio, urllib3 = shown.stdout.split()
    lock = shipped("locks/lake.txt").read_text()
    assert f"rucio=={rucio} " in lock
    assert f"urllib3=={urllib3} " in lock
    assert [entry.name for entry in path.iterdir()] == ["vre_dm"]


def test_one_made_beforehand_is_used(
    embedded_lake: LakeStatus, lake_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python, _ = private_python(Layout(embedded_lake.root))
    monkeypatch.setenv("VRE_DM_LAKE_ENVIRONMENT", str(python.parent.parent))
    nowhere = tmp_path / "lakes" / "lake"
    assert environment.ensure(nowhere, silent) == python
    assert not nowhere.parent.exists()


def test_one_that_was_not_made_beforehand_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VRE_DM_LAKE_ENVIRONMENT", str(tmp_path))
    with pytest.raises(SandboxError, match="holds no environment made by `vre-dm lake environment`"):
        environment.ensure(tmp_path, silent)


def test_one_that_cannot_be_looked_at_or_run_is_said_to_be_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable = tmp_path / ("x" * 300)  # root may enter every folder, but no name is this long
    monkeypatch.setenv("VRE_DM_LAKE_ENVIRONMENT", str(unreadable))
    with pytest.raises(SandboxError, match=r"LAKE_ENVIRONMENT names .* you cannot read: File name too"):
        environment.ensure(tmp_path, silent)
    (tmp_path / "complete").touch()
    monkeypatch.setenv("VRE_DM_LAKE_ENVIRONMENT", str(tmp_path))
    with pytest.raises(SandboxError, match=r"LAKE_ENVIRONMENT names .* you cannot run; ask who made it"):
        environment.ensure(tmp_path, silent)


def test_one_that_an_admin_makes_can_be_read_by_all_and_written_by_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made without packages, since those need a network; under the umask of a careful admin."""
    (tmp_path / "lake.txt").touch()
    monkeypatch.setattr(environment, "shipped", lambda _: tmp_path / "lake.txt")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    before = os.umask(0o077)
    try:
        python = environment.make(tmp_path / "image", silent)
    finally:
        os.umask(before)
    place = python.parent.parent
    everything = [tmp_path / "image", place, *(path for path in place.rglob("*") if not path.is_symlink())]
    assert python.exists()
    for path in everything:
        wanted = 0o055 if path.is_dir() else 0o044
        mode = path.stat().st_mode
        assert mode & wanted == wanted or path.name == "complete", path
        assert not mode & 0o022, path


def test_packages_that_cannot_be_had_leave_nothing_that_looks_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty-cache"))
    said: list[str] = []
    with pytest.raises(SandboxError, match=r"private environment could not be made: .+"):
        environment.ensure(tmp_path / "environments", said.append)
    assert said == ["making the lake's private environment (once; 72 MB to download, 300 MB of disk)"]
    assert not list(tmp_path.rglob("complete"))


def test_a_configuration_file_of_the_current_folder_has_no_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could name a package index of a stranger."""
    (tmp_path / "uv.toml").write_text("this is no TOML [")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty-cache"))
    with pytest.raises(SandboxError) as error:
        environment.ensure(tmp_path / "environments", silent)
    assert "uv.toml" not in str(error.value)


def test_one_that_others_can_write_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "environments"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(SandboxError, match="others own it or can write it"):
        environment.ensure(folder, silent)


def test_a_moved_package_is_followed(tmp_path: Path) -> None:
    (tmp_path / "vre_dm").symlink_to(tmp_path / "gone")
    assert environment.only_vre_dm(tmp_path) == tmp_path
    assert (tmp_path / "vre_dm" / "errors.py").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["vre_dm"]


def test_an_installation_without_the_extra_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uv", None)
    with pytest.raises(SandboxError, match=r"pip install 'vre-dm\[sandbox\]'"):
        environment.ensure(tmp_path, silent)
    assert not sandbox.status(tmp_path / "lake").running
