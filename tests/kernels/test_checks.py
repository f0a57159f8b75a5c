"""A profile that claims what it does not hold is refused, and the text says what and where."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kernels.profiles import CARD, KERNEL, LOCK, notebook, written
from vre_dm.errors import InvalidProfile
from vre_dm.kernels.checks import check_profile
from vre_dm.kernels.profile import Profile, profile, profiles

SHIPPED = {"base", "dm", "gamma", "km3net", "root"}


def test_what_comes_with_vre_dm_holds_what_it_promises() -> None:
    assert {each.name for each in profiles()} == SHIPPED
    for each in profiles():
        check_profile(each)


def test_every_kernel_of_them_has_what_vre_dm_needs() -> None:
    wanted = {name for name in ("rucio-clients", "bokeh", "xarray", "uproot", "ipython")}
    for each in profiles():
        assert wanted <= {pin.name for pin in each.pins}, each.name


def test_a_good_one_is_taken(tmp_path: Path) -> None:
    check_profile(Profile(written(tmp_path)))


def rewrite(name: str, text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(text)


def remove(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


FLAWS = {
    "another version": (
        rewrite("card.yaml", CARD.replace('"1.0"', '"2.0"')),
        r"demo 2\.0, and the lock has 1\.0",
    ),
    "no such package": (
        rewrite("card.yaml", CARD.replace("demo\n    v", "nemo\n    v")),
        "has no such package",
    ),
    "no such kernel": (rewrite("card.yaml", CARD.replace("kernel: demo", "kernel: other")), "kernel other"),
    "no proof": (
        rewrite("kernels/demo/smoke.ipynb", notebook("1 + 1")),
        "no cell of .*smoke.ipynb has its proof",
    ),
    "no notebook": (remove("kernels/demo/smoke.ipynb"), "smoke.ipynb is missing"),
    "an empty notebook": (rewrite("kernels/demo/smoke.ipynb", notebook()), "has no code cell"),
    "no notebook at all": (rewrite("kernels/demo/smoke.ipynb", "[1"), "smoke.ipynb cannot be read"),
    "no logo": (remove("kernels/demo/logo-svg.svg"), "no logo"),
    "no lock": (remove("requirements.txt"), "requirements.txt cannot be read"),
    "not locked": (rewrite("requirements.txt", LOCK.replace("==1.0", ">=1.0")), "demo>=1.0 is not locked"),
    "any of a series": (rewrite("requirements.txt", LOCK.replace("==1.0", "==1.*")), "is not locked"),
    "no hash": (rewrite("requirements.txt", "demo==1.0\nipykernel==7.1\n"), "demo==1.0 has no hash"),
    "an index": (
        rewrite("requirements.txt", "--index-url https://a.example\n" + LOCK),
        "names a package index",
    ),
    "unlocked wish": (rewrite("requirements.in", "demo\nother>=3\n"), "does not hold other>=3"),
    "older than wished": (rewrite("requirements.in", "demo>=2\n"), "does not hold demo>=2"),
    "no requirement": (rewrite("requirements.in", "demo at home\n"), "is no requirement"),
    "no ipykernel": (rewrite("requirements.txt", LOCK.partition("ipykernel")[0]), "does not hold ipykernel"),
    "no card's key": (rewrite("card.yaml", CARD + "colour: red\n"), "colour"),
    "a language in which no cell fails": (
        rewrite("kernels/demo/kernel.json", json.dumps({**KERNEL, "language": "c++"})),
        r"each has to print something.*'1 \+ 1'",
    ),
    "no YAML": (rewrite("card.yaml", "a: [1"), "card.yaml cannot be read"),
    "no promise": (rewrite("card.yaml", "title: a\nabout: b\npromises: []\n"), "promises"),
    "another interpreter": (
        rewrite(
            "kernels/demo/kernel.json", '{"argv": ["python", "{connection_file}"], "language": "python"}'
        ),
        "argv has to begin with",
    ),
    "no name of a Debian package": (rewrite("apt.txt", "g++; reboot\n"), "no name of a Debian package"),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_is_named(flaw: str, tmp_path: Path) -> None:
    folder = written(tmp_path)
    spoil, said = FLAWS[flaw]
    spoil(folder)
    with pytest.raises(InvalidProfile, match=said):
        check_profile(Profile(folder))


def test_a_kernel_of_which_nothing_is_promised_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "kernels" / "demo").rename(folder / "kernels" / "second")
    written(tmp_path / "again")
    (tmp_path / "again" / "demo" / "kernels" / "demo").rename(folder / "kernels" / "demo")
    with pytest.raises(InvalidProfile, match="nothing of the kernel second"):
        check_profile(Profile(folder))


@pytest.mark.parametrize("name", ["no", "../base", "", "Base", "a b"])
def test_another_name_is_told_those_that_are(name: str) -> None:
    with pytest.raises(InvalidProfile, match="base, dm, gamma, km3net, root"):
        profile(name)


def test_a_folder_without_profiles_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidProfile, match="holds no profile"):
        profiles(tmp_path)
