"""Shared kernels: whether they are mounted, whole, and shown by a real Jupyter."""

import json
import os
from pathlib import Path

import pytest

from tests.hub.test_folders import PATIENT, kernel
from vre_dm.hub import folders, kernels
from vre_dm.lake.finding import Finding, State
from vre_dm.lake.transfer import mounts


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A busy machine starts programs slowly; and no kernels of whoever runs the tests are seen."""
    monkeypatch.setattr(kernels, "seen", lambda folder: folders.seen(folder, PATIENT))
    monkeypatch.setattr(kernels, "_LISTING", 2 * PATIENT)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("JUPYTER_CONFIG_DIR", raising=False)


def found(
    monkeypatch: pytest.MonkeyPatch, *path: Path, cvmfs: Path = Path("/nowhere/cvmfs")
) -> list[Finding]:
    said = os.pathsep.join(map(str, path))
    monkeypatch.setenv("JUPYTER_PATH", said)
    return list(kernels.kernel_findings({"JUPYTER_PATH": said}, cvmfs))


def test_without_cvmfs_and_shared_folders_nothing_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    cvmfs, listed = found(monkeypatch)
    assert (cvmfs.what, cvmfs.state) == ("CVMFS", State.OK)
    assert cvmfs.text == "not used: /nowhere/cvmfs is not mounted, and JUPYTER_PATH names nothing on it"
    assert listed.state is State.OK
    assert "python3" in listed.text


def test_kernels_of_a_shared_folder_are_found_by_jupyter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kernel(tmp_path / "shared", "gamma")
    _, shared, listed = found(monkeypatch, tmp_path / "shared")
    assert [shared.state, listed.state] == [State.OK, State.OK]
    assert shared.text.endswith(": 1 kernel")
    assert "gamma" in listed.text


def test_kernels_that_cannot_start_are_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kernel(tmp_path / "shared", "good")
    kernel(tmp_path / "shared", "gone", "/nowhere/python")
    _, shared, _ = found(monkeypatch, tmp_path / "shared")
    assert shared.state is State.FAIL
    assert "2 kernels, of which 1 cannot start: gone (gone: /nowhere/python is not there" in shared.text
    assert shared.step.startswith("install them again")


def test_a_kernel_that_another_of_its_name_hides_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("first", "second"):
        kernel(tmp_path / name, "gamma")
    hidden = found(monkeypatch, tmp_path / "first", tmp_path / "second")[-1]
    first, second = (tmp_path / name / "kernels" for name in ("first", "second"))
    assert hidden.state is State.WARN
    assert hidden.text == f"Jupyter shows {first / 'gamma'} in place of gamma of {second}"


def test_a_kernel_that_the_settings_of_jupyter_leave_out_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kernel(tmp_path / "shared", "gamma")
    (tmp_path / ".jupyter").mkdir()
    settings = {"KernelSpecManager": {"allowed_kernelspecs": ["python3"]}}
    (tmp_path / ".jupyter" / "jupyter_config.json").write_text(json.dumps(settings))
    *_, listed, hidden = found(monkeypatch, tmp_path / "shared")
    assert "gamma" not in listed.text
    assert hidden.text == f"Jupyter does not show gamma of {tmp_path / 'shared' / 'kernels'}"
    assert "allowed_kernelspecs" in hidden.step


def test_a_folder_that_is_missing_empty_or_one_too_high_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kernel(tmp_path / "high" / "share" / "jupyter", "gamma")
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(mounts, "mount_of", lambda folder: "/shared")
    _, gone, empty, high, _ = found(monkeypatch, tmp_path / "gone", tmp_path / "empty", tmp_path / "high")
    assert (gone.state, gone.step) == (State.FAIL, "correct JUPYTER_PATH, or have it mounted")
    assert (empty.state, empty.step) == (State.WARN, "install some: vre-dm kernels install")
    assert high.step == f"name {tmp_path / 'high' / 'share' / 'jupyter'} there"


def test_an_image_without_kernels_lacks_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "empty" / "kernels").mkdir(parents=True)
    kernel(tmp_path / "high" / "share" / "jupyter", "gamma")
    monkeypatch.setattr(mounts, "mount_of", lambda folder: "/")
    _, empty, high, _ = found(monkeypatch, tmp_path / "empty", tmp_path / "high")
    assert (empty.state, empty.step) == (State.OK, "")
    assert empty.text == f"{tmp_path / 'empty'} is of this image, which has no kernels there"
    assert high.state is State.WARN


def test_cvmfs_that_is_wanted_and_not_mounted_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cvmfs = tmp_path / "cvmfs"
    wanted = cvmfs / "vre.example.org" / "share" / "jupyter"
    missing, shared, _ = found(monkeypatch, wanted, cvmfs=cvmfs)
    assert [missing.state, shared.state] == [State.FAIL, State.FAIL]
    assert (
        missing.text == f"{cvmfs} cannot be read (No such file or directory), and JUPYTER_PATH names {wanted}"
    )
    kernel(wanted, "gamma")
    there, shared, _ = found(monkeypatch, wanted, cvmfs=cvmfs)
    assert there.state is State.OK
    assert shared.text == f"{wanted} is an ordinary folder of this image: CVMFS is not mounted there"


def test_a_kernels_folder_that_hangs_is_told_and_jupyter_not_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    description = kernel(tmp_path / "shared", "gamma")
    description.unlink()
    os.mkfifo(description)
    monkeypatch.setattr(kernels, "seen", lambda folder: folders.seen(folder, 1.0))
    _, shared, listed = found(monkeypatch, tmp_path / "shared")
    assert shared.state is State.FAIL
    assert "did not answer" in shared.text
    assert (listed.state, listed.text.partition(":")[0]) == (
        State.WARN,
        "Jupyter was not asked for its kernels",
    )
