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
from builders.images.publishing import publish, require_publishable
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


def test_a_candidate_has_a_tag_that_nobody_looks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = json.dumps([{"Config": {"Labels": GOOD}}])
    pushes = f"""push) echo "$3" > {tmp_path}/pushed; printf sha256:d > "${{2#--digestfile=}}";;"""
    program(tmp_path, "podman", f"""case "$1" in image) echo '{said}';; {pushes} esac""")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(publishing, "MADE", tmp_path / "made")
    engine = Engine(("buildah",), ("podman",))
    publish(images()[:1], engine, SOURCE, "example.org", lambda text: None, candidate=True)
    assert (tmp_path / "pushed").read_text() == "example.org/vre-dm-base:1.0-candidate\n"
    (one,) = json.loads((tmp_path / "made" / "published.json").read_text())
    assert one["reference"] == "example.org/vre-dm-base"
