"""An image is read whole: files by their content, other names and links for what they lead to."""

import io
import tarfile
from pathlib import Path

import pytest

from builders.images.engine import Engine
from builders.images.errors import ImagesError
from builders.images.tree import read
from builders.images.tree import tree as of_image
from tests.images.programs import program
from tests.images.trees import tree


def test_a_file_of_the_same_size_and_mode_is_another_one_when_it_holds_something_else() -> None:
    below = tree({"usr/bin/sh": ("shell", 0o755), "usr/bin/ls": ("lists", 0o755)})
    above = tree({"usr/bin/sh": ("SHELL", 0o755), "usr/bin/ls": ("lists", 0o755)})
    assert [path for path, _ in above.above(below)] == ["usr/bin/sh"]


def test_when_a_file_was_changed_makes_no_other_one() -> None:
    files = {"usr/bin/sh": ("shell", 0o755)}
    assert not list(tree(files, changed={"usr/bin/sh": 7}).above(tree(files)))


def test_another_name_of_a_file_is_that_file_with_its_text() -> None:
    files = {"a/METADATA": ("Name: a", 0o644), "b/METADATA": ("⇒./a/METADATA", 0o644)}
    held = tree(files, lambda path: path.endswith("METADATA"))
    assert held.texts["b/METADATA"] == "Name: a"
    assert held.entries["b/METADATA"] == held.entries["a/METADATA"]


def test_a_text_that_only_its_other_name_wants_is_not_passed_over() -> None:
    with pytest.raises(ImagesError, match="/b is another name of /a, whose text was not kept"):
        tree({"a": ("x", 0o644), "b": ("⇒a", 0o644)}, lambda path: path == "b")


@pytest.mark.parametrize(
    ("files", "real"),
    [
        ({"a/b": ("→c", 0o777), "a/c": ("x", 0o644)}, "a/c"),
        ({"a/b": ("→/d/c", 0o777), "d/c": ("x", 0o644)}, "d/c"),
        ({"a/b": ("→../d/c", 0o777), "d": ("→/e", 0o777), "e/c": ("x", 0o644)}, "e/c"),
        ({"a": ("→usr/a", 0o777), "usr/a/b": ("x", 0o644)}, "usr/a/b"),
    ],
)
def test_a_link_has_the_text_of_what_it_leads_to(files: dict[str, tuple[str, int]], real: str) -> None:
    held = tree(files, lambda path: True)
    assert held.real("a/b") == real
    assert held.texts[real] == "x"
    assert held.texts.get("a/b", "x") == "x"


def test_links_that_lead_round_end() -> None:
    held = tree({"a": ("→b", 0o777), "b": ("→a", 0o777)}, lambda path: True)
    assert held.real("a") in ("a", "b")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq8\n", True),
        ("-----BEGIN PRIVATE KEY-----\r\nMIIEpAIBAAKCAQEA7bq8\r\n", True),
        ("# with words before\n-----BEGIN CERTIFICATE-----\nMIIFazCCA1OgAwIBAgIR\n", True),
        ("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n", True),
        ('START = "-----BEGIN PRIVATE KEY-----"\nEND = "no key in this program"\n', False),
        ("-----BEGIN PUBLIC KEY-----\nMIIEpAIBAAKCAQEA7bq8\n", False),
    ],
)
def test_a_key_is_known_by_what_is_written_whatever_its_name(text: str, key: bool) -> None:
    held = tree({"etc/notes": (text, 0o644)})
    assert held.entries["etc/notes"].key is key


def test_rights_that_a_file_has_beyond_its_mode_are_seen() -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        member = tarfile.TarInfo("usr/bin/ping")
        member.pax_headers = {"SCHILY.xattr.security.capability": "x"}
        tar.addfile(member)
    stream.seek(0)
    assert read(stream, lambda path: False).entries["usr/bin/ping"].capable


@pytest.mark.timeout(30)
def test_an_engine_is_not_waited_for_where_its_tar_cannot_be_read(path: Path) -> None:
    # podman opens the pipe that it writes to anew, both ways, and so never learns that nobody reads it
    export = "exec 3<>/proc/self/fd/1; exec /usr/bin/yes"
    program(path, "podman", f'case "$1" in create) echo made;; export) {export};; esac')
    with pytest.raises(tarfile.ReadError):
        of_image(Engine(("buildah",), ("podman",)), "localhost/x")
