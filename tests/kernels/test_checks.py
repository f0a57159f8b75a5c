"""A profile that claims what it does not hold is refused, and the text says what and where."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kernels.profiles import CARD, DEMO, KERNEL, LOCK, PROOF, notebook, pin, written
from vre_dm.errors import InvalidProfile
from vre_dm.kernels.checks import check_profile
from vre_dm.kernels.profile import Profile, profile, profiles

SHIPPED = {"base", "dm", "gamma", "km3net", "root"}


def test_what_comes_with_vre_dm_holds_what_it_promises() -> None:
    assert {each.name for each in profiles()} >= SHIPPED
    for each in profiles():
        check_profile(each)


def test_a_good_one_is_taken(tmp_path: Path) -> None:
    check_profile(Profile(written(tmp_path)))


def test_one_of_which_a_notebook_was_open_is_taken(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "kernels" / ".ipynb_checkpoints").mkdir()
    check_profile(Profile(folder))


def test_a_language_is_told_whatever_its_capitals(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "kernels/demo/kernel.json").write_text(json.dumps(KERNEL | {"language": "Python"}))
    check_profile(Profile(folder))


def test_what_is_wanted_on_another_system_need_not_be_locked(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "requirements.in").write_text('demo\nother ; sys_platform == "win32"\n')
    check_profile(Profile(folder))


def test_a_kernel_of_another_language_needs_nothing_of_vre_dm(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "kernels/demo/kernel.json").write_text(json.dumps(KERNEL | {"language": "c++"}))
    (folder / "kernels/demo/smoke.ipynb").write_text(notebook(PROOF, printed="1"))
    (folder / "requirements.in").write_text("demo\n")
    (folder / "requirements.txt").write_text(DEMO)
    check_profile(Profile(folder))


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
        "no cell of .*smoke.ipynb is its proof",
    ),
    "a proof in a comment": (
        rewrite("kernels/demo/smoke.ipynb", notebook(f"# {PROOF}", "1")),
        "no cell of .*smoke.ipynb is its proof",
    ),
    "a proof whose failure is caught": (
        rewrite("kernels/demo/smoke.ipynb", notebook(f"try:\n    {PROOF}\nexcept ImportError:\n    pass")),
        "no cell of .*smoke.ipynb is its proof",
    ),
    "a proof in a text": (
        rewrite("kernels/demo/smoke.ipynb", notebook(f'"""\n{PROOF}\n"""')),
        "no cell of .*smoke.ipynb is its proof",
    ),
    "a proof of two lines": (
        rewrite("card.yaml", CARD.replace("proof: ", "proof: |-\n      import demo\n      ")),
        "proof: .* is not one line",
    ),
    "a number for a version": (
        rewrite("card.yaml", CARD.replace('"1.0"', "1.0")),
        r"promises\.0\.version: 1\.0 is no text; put it in quotes",
    ),
    "for Windows only": (
        rewrite("requirements.txt", LOCK.replace(DEMO, pin("demo", "1.0", "sys_platform == 'win32'"))),
        "does not hold demo>=1",
    ),
    "another version for another Python": (
        rewrite(
            "requirements.txt",
            LOCK.replace(DEMO, pin("demo", "1.0", "python_full_version < '3.12'"))
            + pin("demo", "1.1", "python_full_version >= '3.12'"),
        ),
        r"demo 1\.0, and the lock has 1\.1 for Python 3\.12\.0",
    ),
    "nothing that vre-dm needs": (
        rewrite("requirements.txt", DEMO + pin("ipykernel", "7.1")),
        r"does not hold .*click>=8\.1 \(of vre-dm\).*vre-dm kernels lock ",
    ),
    "a number among the words of the command": (
        rewrite("kernels/demo/kernel.json", json.dumps(KERNEL | {"argv": [*KERNEL["argv"], 5]})),
        r"kernel\.json: argv\.5: 5 is no text",
    ),
    "a number in the environment": (
        rewrite("kernels/demo/kernel.json", json.dumps(KERNEL | {"env": {"A": 1}})),
        r"kernel\.json: env\.A: 1 is no text",
    ),
    "a cell without a source": (
        rewrite("kernels/demo/smoke.ipynb", '{"cells": [{"cell_type": "code", "source": null}]}'),
        r"smoke\.ipynb: cells\.0\.source: None",
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
    "no ipykernel": (rewrite("requirements.txt", DEMO), "does not hold ipykernel"),
    "no card's key": (rewrite("card.yaml", CARD + "colour: red\n"), "colour"),
    "a language in which no cell fails": (
        rewrite("kernels/demo/kernel.json", json.dumps({**KERNEL, "language": "c++"})),
        r"each has to print something.*'1 \+ 1'",
    ),
    "no YAML": (rewrite("card.yaml", "a: [1"), "card.yaml cannot be read"),
    "no promise": (rewrite("card.yaml", "title: a\nabout: b\npromises: []\n"), "promises"),
    "another interpreter": (
        rewrite("kernels/demo/kernel.json", json.dumps(KERNEL | {"argv": ["python", "{connection_file}"]})),
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


def test_who_names_the_profile_is_told_to_name_the_folder_that_it_is_in(tmp_path: Path) -> None:
    with pytest.raises(InvalidProfile, match=f"is a profile; .*--profiles {tmp_path}$"):
        profiles(written(tmp_path))


@pytest.mark.parametrize("name", ["Demo", "my_exp", "9"])
def test_a_name_that_cannot_be_is_said_and_not_passed_over(name: str, tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, name)
    with pytest.raises(InvalidProfile, match=f"{name}: name a profile with small letters"):
        profile(name, tmp_path)
    with pytest.raises(InvalidProfile, match=f"{name}: name a profile with small letters"):
        profiles(tmp_path)
    assert profile("demo", tmp_path).name == "demo"


def test_one_without_a_card_is_said_and_not_passed_over(tmp_path: Path) -> None:
    written(tmp_path)
    (written(tmp_path, "second") / "card.yaml").unlink()
    with pytest.raises(InvalidProfile, match=r"second has no card\.yaml"):
        profiles(tmp_path)
    (tmp_path / "notes").mkdir()
    assert profile("demo", tmp_path).name == "demo"
