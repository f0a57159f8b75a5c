"""Citations say what the metadata say, and no more."""

from vre_dm.did import Did
from vre_dm.lake.citation import citation

DID = Did("xenon", "s2only.limits")
METADATA = {
    "title": "Light dark matter & 100% {S2}",
    "experiment": "XENON1T",
    "year": 2019,
    "arxiv": "1907.11485v2",
    "doi": "10.1103/PhysRevLett.123.251801",
    "licence": "CC-BY-4.0",
}


def test_the_line_names_who_what_when_and_where() -> None:
    line = str(citation(DID, METADATA, "ESCAPE"))
    assert line == (
        "XENON1T, Light dark matter & 100% {S2}, 2019; arXiv:1907.11485v2; "
        "doi:10.1103/PhysRevLett.123.251801; licence CC-BY-4.0; "
        "dataset xenon:s2only.limits in the data lake ESCAPE"
    )


def test_a_citation_in_the_metadata_is_taken_as_it_stands() -> None:
    said = "E. Aprile et al., arXiv:1907.11485v2"
    line = citation(DID, METADATA | {"citation": said}, "ESCAPE").line
    assert line.startswith(f"{said}; doi:")
    assert line.count("1907.11485") == 1


def test_bibtex_survives_characters_that_tex_reads() -> None:
    bibtex = citation(DID, METADATA, "ESCAPE").bibtex
    assert r"title = {Light dark matter \& 100\% \{S2\}}" in bibtex
    assert "author = {{XENON1T}}" in bibtex
    assert "eprint = {1907.11485v2}" in bibtex
    assert bibtex.startswith("@misc{xenon:s2only.limits,")
    bare = bibtex.replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}")


def test_what_is_unknown_is_left_out() -> None:
    cited = citation(DID, {"title": "T", "year": "unknown", "arxiv": "unknown", "doi": ""}, "ESCAPE")
    assert cited.line == "T; dataset xenon:s2only.limits in the data lake ESCAPE"
    assert "unknown" not in cited.bibtex
    assert "year" not in cited.bibtex
    assert "author" not in cited.bibtex


def test_a_dataset_without_metadata_can_still_be_found() -> None:
    cited = citation(DID, {}, "ESCAPE")
    assert cited.line == "dataset xenon:s2only.limits in the data lake ESCAPE"
    assert "title = {xenon:s2only.limits}" in cited.bibtex


def test_hostile_metadata_stay_on_their_line() -> None:
    cited = citation(DID, {"title": "a\n@misc{evil,\x1b[31m", "authors": "x}\\input{/etc/passwd}"}, "ESCAPE")
    assert cited.line.isprintable()
    assert "\\input{" not in cited.bibtex
    assert "<b>" not in citation(DID, {"title": "<b>x</b>"}, "E")._repr_html_()
