"""A curve counts what its source does not state, and does not ask for what has no meaning for it."""

import dataclasses
import re

import pytest

from tests.limits.conftest import make
from vre_dm.limits.completeness import ASSUMED, needed
from vre_dm.limits.metadata import UNKNOWN, Assumptions, Provenance, Reference
from vre_dm.limits.quantities import QUANTITIES

FULL = make(
    statistic="PLR",
    reference=Reference("2001.00001", "v2", "10.1000/xyz", "figure 3"),
    provenance=Provenance("collaboration file"),
    assumptions=Assumptions({"halo": "SHM", "form_factor": "Helm"}),
)


def test_a_curve_whose_source_states_all_is_complete() -> None:
    assert FULL.unknowns == ()
    assert FULL.completeness == (10, 10)


def test_a_bare_curve_names_everything_that_is_missing() -> None:
    bare = make(year=None, cl=None)
    assert bare.unknowns == tuple(needed(bare))
    assert bare.completeness == (0, len(bare.unknowns))


@pytest.mark.parametrize("name", ["arxiv_version", "doi", "figure"])
def test_a_missing_fact_of_the_reference_is_named(name: str) -> None:
    reference = dataclasses.replace(FULL.reference, **{name: UNKNOWN})
    assert dataclasses.replace(FULL, reference=reference).unknowns == (name,)


def test_a_digitised_curve_also_needs_its_tool_and_its_error() -> None:
    curve = dataclasses.replace(FULL, provenance=Provenance("digitised", tool="by hand"))
    assert curve.unknowns == ("error_dex",)


def test_a_derived_curve_also_needs_its_formula() -> None:
    assert dataclasses.replace(FULL, provenance=Provenance("derived")).unknowns == ("formula",)


def test_a_theory_curve_needs_no_confidence_level() -> None:
    curve = dataclasses.replace(FULL, kind="theory", cl=None, statistic=UNKNOWN, assumptions=Assumptions())
    assert curve.unknowns == ()


def test_a_report_stands_for_a_preprint() -> None:
    reference = Reference(doi="10.1000/xyz", figure="figure 1", report="CMS-PAS-FTR-21-005")
    assert dataclasses.replace(FULL, reference=reference).unknowns == ()
    assert reference.text == "doi:10.1000/xyz"
    assert Reference(report="CMS-PAS-FTR-21-005").text == "CMS-PAS-FTR-21-005"


def test_the_quantities_with_assumptions_are_quantities() -> None:
    assert set(ASSUMED) <= set(QUANTITIES)


def test_a_curve_shows_how_much_is_known_and_what_is_not() -> None:
    assert re.search(r"facts known +10 of 10$", repr(FULL), re.MULTILINE)
    bare = make(statistic="PLR")
    assert "3 of 10; not stated: arXiv, arXiv version, DOI" in repr(bare)
    assert "not stated: arXiv, arXiv version" in bare._repr_html_()
