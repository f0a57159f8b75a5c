"""What is tried is what Jupyter starts: each cell runs, what fails is said. With the tests' own Python."""

import json
import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.kernels.profiles import CARD, KERNEL, notebook, written
from vre_dm.errors import KernelFailed
from vre_dm.kernels import debian, smoke, trying
from vre_dm.kernels.card import read_card
from vre_dm.kernels.profile import Profile
from vre_dm.kernels.smoke import run
from vre_dm.kernels.spec import Spec
from vre_dm.kernels.trying import require_versions, try_profile

PYTHON = Path(sys.executable)


def spec(folder: Path, text: str, **said: object) -> Spec:
    """A kernel with a notebook."""
    kernel = written(folder) / "kernels" / "demo"
    (kernel / "smoke.ipynb").write_text(text)
    (kernel / "kernel.json").write_text(json.dumps(KERNEL | said))
    (found,) = Profile(kernel.parents[1]).specs
    return found


@pytest.mark.parametrize("tag", ["skip-execution", "raises-exception"])
def test_a_cell_that_is_tagged_runs_and_fails_all_the_same(tag: str, tmp_path: Path) -> None:
    said = json.loads(notebook("1 / 0"))
    said["cells"][0]["metadata"]["tags"] = [tag]
    with pytest.raises(KernelFailed, match="ZeroDivisionError: division by zero in the cell '1 / 0'"):
        run(spec(tmp_path, json.dumps(said)), PYTHON)


def test_no_module_and_no_command_of_another_environment_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stranger").mkdir()
    (tmp_path / "stranger" / "wave.py").write_text("1 / 0")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "stranger"))
    path = f'assert os.environ["PATH"] == "{PYTHON.parent}:" + {os.environ["PATH"]!r}'
    assert run(spec(tmp_path, notebook("import wave", f"import os; {path}")), PYTHON) == 2


def test_what_jupyter_starts_has_the_same_variables(tmp_path: Path) -> None:
    spec(tmp_path, notebook("1")).write(tmp_path / "written", Path("/opt/x/bin/python"))
    said = json.loads((tmp_path / "written" / "kernel.json").read_text())
    assert said["env"] == {"PATH": "/opt/x/bin:${PATH}", "PYTHONPATH": "", "PYTHONHOME": ""}


def test_a_profile_can_say_other_variables(tmp_path: Path) -> None:
    spec(tmp_path, notebook("1"), env={"PATH": "/bin", "A": "b"}).write(tmp_path / "written", PYTHON)
    said = json.loads((tmp_path / "written" / "kernel.json").read_text())
    assert said["env"]["PATH"] == "/bin"
    assert said["env"]["A"] == "b"


def test_a_kernel_of_python_that_cannot_use_vre_dm_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "dm.curves(" in smoke.LOADED
    monkeypatch.setattr(smoke, "LOADED", "import no_such_package")
    with pytest.raises(KernelFailed, match="No module named 'no_such_package'"):
        run(spec(tmp_path, notebook("1")), PYTHON)


def test_the_last_words_of_a_kernel_that_does_not_start_are_told(tmp_path: Path) -> None:
    words = ["{python}", "-c", "import sys; sys.exit('no headers found')", "{connection_file}"]
    with pytest.raises(KernelFailed, match=r"the smoke notebook stops: .*; it said: no headers found"):
        run(spec(tmp_path, notebook("1"), argv=words), PYTHON)
    with pytest.raises(KeyboardInterrupt):  # which nobody has taken to himself
        signal.raise_signal(signal.SIGINT)


def test_a_kernel_has_as_long_to_start_as_a_cell_to_run(tmp_path: Path) -> None:
    words = ["{python}", "-c", "import time; time.sleep(60)", "{connection_file}"]
    with pytest.raises(KernelFailed, match="in 2 seconds"):
        run(spec(tmp_path, notebook("1"), argv=words), PYTHON, patience=2)


def test_a_python_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(KernelFailed, match=r"A demonstration: the smoke notebook stops: .*No such file"):
        run(spec(tmp_path, notebook("1")), tmp_path / "python")
    with pytest.raises(KernelFailed, match="python cannot be run: No such file"):
        require_versions(read_card(tmp_path / "demo" / "card.yaml"), tmp_path / "python")


def test_another_version_than_is_promised_is_refused(tmp_path: Path) -> None:
    has = version("click")
    card = tmp_path / "card.yaml"
    card.write_text(CARD.replace("package: demo", "package: Click").replace('"1.0"', f'"{has}"'))
    require_versions(read_card(card), PYTHON)
    card.write_text(card.read_text().replace(has, "0.0.1"))
    with pytest.raises(KernelFailed, match=rf"promises Click 0\.0\.1, and .*python.* has {has}"):
        require_versions(read_card(card), PYTHON)
    card.write_text(CARD)
    with pytest.raises(KernelFailed, match="has no such package"):
        require_versions(read_card(card), PYTHON)


def test_where_nobody_can_tell_packages_of_debian_a_failure_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = Profile(written(tmp_path))
    (profile.folder / "apt.txt").write_text("g++\nlibc6-dev\n")

    def bad(*_: object) -> int:
        msg = "no headers"
        raise KernelFailed(msg)

    monkeypatch.setattr(debian, "unknown", lambda: True)
    monkeypatch.setattr(trying, "require_versions", lambda *_: None)
    monkeypatch.setattr(trying, "run", bad)
    with pytest.raises(KernelFailed, match=r"no headers; it needs g\+\+ and libc6-dev, as Debian calls them"):
        try_profile(profile, PYTHON, print)
