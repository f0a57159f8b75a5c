"""A mount that is dead in the kernel is named, and neither report nor command waits for it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hub import dead_mount
from tests.hub.test_folders import kernel

DOCTOR = [sys.executable, "-m", "vre_dm", "doctor", "--hub", "--json"]
# Four folders wait five seconds each; a mount that held the command would hold it for ever.
LONGEST = 240.0
Report = Callable[..., dict[str, list[dict[str, Any]]]]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """The doctor's findings beside dead mounts, and the proof that it ended."""

    def one(*dead: Path, **environ: str) -> dict[str, list[dict[str, Any]]]:
        for folder in dead:
            folder.mkdir(parents=True, exist_ok=True)
        alone = ["unshare", "--user", "--map-root-user", "--mount", "--", sys.executable, dead_mount.__file__]
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        home = {"HOME": str(tmp_path), "JUPYTER_CONFIG_PATH": "", "RUCIO_HOME": str(tmp_path / "none")}
        started = time.monotonic()
        done = subprocess.run(
            [*alone, os.pathsep.join(map(str, dead)), *DOCTOR],
            env=kept | home | environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )
        if done.returncode == dead_mount.CANNOT or "unshare" in done.stderr:
            pytest.skip(f"NOT RUN: no FUSE mount in a user namespace here {done.stderr}")
        assert done.returncode == 1, done.stderr
        assert time.monotonic() - started < LONGEST
        found: dict[str, list[dict[str, Any]]] = {}
        for finding in json.loads(done.stdout):
            found.setdefault(finding["what"], []).append(finding)
        return found

    return one


def test_a_dead_mount_of_the_lake_and_of_the_kernels_are_named(report: Report, tmp_path: Path) -> None:
    eos, kernels = tmp_path / "eos", tmp_path / "cvmfs" / "kernels"
    found = report(
        eos,
        kernels,
        JUPYTER_PATH=str(kernels),
        RUCIO_BASE_URL="https://127.0.0.1:1",
        RUCIO_DEFAULT_AUTH_TYPE="oidc",
        RUCIO_OIDC_AUTH="env",
        RUCIO_MODE="replica",
        RUCIO_DESTINATION_RSE="EOS",
        RUCIO_RSE_MOUNT_PATH=str(eos),
    )
    (mount,) = found["mount"]
    assert (mount["state"], mount["text"]) == ("FAIL", f"EOS at {eos} did not answer in 5 s")
    assert mount["step"].startswith("ask the admins of the hub to remount it")
    shared, jupyter = found["kernels"]
    assert shared["text"] == f"{kernels} did not answer in 5 s: Jupyter waits for it too"
    assert jupyter["text"].startswith("Jupyter was not asked")
    assert "disk" in found  # it went on to the end


def test_a_certificate_authority_on_a_dead_mount_is_named(report: Report, tmp_path: Path) -> None:
    found = report(
        tmp_path / "ca",
        RUCIO_BASE_URL="https://127.0.0.1:1",
        RUCIO_OIDC_AUTH="env",
        RUCIO_CA_CERT=str(tmp_path / "ca" / "ca.pem"),
    )
    assert "is on a mount that does not answer" in found["TLS"][0]["text"]
    assert "gateway" in found


def test_a_dead_home_ends_the_report_and_not_the_patience(report: Report, tmp_path: Path) -> None:
    found = report(tmp_path / "home", HOME=str(tmp_path / "home"), PYTHONNOUSERSITE="1")
    assert "did not answer" in found["home"][0]["text"]
    assert "instance" not in found


def test_a_living_mount_beside_a_dead_one_is_looked_at(report: Report, tmp_path: Path) -> None:
    kernel(tmp_path / "good", "gamma")
    both = f"{tmp_path / 'good'}{os.pathsep}{tmp_path / 'dead'}"
    good, dead, _ = report(tmp_path / "dead", JUPYTER_PATH=both)["kernels"]
    assert (good["state"], dead["state"]) == ("ok", "FAIL")
