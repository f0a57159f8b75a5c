"""The picture of a recording: sound SVG without scripts, still on request, made of what is in the docs."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from builders.animation import animated, paced
from builders.recording import HEIGHT, TITLE, WIDTH
from builders.terminal import screens

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def cast(tmp_path: Path) -> Path:
    def write(*events: tuple[float, str]) -> None:
        lines = [{"version": 2, "width": 40, "height": 5}, *([at, "o", text] for at, text in events)]
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))

    path = tmp_path / "x.cast"
    write((0.0, "$ "), (1.0, "<script>&\r\n"), (2.0, "one"), (60.0, "\rtwo"))
    return path


def texts(svg: str, kind: str = "") -> list[str]:
    found = ElementTree.fromstring(svg).iter(f"{SVG}text")
    return [text.text or "" for text in found if kind in text.get("class", "")]


def test_whatever_was_on_the_screen_is_text(cast: Path):
    svg = animated(cast, 'a "title" <b>')
    assert {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(svg).iter()} == {
        "svg",
        "title",
        "rect",
        "style",
        "text",
    }
    assert texts(svg) == ["$", "$ <script>&", "one", "two"]


def test_who_wants_no_motion_sees_the_last_screen(cast: Path):
    svg = animated(cast, "x")
    assert texts(svg, "end") == ["$ <script>&", "two"]
    still = re.sub(r"@media.*?\n}\n", "", svg, flags=re.DOTALL)
    assert "animation" in svg
    assert "animation" not in still


def test_waits_are_cut_and_flicker_is_left_out():
    frames = [(0.0, ("a",)), (0.0625, ("b",)), (1.0625, ("c",)), (99.0, ("d",))]
    assert paced(frames) == [(0.0, ("b",)), (1.0625, ("c",)), (2.6625, ("d",))]


def recorded() -> list[tuple[float, str]]:
    lines = map(json.loads, (PICTURES / "fetch.cast").read_text().splitlines()[1:])
    return [(at, text) for at, _, text in lines]


def test_the_recording_in_the_docs_tells_of_a_kill_and_of_a_fetch_that_goes_on():
    *_, (_, last) = screens(recorded(), WIDTH, HEIGHT)
    said = "\n".join(last)
    first, second = said.split("Killed")
    assert ".part" in second
    assert second.rstrip("\n$ ").endswith(" one.gigabyte.bin")
    done = [int(found) for found in re.findall(r" (\d+)%", "".join(text for _, text in recorded()))]
    stopped = int(re.findall(r" (\d+)%", first)[-1])
    assert stopped >= 50
    assert min(done[len(done) - done[::-1].index(stopped) :]) >= stopped


def test_the_picture_in_the_docs_is_made_of_the_recording():
    assert (PICTURES / "fetch.svg").read_text() == animated(PICTURES / "fetch.cast", TITLE)
    assert (PICTURES / "fetch.svg").stat().st_size < 200_000
