"""Checks against published numbers: when one holds, and which analyses have some."""

from pathlib import Path

import pytest

from vre_dm.errors import OutOfRange
from vre_dm.physics.validation import Check, checks


def check(published: float = 2.0, ours: float = 2.0, tolerance: float = 0.03) -> Check:
    return Check("dwarfs", "⟨σv⟩ in cm³/s", "bb, 100 GeV", published, ours, tolerance, "arXiv:1611.03184")


@pytest.mark.parametrize(
    ("ours", "holds"), [(2.0, True), (2.059, True), (2.061, False), (1.939, False), (float("nan"), False)]
)
def test_a_number_holds_within_its_tolerance(ours: float, holds: bool) -> None:
    found = check(ours=ours)
    assert found.holds is holds
    assert found.ratio == pytest.approx(ours / 2, nan_ok=True)


@pytest.mark.parametrize(
    "wrong", [{"published": 0.0}, {"published": float("nan")}, {"tolerance": 0.0}, {"tolerance": 1.5}]
)
def test_a_comparison_that_could_not_fail_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(OutOfRange, match=r"⟨σv⟩ in cm³/s \(bb, 100 GeV\): published"):
        check(**wrong)


def test_an_unknown_analysis_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(OutOfRange, match="unknown analysis 'dwarf'"):
        next(checks("dwarf", lambda did: [tmp_path]))
