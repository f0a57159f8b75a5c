"""Nothing is published of which nobody could tell later what it stands on."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from builders.images import publishing
from builders.images.catalogue import images
from builders.images.debian import STAND_IN
from builders.images.engine import Engine
from builders.images.errors import ImagesError
from builders.images.publishing import archive, publish, require_publishable
from builders.images.source import DIRTY, OCI, Source
from tests.images.programs import program

SOURCE = Source("1.0", 40 * "a", "2026-11-22T00:00:00+00:00", "https://example.org/vre-dm")
GOOD = {f"{OCI}.revision": 40 * "a", f"{OCI}.base.digest": "sha256:" + 64 * "b"}


def test_what_stands_on_a_digest_and_a_commit_is_published() -> None:
    require_publishable("x", GOOD, SOURCE)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (GOOD | {STAND_IN: "true"}, "a Debian that was made on this machine"),
        (GOOD | {STAND_IN: ""}, "a Debian that was made on this machine"),
        ({f"{OCI}.revision": "a"}, "does not say by a digest"),
        (GOOD | {f"{OCI}.base.digest": ""}, "does not say by a digest"),
        (GOOD | {f"{OCI}.revision": 40 * "a" + DIRTY}, "files that are in no commit"),
        (GOOD | {f"{OCI}.revision": ""}, "files that are in no commit"),
        (GOOD | {f"{OCI}.revision": 40 * "b"}, f"it was built from {40 * 'b'}, and {40 * 'a'} is here"),
    ],
)
def test_anything_else_is_refused(labels: dict[str, str], words: str) -> None:
    with pytest.raises(ImagesError, match=f"x is not published: .*{words}"):
        require_publishable("x", labels, SOURCE)


def test_one_of_this_commit_is_refused_where_files_were_changed_since() -> None:
    changed = replace(SOURCE, revision=SOURCE.revision + DIRTY)
    with pytest.raises(ImagesError, match="files that are here are in no commit"):
        require_publishable("x", GOOD, changed)


def test_one_that_is_refused_keeps_all_from_the_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = f'[{{"Config": {{"Labels": {{"{STAND_IN}": "true"}}}}}}]'
    program(tmp_path, "podman", f"""case "$1" in image) echo '{said}';; *) : > {tmp_path}/pushed;; esac""")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ImagesError, match="is not published"):
        publish(images(), Engine(("buildah",), ("podman",)), SOURCE, "example.org", lambda text: None)
    assert not (tmp_path / "pushed").exists()


def test_what_was_published_is_written_with_its_digest_in_the_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = json.dumps([{"Config": {"Labels": GOOD}}])
    program(
        tmp_path,
        "podman",
        f"""case "$1" in image) echo '{said}';; push) printf sha256:d > "${{2#--digestfile=}}";; esac""",
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(publishing, "MADE", tmp_path / "made")
    publish(images()[:1], Engine(("buildah",), ("podman",)), SOURCE, "example.org", lambda text: None)
    (one,) = json.loads((tmp_path / "made" / "published.json").read_text())
    assert one == {"name": "base", "reference": "example.org/vre-dm-base", "digest": "sha256:d"}


def test_what_may_be_published_is_one_archive_and_health_checks_stay_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = json.dumps([{"Config": {"Labels": GOOD}}])
    saves = f"""save) echo "$*" > {tmp_path}/saved; umask 077; echo tar > {tmp_path}/made/images.tar;;"""
    program(tmp_path, "podman", f"""case "$1" in image) echo '{said}';; {saves} esac""")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(publishing, "MADE", tmp_path / "made")
    monkeypatch.setattr(publishing, "ARCHIVE", tmp_path / "made" / "images.tar")
    archive(images()[:2], Engine(("buildah",), ("podman",)), SOURCE, lambda text: None)
    words = (tmp_path / "saved").read_text().split()
    assert {"--format=docker-archive", "--multi-image-archive"} < set(words)
    assert words[-2:] == [each.reference("localhost", "1.0") for each in images()[:2]]
    # a workflow writes it as root, and another user sends it
    assert (tmp_path / "made" / "images.tar").stat().st_mode & 0o777 == 0o644


def test_one_that_must_not_be_published_keeps_all_out_of_an_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = f'[{{"Config": {{"Labels": {{"{STAND_IN}": "true"}}}}}}]'
    program(tmp_path, "podman", f"""case "$1" in image) echo '{said}';; *) : > {tmp_path}/saved;; esac""")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ImagesError, match="is not published"):
        archive(images(), Engine(("buildah",), ("podman",)), SOURCE, lambda text: None)
    assert not (tmp_path / "saved").exists()
