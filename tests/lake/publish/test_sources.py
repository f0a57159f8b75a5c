"""Which files are published under which names."""

import os
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vre_dm.did import Did
from vre_dm.errors import InvalidUpload
from vre_dm.lake.publish.sources import items
from vre_dm.lake.publish.sums import Summing, Sums, is_same, read


def test_files_folders_and_mappings_give_names(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", ".hidden"):
        (tmp_path / name).write_text(name)
    names = [Did("s", "a.csv"), Did("s", "b.csv")]
    assert [item.did for item in items(tmp_path, "s")] == names
    assert [item.did for item in items([tmp_path / "a.csv", str(tmp_path / "b.csv")], "s")] == names
    (one,) = items({"limits.csv": tmp_path / "a.csv"}, "s", "v2.")
    assert (one.did, one.path, one.size) == (Did("s", "v2.limits.csv"), tmp_path / "a.csv", 5)


def bytes_named(folder: Path, name: bytes) -> Path:
    """Make a file whose name is hostile to a terminal, and is no text."""
    folder.mkdir()
    path = folder / os.fsdecode(name)
    path.touch()
    return path


def test_what_cannot_be_a_file_of_the_lake_is_named(tmp_path: Path) -> None:
    (tmp_path / "ok").touch()
    (tmp_path / "deep").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for wanted, why in [
        ([], "nothing to publish"),
        (tmp_path / "deep", "nothing to publish"),
        (tmp_path, "names in a lake are flat"),
        (tmp_path / "none", "No such file"),
        ("a\0b", "null byte; check the path"),
        ("~nobody-of-this-name/x", r"home directory\.?; check the path"),
        ("x" * 300, "File name too long"),
        ([bytes_named(tmp_path / "odd", b"a\x1b[2J\n\xff")], r"a\\x1b\[2J\\n\\udcff: .*rename it"),
        (tmp_path / "pipe", "is no plain file"),
        ("/dev/null", "is no plain file"),
        ({"a b": tmp_path / "ok"}, "rename it, or give it a name"),
        ({"../a": tmp_path / "ok"}, "rename it, or give it a name"),
        ([tmp_path / "ok", tmp_path / "deep" / ".." / "ok"], "would both be s:ok"),
    ]:
        with pytest.raises(InvalidUpload, match=why) as caught:
            items(wanted, "s")  # type: ignore[arg-type]
        assert str(caught.value).isprintable()


def test_a_link_in_a_folder_is_followed_only_within_it(tmp_path: Path) -> None:
    folder, private = tmp_path / "results", tmp_path / "id_rsa"
    folder.mkdir()
    private.write_text("mine")
    (folder / "a.csv").write_text("a")
    (folder / "b.csv").symlink_to("a.csv")
    (tmp_path / "also").symlink_to(folder)
    assert [item.did.name for item in items(tmp_path / "also", "s")] == ["a.csv", "b.csv"]
    for way in (private, Path("..", "id_rsa"), tmp_path / "also" / ".." / "id_rsa"):
        (folder / "c.csv").symlink_to(way)
        with pytest.raises(InvalidUpload, match=r"c\.csv is a link that leads out of .*results; .* itself"):
            items(folder, "s")
        (folder / "c.csv").unlink()
    (folder / "c.csv").symlink_to("c.csv")
    with pytest.raises(InvalidUpload, match=r"c\.csv cannot be read"):
        items(folder, "s")
    (tmp_path / "c.csv").symlink_to(private)
    assert [item.size for item in items(tmp_path / "c.csv", "s")] == [4]  # named by the user himself


NAMES = st.binary(min_size=1, max_size=60) | st.text("aZ0._-+=@# ~é", min_size=1).map(str.encode)


@given(name=NAMES.filter(lambda name: not {0, ord("/")} & set(name) and len(name) < 256))
def test_any_name_of_a_file_becomes_a_safe_did_or_one_line_of_text(
    name: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("names")
    assume(name not in (b".", b".."))
    bytes_named(folder / "in", name)
    try:
        (item,) = items(folder / "in", "s")
    except InvalidUpload as error:
        assert str(error).isprintable()  # noqa: PT017 - either is right
    else:
        assert item.did.name.encode() == name
        assert item.did.path().parts == ("s", item.did.name)


def test_a_file_is_read_once_for_its_sums_and_again_when_it_changed(tmp_path: Path) -> None:
    path, noted = tmp_path / "x", []
    path.write_bytes(b"abc")
    summing = Summing(note=lambda *pair: noted.append(pair))
    (item,) = items(path, "s")
    expected = Sums(3, "024d0127", "900150983cd24fb0d6963f7d28e17f72")
    assert summing.of(item) == summing.of(item) == expected
    assert noted == [(item.identity, expected)]
    again = Summing(dict(noted))
    path.rename(tmp_path / "y")
    path.write_bytes(b"abd")
    with pytest.raises(InvalidUpload, match="changed"):
        item.check_unchanged()
    assert again.of(items(path, "s")[0]).md5 != expected.md5


def test_bytes_that_were_sent_are_not_read_again_for_their_sums(tmp_path: Path) -> None:
    path, summing = tmp_path / "x", Summing()
    path.write_bytes(b"abc")
    (item,) = items(path, "s")
    half = summing.along(item, read(item, None))
    assert bytes(next(half)) == b"abc"
    half.close()  # the server did not take them all
    assert b"".join(map(bytes, summing.along(item, read(item, None)))) == b"abc"
    path.unlink()
    assert summing.of(item) == Sums(3, "024d0127", "900150983cd24fb0d6963f7d28e17f72")


def test_sums_of_bytes_that_were_not_all_sent_are_unknown(tmp_path: Path) -> None:
    path, summing = tmp_path / "x", Summing()
    path.write_bytes(b"abc")
    (item,) = items(path, "s")
    half = summing.along(item, read(item, None))
    next(half)
    half.close()
    path.unlink()
    with pytest.raises(InvalidUpload, match="cannot be read"):
        summing.of(item)


@pytest.mark.parametrize("grown", [b"ab", b"abcd"])
def test_a_file_that_changes_while_it_is_read_is_said_and_has_no_sums(tmp_path: Path, grown: bytes) -> None:
    path, noted = tmp_path / "x", []
    path.write_bytes(b"abc")
    (item,) = items(path, "s")
    path.write_bytes(grown)
    with pytest.raises(InvalidUpload, match="changed while it was uploaded"):
        Summing(note=lambda *pair: noted.append(pair)).of(item)
    assert noted == []


@pytest.mark.parametrize(
    ("row", "same"),
    [
        ({"bytes": 3, "adler32": "24d0127"}, True),  # registered without its leading zero
        ({"bytes": 3, "adler32": "024D0127", "md5": "900150983cd24fb0d6963f7d28e17f72"}, True),
        ({"bytes": 3, "adler32": "024d0127", "md5": "0" * 32}, False),
        ({"bytes": 4, "adler32": "024d0127"}, False),
        ({"bytes": 3}, False),
        ({}, False),
    ],
)
def test_content_is_the_same_only_if_every_registered_checksum_says_so(
    tmp_path: Path, row: dict[str, object], same: bool
) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    (item,) = items(tmp_path / "x", "s")
    assert is_same(item, Summing().of(item), row) is same
