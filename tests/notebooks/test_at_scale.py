"""The notebooks of computations: what they say of each other holds."""

import os

import nbformat
import pytest

from vre_dm.resources import shipped


def cell(notebook: str, name: str) -> str:
    """Source of a cell."""
    read = nbformat.read(shipped("notebooks") / notebook, as_version=4)
    (found,) = (one.source for one in read.cells if one.id == name)
    return str(found)


def test_real_muons_are_filled_by_the_same_cell_as_simulated_ones() -> None:
    assert cell("20_dilepton_at_scale.ipynb", "spectra") == cell("21_real_muons.ipynb", "spectra")


def test_fewer_events_than_its_limits_need_are_refused_in_the_cell_that_takes_their_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EVENTS", "20_000")
    with pytest.raises(ValueError, match=r"EVENTS is 20_000: .*take 200_000 or more"):
        exec(cell("20_dilepton_at_scale.ipynb", "size"), {"os": os})
