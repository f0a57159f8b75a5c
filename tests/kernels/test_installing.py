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
from vre_dm.errors import InvalidProfile, KernelFailed, NotWritable
from vre_dm.kernels.installing import install, installed, remove, require_apt
from vre_dm.kernels.place import Place
from vre_dm.kernels.profile import Profile, profile
from vre_dm.kernels.smoke import run

PAGE = Path(__file__).parents[2] / "docs" / "kernels.md"
UV = Path(sys.executable).with_name("uv")


def block(kind: str) -> str:
    """The one block of a kind on the page."""
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return str(found)


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
    proof = re.search(r"proof: (.*)", block("yaml"))
    assert proof is not None
    (kernel / "smoke.ipynb").write_text(notebook(proof[1]))
    options = ["--universal", "--no-build", "--generate-hashes", "--no-emit-index-url", "--quiet"]
    command = [UV, "--no-config", "pip", "compile", *options, "requirements.in", "-o", "requirements.txt"]
    subprocess.run(command, cwd=folder, check=True)
    return Profile(folder)


@pytest.fixture(scope="module")
def place(borealis: Profile, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A shared folder in which it is installed."""
    place = Place.shared(tmp_path_factory.mktemp("shared"))
    install(borealis, place, lambda _: None)
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
    assert install(borealis, place, lambda _: None) == one
    assert one.python.stat().st_ctime_ns == made
    words = ["--prefix", str(place.prefix.parents[1]), "--profiles", str(borealis.folder.parent)]
    done = CliRunner().invoke(main, ["kernels", "check", "borealis", *words])
    assert "borealis: 1 promises hold in the lock; 1 cells ran in 1 kernels" in done.output
    done = CliRunner().invoke(main, ["kernels", "list", *words])
    assert "Borealis (installed with vre-dm" in done.output


def test_one_that_fails_its_notebook_is_not_offered_and_the_old_one_stays(
    borealis: Profile, place: Place, tmp_path: Path
) -> None:
    worse = tmp_path / "borealis"
    shutil.copytree(borealis.folder, worse)
    cells = notebook(block("yaml").partition("proof: ")[2].strip(), "1 / 0")
    (worse / "kernels" / "borealis" / "smoke.ipynb").write_text(cells)
    before = (place.kernels / "borealis" / "kernel.json").read_text()
    with pytest.raises(KernelFailed, match="ZeroDivisionError: division by zero"):
        install(Profile(worse), place, lambda _: None)
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
    place = Place.shared(tmp_path / "shared")
    with pytest.raises(KernelFailed, match="environment of demo could not be made"):
        install(Profile(written(tmp_path)), place, lambda _: None)
    assert list(place.kernels.iterdir()) == []
    assert [path.name for path in place.environments.iterdir()] == [".demo.lock"]


def test_what_is_removed_is_gone_and_nothing_else(borealis: Profile, tmp_path: Path) -> None:
    place = Place.shared(tmp_path)
    place.kernels.mkdir(parents=True)
    (place.kernels / "mine").mkdir()
    install(borealis, place, lambda _: None)
    assert remove("borealis", place).kernels == ("borealis",)
    assert [path.name for path in place.kernels.iterdir()] == ["mine"]
    assert installed(place) == []
    with pytest.raises(InvalidProfile, match="'borealis' is not installed"):
        remove("borealis", place)


def test_a_record_that_was_edited_removes_nothing_outside(tmp_path: Path) -> None:
    place = Place.shared(tmp_path / "shared")
    (place.environments / "demo-1").mkdir(parents=True)
    precious = tmp_path / "precious"
    precious.mkdir()
    said = {
        "profile": "demo",
        "version": "1",
        "lock": "1",
        "kernels": ["../../precious"],
        "environment": str(precious),
    }
    (place.environments / "demo-1" / "vre-dm-kernels.json").write_text(json.dumps(said))
    with pytest.raises(InvalidProfile):
        remove("demo", place)
    assert precious.is_dir()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "share").write_text("a file in the way")
    with pytest.raises(NotWritable, match="choose another place with --prefix"):
        Place.shared(tmp_path).require_writable()


@pytest.mark.skipif(not Path("/usr/bin/dpkg-query").exists(), reason="not on Debian")
def test_a_missing_package_of_debian_is_named_with_the_command(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "apt.txt").write_text("dpkg\nno-such-package-anywhere  # why\n")
    with pytest.raises(KernelFailed, match=r"sudo apt-get install no-such-package-anywhere$"):
        require_apt(Profile(folder))


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", ["base", "root", "gamma", "km3net", "dm"])
def test_every_kernel_does_what_its_card_says(name: str, tmp_path: Path) -> None:
    place = Place.shared(tmp_path)
    found = install(profile(name), place, print)
    assert set(found.kernels) == {spec.name for spec in profile(name).specs}


def test_two_places_at_once_are_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["kernels", "install", "base", "--user", "--prefix", str(tmp_path)])
    assert done.exit_code == 2
    assert "one of --user, --sys-prefix and --prefix" in done.output
