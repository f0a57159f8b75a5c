"""Foreign files: bounded, regular, UTF-8, and nothing beside their own folder."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.limits.interchange.conftest import SAMPLES
from vre_dm.errors import InvalidCurve, VreDmError
from vre_dm.limits.curve import Curve
from vre_dm.limits.interchange import FORMATS, read
from vre_dm.limits.interchange.source import LARGEST_BYTES, Source

FILES = [path for path in sorted(SAMPLES.rglob("*")) if path.is_file()]


def test_a_file_too_large_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    with pytest.raises(InvalidCurve, match=r"big.csv is larger than 4 MB"):
        read(path)
    assert LARGEST_BYTES < 100_000_000


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(InvalidCurve, match=r"pipe.csv is not a regular file"):
        read(pipe)


@pytest.mark.parametrize("name", ["gone.csv", "x" * 300, "nul\0.csv"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidCurve, match="cannot be read"):
        read(tmp_path / name)


def test_a_folder_without_a_submission_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidCurve, match=r"submission.yaml cannot be read"):
        read(tmp_path)


def test_bytes_that_are_no_text_are_refused_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes(b"mass \xb5\n")
    with pytest.raises(InvalidCurve, match=r"latin.csv is not UTF-8 at byte 5"):
        read(path)


@pytest.mark.parametrize("name", ["../a", "/etc/hostname", "..", "", "a\\b", "a/b"])
def test_a_neighbour_lies_in_the_same_folder(name: str) -> None:
    with pytest.raises(InvalidCurve, match="only plain names in the same folder"):
        Source(SAMPLES / "plain.csv").beside(name)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "- " * 100_000, "a: &a [1]\nb: *a\ndata_file: x", "a: [1", "\t"]
)
def test_yaml_that_nests_without_end_or_refers_to_itself_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(InvalidCurve, match=r"bad.yaml (nests too deep|uses an alias|is not YAML)"):
        read(path, "hepdata")


@pytest.mark.parametrize("format", ["darkplotter", "darkmatterlive"])
def test_json_that_nests_without_end_is_refused(tmp_path: Path, format: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"a":' * 100_000)
    with pytest.raises(InvalidCurve, match=r"bad.json is not JSON"):
        read(path, format)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(FILES),
    st.sampled_from([None, *FORMATS]),
    st.lists(
        st.tuples(
            st.floats(0, 1), st.sampled_from(["", "0", "-", "\0", "é", "[", "]", "{", '"', "nan", "\n"])
        )
    ),
)
@example(SAMPLES / "hepdata.json", None, [(0.5, "")])
def test_a_damaged_file_gives_curves_or_a_named_error_of_one_line(
    tmp_path: Path, path: Path, format: str | None, damage: list[tuple[float, str]]
) -> None:
    for neighbour in path.parent.iterdir():
        if neighbour.is_file():
            (tmp_path / neighbour.name).write_bytes(neighbour.read_bytes())
    text = path.read_text()
    for place, what in damage:
        at = int(place * len(text))
        text = text[:at] + what + text[at + (what == "") * 3 :]
    (tmp_path / path.name).write_text(text)
    found, said = attempt(tmp_path / path.name, format)
    assert "\n" not in said
    assert len(said) < 1000
    assert all((curve.x > 0).all() and (curve.y > 0).all() for curve in found)


def attempt(path: Path, format: str | None) -> tuple[list[Curve], str]:
    try:
        return list(read(path, format)), ""
    except VreDmError as error:
        return [], str(error)
