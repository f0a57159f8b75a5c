"""What the recipes of the images say, and what the linters say of them."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from builders.images.binder import DOCKERFILE
from builders.images.catalogue import ROOT, registry

IMAGES = ROOT / "images"
BASE = IMAGES / "base.Containerfile"
RECIPES = [BASE, IMAGES / "kernel.Containerfile", DOCKERFILE]
SCRIPTS = [IMAGES / "start.sh", IMAGES / "stand-in.sh"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def lint(name: str, *words: str | Path) -> None:
    program = Path(sys.executable).with_name(name)
    if not program.exists():
        pytest.skip(f"{name} was not run, it is not installed: make install")
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_hadolint_finds_nothing(recipe: Path) -> None:
    lint("hadolint", recipe)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_shellcheck_finds_nothing(script: Path) -> None:
    lint("shellcheck", script)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_a_recipe_takes_nothing_from_the_net_but_packages(recipe: Path) -> None:
    lines = [line for line in recipe.read_text().splitlines() if not line.startswith("#")]
    text = "\n".join(lines)
    assert not re.search(r"\b(curl|wget|git clone|https?://(?!127\.0\.0\.1))", text)
    assert "latest" not in text
    assert not re.search(r"^ADD ", text, re.MULTILINE)
    # the stand-in may trust what this machine trusts; what is built on it must not say so
    assert not re.search(r"ca-certificates\.crt|SSL_CERT|PIP_CERT|native-tls|--trusted-host", text)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_a_docker_without_buildkit_can_build_it(recipe: Path) -> None:
    needs = re.compile(r"^(COPY|ADD|RUN) --(chmod|link|mount|network|security)|<<", re.MULTILINE)
    assert not needs.search(recipe.read_text())


def test_packages_of_python_come_by_their_hashes_and_as_wheels() -> None:
    commands = BASE.read_text().replace("\\\n", " ").splitlines()
    installs = [part for line in commands for part in line.split("&&") if "pip install" in part]
    assert len(installs) == 4
    for each in installs:
        # that of vre-dm itself is one that was built beside the recipe
        assert "--require-hashes" in each or "--no-index" in each, each
        assert re.search(r"--no-build|--no-index|--only-binary :all:", each), each


def test_modules_are_compiled_once_their_sources_change_no_more() -> None:
    text = BASE.read_text()
    assert "--compile-bytecode" not in text
    assert 0 < text.index("hardlink --") < text.index("compileall")


def test_the_folder_of_kernels_that_is_named_is_made_also_for_an_image_without_any() -> None:
    text = BASE.read_text()
    (named,) = re.findall(r"JUPYTER_PATH=(\S+)", text)
    assert f"install --directory {named}/kernels" in text.rpartition("\nFROM ")[2]


def test_a_kernel_is_tried_again_once_nothing_of_it_is_left_out_or_shared_any_more() -> None:
    text = RECIPES[1].read_text()
    changed = [text.index(each) for each in ("-delete", "share.py")]
    assert text.index("kernels install") < min(changed) < max(changed) < text.index("kernels check")


@pytest.mark.parametrize("recipe", RECIPES[:2], ids=lambda path: path.name)
def test_the_last_user_is_a_number_and_not_root(recipe: Path) -> None:
    assert re.findall(r"^USER (.*)$", recipe.read_text(), re.MULTILINE)[-1] == "1000:100"


def test_the_image_of_binder_is_that_of_this_version_and_nothing_is_solved_in_it() -> None:
    said = [line for line in DOCKERFILE.read_text().splitlines() if line and not line.startswith("#")]
    assert len(said) <= 6
    assert f"ARG REGISTRY={registry()}" in said
    assert f"FROM ${{REGISTRY}}/vre-dm-dm:{PROJECT['version']}" in said
    assert not any("install" in line for line in said)
