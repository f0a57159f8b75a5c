"""An environment that one makes for all: whatever the umask, then or when the cache was filled."""

import os
import stat
import subprocess
import zipfile
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from vre_dm.locked import install, let_read


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock of one small wheel."""
    files = {
        "demo.py": "works = True\n",
        "demo-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n",
        "demo-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    listed = [
        f"{name},sha256={urlsafe_b64encode(sha256(text.encode()).digest()).decode().rstrip('=')},{len(text)}"
        for name, text in files.items()
    ]
    record = "demo-1.0.dist-info/RECORD"
    files[record] = "\n".join([*listed, f"{record},,", ""])
    wheel = tmp_path / "demo-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    path = tmp_path / "requirements.txt"
    path.write_text(f"demo @ {wheel.as_uri()} --hash=sha256:{sha256(wheel.read_bytes()).hexdigest()}\n")
    return path


def closed(folder: Path) -> list[Path]:
    """What others cannot read or could write."""
    modes = {
        path: stat.S_IMODE(path.stat().st_mode)
        for path in (folder, *folder.rglob("*"))
        if not path.is_symlink()
    }
    return [
        path
        for path, mode in modes.items()
        if mode & 0o022 or mode & 0o044 != 0o044 or (path.is_dir() and mode & 0o011 != 0o011)
    ]


def test_what_comes_from_a_cache_that_was_closed_can_be_read_and_the_cache_stays_closed(
    lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("UV_CACHE_DIR", str(cache))
    before = os.umask(0o077)
    try:
        install(lock, tmp_path / "first")
        for path in cache.rglob("demo.py"):
            path.chmod(0o600)
        python = install(lock, tmp_path / "second")
    finally:
        os.umask(before)
    assert closed(tmp_path / "second") == []
    code = "import demo; print(demo.works)"
    assert subprocess.check_output([python, "-I", "-c", code], text=True) == "True\n"
    modes = {stat.S_IMODE(path.stat().st_mode) for path in cache.rglob("demo.py")}
    assert modes == {0o600}


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir(mode=0o700)
    secret = tmp_path / "outside" / "secret"
    secret.write_text("")
    secret.chmod(0o600)
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "folder").symlink_to(tmp_path / "outside")
    (tmp_path / "inside" / "file").symlink_to(secret)
    let_read(tmp_path / "inside")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "outside").stat().st_mode) == 0o700
