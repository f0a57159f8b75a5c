"""Pages of a real lake: every level of the tree, searches of any length, details as text."""

import pytest

from tests.lake.conftest import Make
from vre_dm.errors import InvalidFilter, NotInLake
from vre_dm.lake.lake import Lake
from vre_dm.notebook.browser.pages import PAGE, Pages

HOSTILE = "<img src=x onerror=alert(1)>\x1b[2J\n\u202e</td>"


def test_the_tree_goes_from_scopes_to_files(lake: Lake):
    pages = Pages(lake)
    scopes = pages.below("", 0, PAGE)
    assert "xenon" in [row["did"] for row in scopes["rows"]]
    assert scopes["done"]
    datasets = pages.below("xenon", 0, PAGE)["rows"]
    limits = next(row for row in datasets if row["did"] == "xenon:s2only.limits")
    assert limits["kind"] == "dataset"
    (file, *_) = pages.below("xenon:s2only.limits", 0, PAGE)["rows"]
    assert (file["kind"], file["about"][-1]) == ("file", "B")


def test_a_long_dataset_comes_page_by_page_and_each_file_once(lake: Lake, make: Make):
    did, pages = str(make(files=450)), Pages(lake)
    got = [pages.below(did, start, PAGE) for start in (0, 200, 400)]
    assert [page["known"] for page in got] == [450] * 3
    assert [page["done"] for page in got] == [False, False, True]
    names = [row["did"] for page in got for row in page["rows"]]
    assert names == [str(file.did) for file in lake.dataset(did).files]


def test_no_page_is_longer_than_a_page(lake: Lake, make: Make):
    did = str(make(files=PAGE + 1))
    assert len(Pages(lake).below(did, -5, 10**9)["rows"]) == PAGE


def test_a_search_reads_what_the_magic_reads(lake: Lake):
    found = Pages(lake).found("fermi:dsph.*", 0, PAGE)["rows"]
    assert [row["did"] for row in found] == [str(d.did) for d in lake.search("fermi:dsph.*")]
    by_metadata = Pages(lake).found('year>=2016 technique="direct detection"', 0, PAGE)["rows"]
    assert [row["did"] for row in by_metadata] == [
        str(d.did) for d in lake.search(where='year>=2016 technique="direct detection"')
    ]


def test_what_cannot_be_asked_is_said(lake: Lake):
    with pytest.raises(InvalidFilter):
        Pages(lake).found("no_such_key=3", 0, PAGE)
    with pytest.raises(NotInLake):
        Pages(lake).below("xenon:gone", 0, PAGE)
    with pytest.raises(NotInLake):
        Pages(lake).details("xenon:gone")


def test_what_was_found_stays_until_it_is_asked_anew(lake: Lake, make: Make):
    pages, before = Pages(lake), make("anew")
    assert len(pages.found("user.dm:anew.*", 0, PAGE)["rows"]) == 1
    make("anew")
    assert [row["did"] for row in pages.found("user.dm:anew.*", 0, PAGE)["rows"]] == [str(before)]
    pages.forget()
    assert len(pages.found("user.dm:anew.*", 0, PAGE)["rows"]) == 2


def test_details_are_text_with_what_is_hostile_made_visible(lake: Lake, make: Make):
    did = make("hostile", files=1, title=HOSTILE)
    said = Pages(lake).details(str(did))
    metadata, replicas, _ = said["tables"]
    assert dict(metadata["rows"])["title"] == "<img src=x onerror=alert(1)>\\x1b[2J\\n\\u202e</td>"
    assert replicas["rows"][0][0] == "CNAF-STORM"
    assert str(did) in said["cite"]
