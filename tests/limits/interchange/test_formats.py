"""A file is known by what is in it; what could be two things is asked about."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.limits.interchange.conftest import SAMPLES
from vre_dm.errors import InvalidCurve
from vre_dm.limits.interchange.formats import FORMATS, recognised
from vre_dm.limits.interchange.source import Source

Put = Callable[[str, str], Path]


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("hepdata.json", "hepdata"),
        ("submission/submission.yaml", "hepdata"),
        ("submission/grid.yaml", "hepdata"),
        ("dd/result_metadata.toml", "dd_limit_plot"),
        ("dd/WIMPSI_TOY_2020.csv", "dd_limit_plot"),
        ("dmtools.xml", "dmtools"),
        ("dmbounds.ecsv", "dmbounds"),
        ("DarkPhoton/TOY.txt", "axionlimits"),
        ("BC1/toy.json", "darkmatterlive"),
        ("BC1/toy.csv", "darkmatterlive"),
        ("darkplotter.json", "darkplotter"),
        ("plain.csv", "plain"),
    ],
)
def test_each_sample_is_recognised_as_what_it_is(name: str, format: str) -> None:
    assert recognised(Source(SAMPLES / name)).name == format


def test_what_could_be_two_formats_is_an_error_that_names_them(put: Put) -> None:
    text = '{"headers": [], "values": [], "labelName": "", "url": "", "x": []}'
    with pytest.raises(
        InvalidCurve, match="could be several formats; say format= one of hepdata, darkmatterlive"
    ):
        recognised(Source(put("both.json", text)))


@pytest.mark.parametrize("text", ["", "hello\nworld\n", "{}", "[1, 2]", "<html></html>", "%PDF-1.4"])
def test_what_is_no_limit_is_recognised_as_nothing(put: Put, text: str) -> None:
    with pytest.raises(InvalidCurve, match="of no format that is recognised; say format= one of hepdata"):
        recognised(Source(put("a.bin", text)))


def test_every_format_is_described_and_listed_under_its_name() -> None:
    assert all(name == known.name and known.description for name, known in FORMATS.items())
    assert {name for name, known in FORMATS.items() if not known.write} == {"dmbounds", "darkplotter"}
