"""The wheel alone, in an environment of its own, does what the checkout does."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UV = Path(sys.executable).with_name("uv")


NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_every_notebook_is_said_to_go_into_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    shipped = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    wanted = {f"notebooks/{path.name}": f"vre_dm/share/notebooks/{path.name}" for path in NOTEBOOKS}
    assert {key: value for key, value in shipped.items() if key.endswith(".ipynb")} == wanted


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([UV, "build", "--quiet", "--wheel", "--out-dir", folder, ROOT], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_is_small_and_holds_what_commands_need(wheel: Path) -> None:
    assert wheel.stat().st_size < 15e6
    names = set(zipfile.ZipFile(wheel).namelist())
    needed = {
        "vre_dm/share/locks/lake.txt",
        "vre_dm/sandbox/seed/registry.json",
        "vre_dm/limits/catalogue/schema.json",
        "vre_dm/py.typed",
        "vre_dm/server/openapi/jobs.yaml",
    }
    needed |= {f"vre_dm/share/notebooks/{path.name}" for path in NOTEBOOKS}
    assert needed <= names
    assert not [name for name in names if name.startswith("tests/") or name.endswith(".pyc")]


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Interpreter of an environment with the wheel and its extras, and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    found = folder / "bin/python"
    install = [UV, "pip", "install", "--quiet", "--python", found, f"{wheel}[lab,sandbox]"]
    subprocess.run(install, check=True)
    return found


@pytest.mark.slow
def test_an_installed_wheel_is_known_to_jupyterlab_and_to_its_server_where_there_is_no_node(
    python: Path, tmp_path: Path
) -> None:
    assert (ROOT / "vre_dm/labextension/package.json").is_file(), "run make extension first"
    # Only the programs of the environment can be found.
    environment = {"PATH": str(python.parent), "HOME": str(tmp_path)}
    for words, name in ((["labextension"], "vre-dm-lab"), (["server", "extension"], "vre_dm")):
        listed = subprocess.run(
            [python.with_name("jupyter"), *words, "list"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        ).stdout
        assert re.search(rf"^ *{name} v?\d.*OK", listed, re.MULTILINE), listed


@pytest.mark.slow
def test_an_installed_wheel_starts_a_lake_and_searches_it(python: Path, tmp_path: Path) -> None:
    program, root = python.with_name("vre-dm"), tmp_path / "lakes" / "lake"
    environment = {**os.environ, "VRE_DM_LAKE_ROOT": str(root)}
    try:
        subprocess.run([program, "lake", "up"], env=environment, check=True)
        found = subprocess.run(
            [program, "search", "xenon:*"], env=environment, capture_output=True, text=True
        )
        assert "xenon:s2only.response" in found.stdout
    finally:
        subprocess.run([program, "lake", "reset", "--yes"], env=environment, check=True)
