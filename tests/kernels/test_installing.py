"""The profile of the documentation, really made: its packages, its notebook, its kernel in Jupyter."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.kernels.profiles import notebook, written
from vre_dm.cli import main
from vre_dm.errors import InvalidProfile, KernelFailed
from vre_dm.kernels.card import read_card
from vre_dm.kernels.installing import install, remove
from vre_dm.kernels.place import Place
from vre_dm.kernels.profile import Profile, profile
from vre_dm.kernels.record import installed
from vre_dm.kernels.smoke import run

PAGE = Path(__file__).parents[2] / "docs" / "kernels.md"


def silent(_: str) -> None:
    pass


def at(folder: Path) -> Place:
    """A place as `--prefix` has it, of one user alone: the Python of the tests may be closed to others."""
    return Place(folder / "share" / "jupyter", "a folder")


def block(kind: str) -> str:
    """The one block of a kind on the page."""
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return str(found)


def proof(folder: Path) -> str:
    """The one proof of a profile."""
    (promise,) = read_card(folder / "card.yaml").promises
    return promise.proof


@pytest.fixture(scope="module")
def borealis(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """What the page says to write, and its lock."""
    folder = tmp_path_factory.mktemp("profiles") / "borealis"
    kernel = folder / "kernels" / "borealis"
    kernel.mkdir(parents=True)
    (folder / "requirements.in").write_text(block("requirements"))
    (folder / "card.yaml").write_text(block("yaml"))
    (kernel / "kernel.json").write_text(block("json"))
    (kernel / "logo-svg.svg").write_text("<svg/>")
    (kernel / "smoke.ipynb").write_text(notebook(proof(folder)))
    done = CliRunner().invoke(main, ["kernels", "lock", str(folder)])
    assert done.exit_code == 0, done.output
    return Profile(folder)


@pytest.fixture(scope="module")
def place(borealis: Profile, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A shared folder in which it is installed."""
    place = at(tmp_path_factory.mktemp("shared"))
    install(borealis, place, silent)
    return place


def test_the_page_is_short() -> None:
    files = [block("requirements"), block("yaml"), block("json")]
    assert sum(text.count("\n") for text in files) < 40


def test_jupyter_knows_the_kernel_and_runs_it(place: Place) -> None:
    environment = os.environ | {"JUPYTER_PATH": str(place.prefix)}
    command = [sys.executable, "-m", "jupyter", "kernelspec", "list", "--json"]
    shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    spec = json.loads(shown)["kernelspecs"]["borealis"]["spec"]
    python = spec["argv"][0]
    assert spec["display_name"] == "Borealis"
    assert Path(python).is_relative_to(place.environments)
    code = "import particle, vre_dm; print(particle.__version__, vre_dm.__file__)"
    said = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True).stdout
    version, where = said.split()
    assert version == "0.25.4"
    assert Path(where).is_relative_to(place.environments)


def test_it_is_listed_checked_and_not_made_twice(borealis: Profile, place: Place) -> None:
    (one,) = installed(place)
    made = one.python.stat().st_ctime_ns
    assert install(borealis, place, silent) == one
    assert one.python.stat().st_ctime_ns == made
    words = ["--prefix", str(place.prefix.parents[1]), "--profiles", str(borealis.folder.parent)]
    done = CliRunner().invoke(main, ["kernels", "check", "borealis", *words])
    assert "borealis: 1 promises hold in the lock; 1 cells ran in 1 kernels" in done.output
    done = CliRunner().invoke(main, ["kernels", "list", *words])
    assert "Borealis (installed with vre-dm" in done.output


def test_the_kernel_has_what_vre_dm_needs_and_nothing_is_closed_to_others(place: Place) -> None:
    (one,) = installed(place)
    code = "import vre_dm as dm; print(len(dm.curves('si_lz_2024')))"
    assert subprocess.check_output([one.python, "-I", "-c", code], text=True) == "1\n"
    for path in Path(one.environment).rglob("*"):
        if not path.is_symlink():
            mode = path.stat().st_mode
            assert mode & 0o044 == 0o044, path
            assert not mode & 0o022, path


def test_one_that_is_older_than_the_profile_says_so_and_is_not_tried(
    borealis: Profile, place: Place, tmp_path: Path
) -> None:
    newer = tmp_path / "borealis"
    shutil.copytree(borealis.folder, newer)
    (newer / "requirements.txt").write_text((newer / "requirements.txt").read_text() + "# changed\n")
    words = ["--prefix", str(place.prefix.parents[1]), "--profiles", str(tmp_path)]
    done = CliRunner().invoke(main, ["kernels", "list", *words])
    assert "Borealis (installed, older than this profile: install it again)" in done.output
    done = CliRunner().invoke(main, ["kernels", "check", *words])
    assert done.exit_code == 1
    assert "borealis: what is installed is older than the profile" in done.output


def test_one_that_fails_its_notebook_is_not_offered_and_the_old_one_stays(
    borealis: Profile, place: Place, tmp_path: Path
) -> None:
    worse = tmp_path / "borealis"
    shutil.copytree(borealis.folder, worse)
    cells = notebook(proof(worse), "1 / 0")
    (worse / "kernels" / "borealis" / "smoke.ipynb").write_text(cells)
    before = (place.kernels / "borealis" / "kernel.json").read_text()
    with pytest.raises(KernelFailed, match="ZeroDivisionError: division by zero"):
        install(Profile(worse), place, silent)
    assert (place.kernels / "borealis" / "kernel.json").read_text() == before
    assert [each.profile for each in installed(place)] == ["borealis"]


def test_a_notebook_that_prints_something_else_than_it_holds_fails(
    borealis: Profile, place: Place, tmp_path: Path
) -> None:
    (one,) = installed(place)
    other = tmp_path / "borealis"
    shutil.copytree(borealis.folder, other)
    smoke = other / "kernels" / "borealis" / "smoke.ipynb"
    smoke.write_text(notebook("print(1 + 1)", printed="2\n"))
    (spec,) = Profile(other).specs
    assert run(spec, one.python) == 1
    smoke.write_text(notebook("print(1 + 2)", printed="2\n"))
    (spec,) = Profile(other).specs
    with pytest.raises(KernelFailed, match=r"prints '3\\n', and '2\\n' is expected"):
        run(spec, one.python)


def test_packages_that_cannot_be_had_leave_nothing(tmp_path: Path) -> None:
    place = at(tmp_path / "shared")
    with pytest.raises(KernelFailed, match="environment of demo could not be made"):
        install(Profile(written(tmp_path)), place, silent)
    assert list(place.kernels.iterdir()) == []
    assert [path.name for path in place.environments.iterdir()] == [".demo.lock"]


def test_what_is_removed_is_gone_and_nothing_else(place: Place) -> None:  # so it is the last one
    (place.kernels / "mine").mkdir()
    assert remove("borealis", place, silent) == ("borealis",)
    assert [path.name for path in place.kernels.iterdir()] == ["mine"]
    assert installed(place) == []
    with pytest.raises(InvalidProfile, match="'borealis' is not installed"):
        remove("borealis", place, silent)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", ["base", "root", "gamma", "km3net", "dm"])
def test_every_kernel_does_what_its_card_says(name: str, tmp_path: Path) -> None:
    place = at(tmp_path)
    found = install(profile(name), place, print)
    assert set(found.kernels) == {spec.name for spec in profile(name).specs}
