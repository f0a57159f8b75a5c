"""A file that others can exchange, as in a folder of a group: what was chosen is published, or nothing."""

import os
from pathlib import Path

import pytest

from tests.lake.publish.conftest import METADATA, Files, Shelf
from vre_dm.errors import InvalidUpload
from vre_dm.lake.jobs.listing import jobs_in
from vre_dm.lake.lake import Lake
from vre_dm.lake.publish.places import look, opened
from vre_dm.lake.publish.sources import items
from vre_dm.lake.publish.sums import read


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "id_ed25519"
    path.parent.mkdir(mode=0o700)
    path.write_text("PRIVATE KEY")
    return path


def test_a_link_planted_after_the_plan_is_refused_and_not_what_a_continued_upload_trusts(
    lake: Lake, files: Files, shelf: Shelf, tag: str, secret: Path, tmp_path: Path
) -> None:
    here = Lake(lake.instance, tmp_path, uploads=tmp_path / "uploads", jobs=tmp_path / "state" / "jobs")
    folder = files(1)
    file, kept = folder / f"{tag}.0.dat", tmp_path / "kept"
    publication = here.publication(folder, f"user.dm:{tag}", rse="CNAF-STORM", metadata=METADATA)
    file.rename(kept)
    file.symlink_to(secret)
    with pytest.raises(InvalidUpload, match=rf"{tag}\.0\.dat changed while it was uploaded"):
        publication.run()
    (job,) = jobs_in(tmp_path / "state" / "jobs")
    task = job.again()
    with pytest.raises(InvalidUpload, match=rf"{tag}\.0\.dat leads elsewhere than when it was chosen"):
        task.start(here)
    assert shelf.is_empty()
    file.unlink()
    kept.rename(file)
    task.start(here).result()
    assert shelf.registered() == [f"user.dm:{tag}", f"user.dm:{tag}.0.dat"]
    (back,) = here.dataset(f"user.dm:{tag}").fetch(tmp_path / "back")
    assert back.read_bytes() == file.read_bytes()


def test_no_byte_is_read_of_what_lies_behind_an_exchanged_folder(tmp_path: Path, secret: Path) -> None:
    shared, evil = tmp_path / "shared", tmp_path / "evil"
    shared.mkdir()
    evil.mkdir()
    (shared / "a.csv").write_text("x" * secret.stat().st_size)
    (evil / "a.csv").symlink_to(secret)
    (item,) = items(shared, "s")
    stream = read(item, None)
    shared.rename(tmp_path / "aside")
    shared.symlink_to(evil)
    with pytest.raises(InvalidUpload, match=r"shared/a\.csv changed while it was uploaded"):
        next(stream)
    with pytest.raises(InvalidUpload, match=r"shared/a\.csv changed while it was uploaded"):
        item.check_unchanged()
    shared.unlink()
    (tmp_path / "aside").rename(shared)
    assert b"".join(map(bytes, read(item, None))) == b"x" * item.size


def test_where_a_file_lies_is_told_without_its_links_and_a_pipe_in_its_place_is_not_waited_for(
    tmp_path: Path,
) -> None:
    (tmp_path / "real").mkdir()
    file = tmp_path / "real" / "a"
    file.write_text("a")
    (tmp_path / "link").symlink_to("real")
    assert look(tmp_path / "link" / "a") == look(file)
    path, identity = look(tmp_path / "link" / "a")
    assert path == file
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(InvalidUpload, match="changed while it was uploaded"):
        opened(path, identity)
