"""A list of datasets asks for what is looked at, and says what it does not show."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vre_dm.did import Did
from vre_dm.errors import Unreachable
from vre_dm.lake.catalogue import Entry, Page, Scopes, page_of
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.lake import Lake
from vre_dm.lake.results import SearchResult


class Pages:
    """Five scopes of ten datasets, counted as they are taken."""

    def __init__(self, refused: int = 0) -> None:
        self.taken = 0
        self.refused = refused

    def __iter__(self) -> Iterator[Page]:
        for number in range(5):
            self.taken += 1
            entries = [Entry(Did(f"s{number}", f"d{i}"), "dataset") for i in range(10)]
            yield Page(entries, ["a b<script>"] * self.refused if number == 0 else [])


def result(pages: Pages) -> SearchResult:
    def dataset(entry: Entry) -> Any:
        return Dataset(None, entry)  # type: ignore[arg-type]

    return SearchResult(iter(pages), dataset, "found for *:*")


def test_only_the_scopes_that_are_needed_are_asked() -> None:
    pages = Pages()
    found = result(pages)
    assert pages.taken == 0
    assert found[3].did == Did("s0", "d3")
    assert pages.taken == 1
    assert [d.did.name for d in found[8:12]] == ["d8", "d9", "d0", "d1"]
    assert pages.taken == 2
    assert next(iter(found)).did == Did("s0", "d0")
    assert bool(found)
    assert pages.taken == 2
    assert len(found) == 50
    assert pages.taken == 5


def test_it_behaves_as_a_list() -> None:
    found = result(Pages())
    assert found[-1].did == Did("s4", "d9")
    assert [d.did.scope for d in found[::10]] == ["s0", "s1", "s2", "s3", "s4"]
    assert found[45:99] == list(found)[45:]
    assert found[-3:] == list(found)[-3:]
    with pytest.raises(IndexError):
        found[50]
    assert list(found) == list(found)


def test_what_is_not_shown_is_counted() -> None:
    text = repr(result(Pages()))
    assert text.startswith("50 found for *:*\n")
    assert text.endswith("30 more are not shown; take them with [20:] or narrow the search.")
    assert text.count("\n") == 1 + 20 + 1


def test_names_that_are_not_safe_are_left_out_and_said() -> None:
    found = result(Pages(refused=2))
    assert "2 names are left out because they are not safe: 'a b<script>'" in repr(found)
    assert "<script>" not in found._repr_html_()
    page = page_of([{"scope": "s", "name": "../x", "did_type": "DATASET"}])
    assert (page.entries, page.refused) == ([], ["../x"])


def test_a_search_shows_the_titles_of_what_it_found(lake: Lake) -> None:
    text = repr(lake.search("xenon:s2only.*"))
    assert "title" in text.splitlines()[1]
    assert "XENON1T" in text


def test_a_scope_with_many_files_is_listed_whole(lake: Lake, make: Any) -> None:
    did = make("many", files=2500)
    found = lake.search(f"{did.scope}:{did.name}.*", kind="file")
    assert len(found) == 2500
    assert found[2499].known_size == 4
    assert "2480 more are not shown" in str(found.table())


def test_no_display_needs_the_lake_twice(lake: Lake, tmp_path: Path) -> None:
    found = lake.search("xenon:*")
    assert repr(found) == repr(found)
    assert found._repr_html_().startswith("<div>")


def test_scopes_that_are_not_safe_are_left_out_and_named() -> None:
    found = Scopes(["xenon", "a\x1b[31m", "fermi", "-x", "!id", ""])
    assert found == ["fermi", "xenon"]
    assert found.refused == ["", "!id", "-x", "a\x1b[31m"]
    assert repr(found) == (
        "['fermi', 'xenon']\n4 names are left out because they are not safe: '', '!id', '-x'."
    )
    assert repr(Scopes(["fermi"])) == "['fermi']"


def test_a_kind_that_rucio_does_not_have_is_not_shown() -> None:
    rows = [{"scope": "s", "name": n, "did_type": kind} for n, kind in (("a", "\x1b[31m"), ("b", "FILE"))]
    page = page_of(rows)
    assert [(entry.did.name, entry.kind) for entry in page.entries] == [("b", "file")]
    assert page.refused == ["a"]
    with pytest.raises(Unreachable, match="no kind of DID") as refused:
        Entry(Did("s", "a"), "\x1b[31m")
    assert str(refused.value).isprintable()
