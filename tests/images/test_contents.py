"""What an image must not hold above its Debian, each way in once; one as packages made it passes."""

import base64
import hashlib

import pytest

from builders.images.contents import faults, wanted
from builders.images.origins import wanted as listed
from builders.images.tree import Tree
from tests.images.trees import File, tree

MOZILLA = "usr/share/ca-certificates/mozilla"
SITE = "opt/vre/lib/python3.11/site-packages"


def certificate(name: str) -> str:
    """Text that looks like one, another for each name."""
    encoded = hashlib.sha256(name.encode()).hexdigest()
    return f"-----BEGIN CERTIFICATE-----\n{encoded}\n-----END CERTIFICATE-----\n"


def of_debian(**files: str) -> dict[str, File]:
    """A list of what Debian's package brought, with the sums of some texts."""
    sums = "".join(
        f"{hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()}  {MOZILLA}/{name}.crt\n"
        for name, text in files.items()
    )
    return {"var/lib/dpkg/info/ca-certificates.md5sums": (sums, 0o644)}


def of_python(**texts: str) -> dict[str, File]:
    """A package of certificates with its list, in the way of wheels."""
    files: dict[str, File] = {f"{SITE}/certifi/{name}.pem": (text, 0o644) for name, text in texts.items()}
    rows = ["certifi-1.dist-info/RECORD,,"]
    for name, text in texts.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        rows.append(f"certifi/{name}.pem,sha256={digest},{len(text)}")
    return files | {f"{SITE}/certifi-1.dist-info/RECORD": ("\n".join(rows) + "\n", 0o644)}


GOOD, ALSO = certificate("good"), certificate("also")
DEBIAN: dict[str, File] = {"usr/bin/sh": ("shell", 0o755)}
HELD: dict[str, File] = (
    DEBIAN
    | of_debian(Good=GOOD, Also=ALSO)
    | of_python(cacert=certificate("python"))
    | {
        f"{MOZILLA}/Good.crt": (GOOD, 0o644),
        f"{MOZILLA}/Also.crt": (ALSO, 0o644),
        "etc/ssl/certs/Good.pem": (f"→/{MOZILLA}/Good.crt", 0o777),
        "etc/ssl/certs/0a1b2c3d.0": ("→Good.pem", 0o777),
        "etc/ssl/certs/ca-certificates.crt": (ALSO + GOOD, 0o644),
        "opt/vre/bin/jupyter": ("program", 0o755),
        "opt/kernels/cacert.pem": (f"→/{SITE}/certifi/cacert.pem", 0o777),
    }
)


def read(files: dict[str, File], uid: int = 0) -> Tree:
    return tree(files, lambda path: wanted(path) or listed(path), uid)


def found(files: dict[str, File], below: dict[str, File] = DEBIAN) -> list[str]:
    return list(faults(read(files), read(below)))


def test_one_as_packages_made_it_has_no_fault() -> None:
    assert found(HELD) == []


@pytest.mark.parametrize(
    ("path", "text", "mode", "words"),
    [
        ("usr/bin/su", "x", 0o4755, "runs with the rights of another user"),
        ("usr/bin/wall", "x", 0o2755, "runs with the rights of another user"),
        ("usr/local/share/ca-certificates/site.crt", "x", 0o644, "adds an authority or a key"),
        ("etc/ssl/private/server.key", "x", 0o600, "adds an authority or a key"),
        ("etc/grid-security/certificates/a.signing_policy", "x", 0o644, "adds an authority or a key"),
        ("etc/ssl/certs/site.pem", "x", 0o644, "no authority of Debian's"),
        ("etc/ssl/certs/0a1b2c3d.0", GOOD, 0o644, "no authority of Debian's"),
        ("etc/ssl/certs/1a1b2c3d.0", "→/home/site.crt", 0o777, "no authority of Debian's"),
        (
            "etc/ssl/certs/ca-certificates.crt",
            GOOD + certificate("evil"),
            0o644,
            "has 1 authorities that are not",
        ),
        (f"{MOZILLA}/evil.crt", certificate("evil"), 0o644, "not as a package brought it"),
        (f"{MOZILLA}/evil.der", "x", 0o644, "not as a package brought it"),
        (f"{MOZILLA}/Also.crt", certificate("evil"), 0o644, "not as a package brought it"),
        (f"{SITE}/certifi/cacert.pem", certificate("evil"), 0o644, "not as a package brought it"),
        (f"{SITE}/certifi/more.pem", certificate("evil"), 0o644, "not as a package brought it"),
        ("opt/site/notes.txt", certificate("evil"), 0o644, "not as a package brought it"),
        ("srv/grid.p12", "x", 0o644, "not as a package brought it"),
        ("home/jovyan/.netrc", "x", 0o600, "may hold a credential"),
        ("home/jovyan/.aws/credentials", "x", 0o600, "may hold a credential"),
        ("home/jovyan/.ssh/config", "x", 0o600, "may hold a credential"),
        ("root/.ssh/known_hosts", "x", 0o600, "may hold a credential"),
        ("root/.docker/config.json", "x", 0o600, "may hold a credential"),
        ("etc/pip.conf", "x", 0o644, "may hold a credential"),
        ("opt/rucio/etc/rucio.cfg", "x", 0o644, "may hold a credential"),
        ("home/jovyan/.cache/uv/a", "x", 0o644, "was left by the build"),
        ("var/lib/apt/lists/debian_Packages", "x", 0o644, "was left by the build"),
        ("build/requirements.txt", "x", 0o644, "was left by the build"),
        ("tmp/notes", "x", 0o644, "was left by the build"),
        ("var/tmp/vre-dm/a", "x", 0o644, "was left by the build"),
        (f"{SITE}/vre_dm-1-py3-none-any.whl", "x", 0o644, "was left by the build"),
        ("opt/vre/lib/module.py", "x", 0o666, "can be changed by others than root"),
        ("opt/vre/lib/module.py", "x", 0o664, "can be changed by others than root"),
    ],
)
def test_a_file_that_must_not_be_there_is_named(path: str, text: str, mode: int, words: str) -> None:
    said = found({name: file for name, file in HELD.items() if name != path} | {path: (text, mode)})
    (only,) = [line for line in said if line.startswith(f"/{path} ")]
    assert words in only


def test_an_authority_with_a_link_to_it_is_named_though_it_lies_where_debians_are() -> None:
    added: dict[str, File] = {
        f"{MOZILLA}/evil.crt": (certificate("evil"), 0o644),
        "etc/ssl/certs/evil.pem": (f"→/{MOZILLA}/evil.crt", 0o777),
        "etc/ssl/certs/ca-certificates.crt": (GOOD + certificate("evil"), 0o644),
    }
    assert sorted(line.split()[0] for line in found(HELD | added)) == [
        "/etc/ssl/certs/ca-certificates.crt",
        f"/{MOZILLA}/evil.crt",
    ]


def test_what_the_debian_below_has_is_not_this_images_fault() -> None:
    own: dict[str, File] = {
        "usr/local/share/ca-certificates/site.crt": (certificate("site"), 0o644),
        "etc/ssl/certs/ca-certificates.crt": (certificate("site"), 0o644),
    }
    bundle: dict[str, File] = {"etc/ssl/certs/ca-certificates.crt": (certificate("site") + GOOD, 0o644)}
    assert found(HELD | own, DEBIAN | own) == []
    assert found(HELD | own | bundle, DEBIAN | own) == []


def test_another_file_of_equal_size_in_the_place_of_debians_is_seen() -> None:
    own: dict[str, File] = {"usr/local/share/ca-certificates/site.crt": (certificate("site"), 0o644)}
    other: dict[str, File] = {"usr/local/share/ca-certificates/site.crt": (certificate("evil"), 0o644)}
    assert len(found(HELD | other, DEBIAN | own)) == 1


def test_a_wheel_that_a_package_has_in_it_was_not_left_by_the_build() -> None:
    name = f"{SITE}/virtualenv/pip-1.whl"
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"pip").digest()).decode().rstrip("=")
    record: File = (f"virtualenv/pip-1.whl,sha256={digest},3\n", 0o644)
    brought: dict[str, File] = {f"{SITE}/virtualenv-1.dist-info/RECORD": record, name: ("pip", 0o644)}
    assert found(HELD | brought) == []
    assert found(HELD | brought | {name: ("pap", 0o644)}) == [f"/{name} was left by the build"]


def test_programs_of_another_user_are_named() -> None:
    said = list(faults(read({"opt/vre/a": ("x", 0o644)}, uid=1000), read({})))
    assert said == ["/opt/vre/a can be changed by others than root (owner 1000, mode 644)"]


def test_a_list_that_cannot_be_understood_brings_nothing() -> None:
    record: File = ("certifi/cacert.pem,sha256=!,7\n", 0o644)
    said = found(HELD | {f"{SITE}/certifi-1.dist-info/RECORD": record})
    assert "not as a package brought it" in said[0]
