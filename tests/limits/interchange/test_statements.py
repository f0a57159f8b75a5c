"""Free text states a fact only when it states one, not two."""

import pytest

from vre_dm.limits.interchange import statements


@pytest.mark.parametrize(
    ("text", "arxiv", "version"),
    [
        ("arXiv:2410.17036v2", "2410.17036", "v2"),
        ("https://arxiv.org/pdf/2207.11968.pdf", "2207.11968", None),
        ("LSW 1004.1313", "1004.1313", None),
        ("https://arxiv.org/abs/hep-ex/0702006", "hep-ex/0702006", None),
        ("2410.17036 and 2410.17037", None, None),
        ("arXiv:2410.17036v1, arXiv:2410.17036v2", "2410.17036", None),
        ("mass 1234.56789012 GeV", None, None),
        ("10.1103/PhysRevD.89.042001", None, None),
        ("", None, None),
    ],
)
def test_one_paper_is_found_and_two_are_none(text: str, arxiv: str | None, version: str | None) -> None:
    found = statements.reference(text)
    assert found.get("reference.arxiv") == arxiv
    assert found.get("reference.arxiv_version") == version


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("doi 10.1103/PhysRevD.89.042001.", "10.1103/PhysRevD.89.042001"),
        ("https://doi.org/10.1000/toy, 10.1000/other", None),
        ("{10.1000/toy}", "10.1000/toy"),
    ],
)
def test_a_doi_is_taken_without_the_punctuation_about_it(text: str, doi: str | None) -> None:
    assert statements.reference(text).get("reference.doi") == doi


@pytest.mark.parametrize(
    ("text", "cl"),
    [
        ("90% CL", 0.9),
        ("95 \\% C.L.", 0.95),
        ("99.7% confidence", 0.997),
        ("90% CL, 95% CL", None),
        ("90%", None),
    ],
)
def test_a_confidence_level_is_read_when_there_is_one(text: str, cl: float | None) -> None:
    assert statements.confidence(text).get("cl") == pytest.approx(cl)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Observed limit", "observed"),
        ("expected and observed", None),
        ("projected", "projection"),
        ("limit", None),
    ],
)
def test_a_kind_is_read_when_the_text_says_one(text: str, kind: str | None) -> None:
    assert statements.kind(text) == kind


def test_markup_is_taken_out_of_text() -> None:
    assert statements.plain('<a href="x">arXiv</a>\n  1 < 2 ') == "arXiv 1 < 2"
