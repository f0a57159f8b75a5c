"""What an image must not be, each kind once; one as it has to be passes."""

from typing import Any

import pytest

from builders.images.catalogue import Image, images
from builders.images.policy import OCI, faults
from builders.images.source import Source
from tests.images.trees import File, tree

SOURCE = Source("1.0", 40 * "a", "2026-11-22T00:00:00+00:00", "https://example.org/vre-dm")
DEBIAN: dict[str, File] = {
    "usr/bin/sh": ("shell", 0o755),
    "usr/share/ca-certificates/mozilla/Good.crt": ("a certificate", 0o644),
}
HELD: dict[str, File] = DEBIAN | {
    "opt/vre/bin/jupyter": ("program", 0o755),
    "etc/ssl/certs/Good.pem": ("→/usr/share/ca-certificates/mozilla/Good.crt", 0o777),
    "etc/ssl/certs/0a1b2c3d.0": ("→Good.pem", 0o777),
    "etc/ssl/certs/ca-certificates.crt": ("all of them", 0o644),
}


def base() -> Image:
    return images()[0]


def inspected(**changes: Any) -> dict[str, Any]:
    """What an engine says of an image as it has to be, but for some keys of its configuration."""
    labels = dict.fromkeys(
        (f"{OCI}.{name}" for name in ("title", "description", "revision", "created", "source", "licenses")),
        "x",
    )
    labels |= {f"{OCI}.version": "1.0", f"{OCI}.base.name": "debian", "vre-dm.profile": "base"}
    config = {
        "User": "1000:100",
        "Entrypoint": ["tini", "-g", "--", "vre-start"],
        "Env": ["LANG=C.UTF-8", "JUPYTER_TOKEN="],
        "Healthcheck": {"Test": ["CMD", "vre-health"]},
        "Labels": labels,
    }
    return {"Size": 10**9, "Config": config | changes}


def found(held: dict[str, File] = HELD, uid: int = 0, **changes: Any) -> list[str]:
    said = inspected(**changes)
    return faults(base(), SOURCE, said, tree(held, uid=uid), tree(DEBIAN, uid=uid))


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
        ({"Labels": inspected()["Config"]["Labels"] | {f"{OCI}.revision": ""}}, f"no label {OCI}.revision"),
        ({"Labels": inspected()["Config"]["Labels"] | {"vre-dm.profile": "root"}}, "'base' is meant"),
        ({"Labels": inspected()["Config"]["Labels"] | {f"{OCI}.version": "0.9"}}, "'1.0' is meant"),
    ],
)
def test_settings_that_are_wrong_are_named(changes: dict[str, Any], words: str) -> None:
    (only,) = found(**changes)
    assert words in only


@pytest.mark.parametrize(
    ("path", "text", "mode", "words"),
    [
        ("usr/bin/su", "x", 0o4755, "runs with the rights of another user"),
        ("usr/bin/wall", "x", 0o2755, "runs with the rights of another user"),
        ("usr/local/share/ca-certificates/site.crt", "x", 0o644, "adds an authority or a key"),
        ("etc/ssl/private/server.key", "x", 0o600, "adds an authority or a key"),
        ("etc/ssl/certs/site.pem", "x", 0o644, "no authority of Debian's"),
        ("home/jovyan/.netrc", "x", 0o600, "may hold a credential"),
        ("root/.docker/config.json", "x", 0o600, "may hold a credential"),
        ("etc/pip.conf", "x", 0o644, "may hold a credential"),
        ("opt/rucio/etc/rucio.cfg", "x", 0o644, "may hold a credential"),
        ("home/jovyan/.cache/uv/a", "x", 0o644, "was left by the build"),
        ("var/lib/apt/lists/debian_Packages", "x", 0o644, "was left by the build"),
        ("build/requirements.txt", "x", 0o644, "was left by the build"),
        ("opt/vre/lib/module.py", "x", 0o666, "can be changed by others than root"),
    ],
)
def test_a_file_that_must_not_be_there_is_named(path: str, text: str, mode: int, words: str) -> None:
    (only,) = found(HELD | {path: (text, mode)})
    assert words in only
    assert only.startswith(f"/{path}")


def test_what_the_debian_below_has_is_not_this_images_fault() -> None:
    own = {"usr/local/share/ca-certificates/site.crt": ("x", 0o644)}
    assert faults(base(), SOURCE, inspected(), tree(HELD | own), tree(DEBIAN | own)) == []


def test_programs_of_another_user_are_named() -> None:
    said = faults(base(), SOURCE, inspected(), tree({"opt/vre/a": ("x", 0o644)}, uid=1000), tree({}))
    assert said == ["/opt/vre/a can be changed by others than root (owner 1000, mode 644)"]


def test_one_that_is_too_large_is_refused_with_both_sizes() -> None:
    said = faults(base(), SOURCE, inspected() | {"Size": 1_310_000_000}, tree(HELD), tree(DEBIAN))
    assert said == ["takes 1.31 GB, and 1.30 are allowed"]
