"""What the recipes of the images say, and what the linters say of them."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from builders.images.binder import DOCKERFILE
from builders.images.catalogue import ROOT

IMAGES = ROOT / "images"
RECIPES = [IMAGES / "base.Containerfile", IMAGES / "kernel.Containerfile", DOCKERFILE]
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


@pytest.mark.parametrize("recipe", RECIPES[:2], ids=lambda path: path.name)
def test_packages_of_python_come_by_their_hashes_and_as_wheels(recipe: Path) -> None:
    commands = recipe.read_text().replace("\\\n", " ").splitlines()
    installs = [part for line in commands for part in line.split("&&") if re.search(r"pip install", part)]
    for each in installs:
        assert "--require-hashes" in each or "--no-index" in each, each
        assert "--no-build" in each or "--no-index" in each or "/build/uv/bin/pip" in each, each


@pytest.mark.parametrize("recipe", RECIPES[:2], ids=lambda path: path.name)
def test_the_last_user_is_a_number_and_not_root(recipe: Path) -> None:
    assert re.findall(r"^USER (.*)$", recipe.read_text(), re.MULTILINE)[-1] == "1000:100"


def test_the_image_of_binder_is_that_of_this_version_and_nothing_is_solved_in_it() -> None:
    said = [line for line in DOCKERFILE.read_text().splitlines() if line and not line.startswith("#")]
    assert len(said) <= 6
    host = PROJECT["urls"]["Repository"].split("/")[2]
    assert f"ARG REGISTRY={host}" in said
    assert f"FROM ${{REGISTRY}}/vre-dm-dm:{PROJECT['version']}" in said
    assert not any("install" in line for line in said)


def test_the_start_becomes_what_it_is_told_and_makes_a_home_where_there_is_none(tmp_path: Path) -> None:
    programs, home = tmp_path / "programs", tmp_path / "home"
    programs.mkdir()
    home.mkdir()
    (programs / "vre-dm").write_text('#!/bin/sh\nmkdir "$HOME/vre-dm"\necho /somewhere\n')
    (programs / "vre-dm").chmod(0o755)
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(home), "TMPDIR": str(tmp_path)}
    words = ["sh", IMAGES / "start.sh", "sh", "-c", 'echo "$HOME"']
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == f"{home}\n"
    assert (home / "vre-dm").is_dir()
    without = environment | {"HOME": str(tmp_path / "not-there")}
    done = subprocess.run(words, env=without, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{tmp_path}/home.")
    assert "cannot be written" in done.stderr


def test_a_full_home_does_not_keep_the_server_from_starting(tmp_path: Path) -> None:
    (tmp_path / "vre-dm").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "vre-dm").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}
    words = ["sh", IMAGES / "start.sh", "echo", "started"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "started\n"
    assert "could not be copied" in done.stderr


def test_without_a_command_it_is_the_server_of_a_hub_where_a_hub_asks(tmp_path: Path) -> None:
    for name in ("vre-dm", "jupyter", "jupyterhub-singleuser"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {name} $*\n")
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}
    words = ["sh", IMAGES / "start.sh"]
    alone = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    assert alone.stdout == "jupyter lab --ip=0.0.0.0 --port=8888 --no-browser\n"
    asked = environment | {"JUPYTERHUB_API_TOKEN": "of-this-test-alone"}
    by_hub = subprocess.run(words, env=asked, capture_output=True, text=True, check=True)
    assert by_hub.stdout.strip() == "jupyterhub-singleuser"


WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"


def test_zizmor_finds_nothing_in_the_workflow() -> None:
    lint("zizmor", "--offline", "--no-progress", WORKFLOW)


def test_the_workflow_follows_its_schema() -> None:
    lint("check-jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOW)


def test_every_action_is_pinned_by_its_commit() -> None:
    used = re.findall(r"uses: (\S+)( # v\S+)?$", WORKFLOW.read_text(), re.MULTILINE)
    assert used
    for action, version in used:
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", action), action
        assert version, action
