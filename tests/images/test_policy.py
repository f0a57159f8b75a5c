"""What an image has to say of itself, each kind of fault once; one as it has to be passes."""

from typing import Any

import pytest

from builders.images.catalogue import Image, images
from builders.images.policy import faults
from builders.images.source import OCI, Source
from tests.images.trees import File, tree

SOURCE = Source("1.0", 40 * "a", "2026-11-22T00:00:00+00:00", "https://example.org/vre-dm")
DEBIAN: dict[str, File] = {"usr/bin/sh": ("shell", 0o755)}
HELD: dict[str, File] = DEBIAN | {
    "opt/vre/bin/jupyter": ("program", 0o755),
    "opt/kernels/share/jupyter/kernels/gamma/kernel.json": ("{}", 0o644),
}


def base() -> Image:
    return images()[0]


def inspected(**changes: Any) -> dict[str, Any]:
    """What an engine says of an image as it has to be, but for some keys of its configuration."""
    labels = dict.fromkeys((f"{OCI}.{name}" for name in ("title", "description", "created", "source")), "x")
    labels |= {f"{OCI}.version": "1.0", f"{OCI}.revision": SOURCE.revision, f"{OCI}.base.name": "debian"}
    config = {
        "User": "1000:100",
        "Entrypoint": ["tini", "-g", "--", "vre-start"],
        "Env": ["LANG=C.UTF-8", "JUPYTER_TOKEN=", "JUPYTER_PATH=/opt/kernels/share/jupyter"],
        "Healthcheck": {"Test": ["CMD", "vre-health"]},
        "Labels": labels | {"vre-dm.profile": "base"},
    }
    return {"Size": 10**9, "Config": config | changes}


def found(**changes: Any) -> list[str]:
    return faults(base(), SOURCE, inspected(**changes), tree(HELD), tree(DEBIAN))


def labels(**changes: str) -> dict[str, Any]:
    """Labels as they have to be, but for some."""
    return {"Labels": inspected()["Config"]["Labels"] | changes}


def test_one_as_it_has_to_be_has_no_fault() -> None:
    assert found() == []


@pytest.mark.parametrize("user", ["", "root", "0", "0:0", "jovyan", "jovyan:users"])
def test_an_image_that_runs_as_root_or_as_nobody_knows_whom_is_refused(user: str) -> None:
    assert "not as a numeric user other than root" in found(User=user)[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Entrypoint": ["vre-start"]}, "not with tini"),
        ({"Entrypoint": None}, "not with tini"),
        ({"Cmd": ["bash"]}, "has the command"),
        ({"Healthcheck": None}, "no health check"),
        ({"Env": ["RUCIO_TOKEN=abc"]}, "has a variable RUCIO_TOKEN"),
        ({"Env": ["DB_PASSWORD=abc"]}, "has a variable DB_PASSWORD"),
        ({"Env": ["SSL_CERT_FILE=/a"]}, "SSL_CERT_FILE, a setting of the machine"),
        ({"Env": ["PIP_CERT=/a"]}, "PIP_CERT, a setting of the machine"),
        ({"Env": ["UV_DEFAULT_INDEX=http://a"]}, "UV_DEFAULT_INDEX, a setting of the machine"),
        ({"Env": ["https_proxy=http://a"]}, "https_proxy, a setting of the machine"),
        ({"Env": ["JUPYTER_PATH=/opt/kernels/share/jupyter:/cvmfs/a"]}, "names /cvmfs/a in JUPYTER_PATH"),
        ({"Env": ["JUPYTER_PATH=/opt/kernels/share/jup"]}, "has no such folder"),
        (labels(**{f"{OCI}.revision": ""}), f"{OCI}.revision = ''"),
        (labels(**{f"{OCI}.revision": 40 * "b"}), f"and '{SOURCE.revision}' is meant"),
        (labels(**{f"{OCI}.created": ""}), f"no label {OCI}.created"),
        (labels(**{"vre-dm.profile": "root"}), "'base' is meant"),
        (labels(**{f"{OCI}.version": "0.9"}), "'1.0' is meant"),
    ],
)
def test_settings_that_are_wrong_are_named(changes: dict[str, Any], words: str) -> None:
    (only,) = found(**changes)
    assert words in only


def test_a_setting_of_the_debian_below_is_not_this_images_fault() -> None:
    said = inspected(Env=["SSL_CERT_FILE=/a"])
    assert faults(base(), SOURCE, said, tree(HELD), tree(DEBIAN), ["SSL_CERT_FILE=/a"]) == []
    assert len(faults(base(), SOURCE, said, tree(HELD), tree(DEBIAN), ["SSL_CERT_FILE=/b"])) == 1


def test_one_that_is_too_large_is_refused_with_both_sizes() -> None:
    said = faults(base(), SOURCE, inspected() | {"Size": 1_310_000_000}, tree(HELD), tree(DEBIAN))
    assert said == ["takes 1.31 GB, and 1.30 are allowed"]
