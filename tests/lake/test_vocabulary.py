"""A lake's metadata keys are learnt from its datasets, with the kinds and units of their values."""

from tests.lake.conftest import SCOPE, Make
from vre_dm.lake.lake import Lake


def test_keys_have_the_kinds_of_all_their_values(lake: Lake, make: Make) -> None:
    make("keyed", strange=1, when="2020-01-31", shape_GeV=3.5, flags=[1, 2])
    make("keyed", strange="text")
    known = {key.name: key for key in lake.keys(SCOPE)}
    assert known["strange"].kinds == ["number", "text"]
    assert known["strange"].examples == {"number": 1, "text": "text"}
    assert known["when"].kinds == ["date"]
    assert (known["shape_GeV"].unit, known["strange"].unit) == ("GeV", None)
    assert "flags" not in known  # a filter compares no lists


def test_keys_are_those_of_the_scopes_that_were_asked(lake: Lake) -> None:
    assert "luminosity_fb" in {key.name for key in lake.keys("atl*")}
    assert "luminosity_fb" not in {key.name for key in lake.keys("fermi")}
