"""The wheel carries the extension, so that installing it needs no Node.js."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACE = "/data/share/jupyter/labextensions/vre-dm-lab/"


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Files of a wheel built here, without its first folder."""
    folder = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).with_name("uv")
    command = [uv, "build", "--quiet", "--wheel", "--no-build-isolation", "--python", sys.executable]
    subprocess.run([*command, "--out-dir", folder, ROOT], check=True)
    (built,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(built).namelist())


def test_a_wheel_carries_the_built_extension_once(names: set[str]) -> None:
    if not (ROOT / "vre_dm" / "labextension" / "package.json").is_file():
        pytest.skip("the JupyterLab extension is not built (make extension)")
    placed = {name.partition(PLACE)[2] for name in names if PLACE in name}
    assert {"package.json", "install.json"} <= placed
    assert [name for name in placed if name.startswith("static/remoteEntry.")]
    assert not [name for name in names if name.startswith("vre_dm/labextension")]


def test_a_wheel_carries_the_renderer_of_saved_pages(names: set[str]) -> None:
    assert "vre_dm/limits/plot/static/overlay.js" in names
    assert not [name for name in names if "extension/src" in name or "node_modules" in name]
