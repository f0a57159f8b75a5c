"""Searching the real catalogue gives one consistent answer, whatever the keys and however odd the values."""

import concurrent.futures
from typing import Any

import pytest

from tests.lake.conftest import SCOPE, Make
from vre_dm.did import Did
from vre_dm.errors import InvalidDid, InvalidFilter, NotInLake
from vre_dm.lake import catalogue
from vre_dm.lake.lake import Lake

ODD = [
    "true",
    "not true, not FALSE",
    "2017",
    "-1e5",
    "2020-01-01 00:00:00",
    "None",
    'it\'s "quoted" & <b>bold</b>',
    "100% of a_b\\c",
    "Müller, ν → χχ̄",
    "[x]?",
    "{'name': '*'}",
    "a b",
]


@pytest.fixture(scope="module")
def odd(make: Make) -> dict[str, Did]:
    return {text: make("odd", remark=text) for text in ODD}


@pytest.mark.parametrize("text", ODD)
def test_a_text_finds_the_dataset_that_holds_it_and_no_other(
    lake: Lake, odd: dict[str, Did], text: str
) -> None:
    assert [found.did for found in lake.search(f"{SCOPE}:odd*", remark=text)] == [odd[text]]
    others = {did for other, did in odd.items() if other != text}
    assert {found.did for found in lake.search(f"{SCOPE}:odd*", remark__ne=text)} == others


def test_columns_and_free_metadata_can_be_mixed(lake: Lake, make: Make) -> None:
    did = make("mixed", flavour="tau", campaign="mc20")
    make("mixed", flavour="tau", campaign="mc23")
    make("mixed", flavour="mu", campaign="mc20")
    found = lake.search(f"{SCOPE}:mixed*", where='flavour="tau" campaign="mc20" created>=2020-01-01')
    assert [dataset.did for dataset in found] == [did]
    assert not lake.search(f"{SCOPE}:mixed*", where='flavour="tau" created<2020-01-01')


def test_the_kind_is_known_and_respected_with_every_filter(lake: Lake, make: Make, rucio: Any) -> None:
    dataset = make("kinds", channel="bb")
    rucio.add_container(SCOPE, "kinds.all")
    rucio.set_metadata(SCOPE, "kinds.all", "channel", "bb")
    pattern = f"{SCOPE}:kinds*"
    assert [d.kind for d in lake.search(pattern, channel="bb")] == ["dataset", "container"]
    assert [d.did for d in lake.search(pattern, channel="bb", kind="dataset")] == [dataset]
    assert [d.kind for d in lake.search(pattern, channel="bb", kind="container")] == ["container"]
    assert not lake.search(pattern, channel="bb", kind="file")


def test_one_dataset_of_another_type_does_not_break_the_search(lake: Lake, make: Make) -> None:
    numbers = [make("types", mass=mass) for mass in (1, 2.5, 40)]
    make("types", mass="n/a")
    make("types", mass=True)
    found = lake.search(f"{SCOPE}:types*", where="mass>=2 mass<=50")
    assert [dataset.did for dataset in found] == numbers[1:]


def test_ranges_dates_and_booleans_compare_as_what_they_are(lake: Lake, make: Make) -> None:
    early = make("span", until="2020-01-01", open=True)
    late = make("span", until="2030-06-01T12:00:00", open=False)
    make("span", until="unknown")
    pattern = f"{SCOPE}:span*"
    assert [d.did for d in lake.search(pattern, where="until=2019-12-31..2020-01-01")] == [early]
    assert [d.did for d in lake.search(pattern, where="until>2025-01-01")] == [late]
    assert [d.did for d in lake.search(pattern, where="until<=2030-06-01")] == [early, late]
    assert [d.did for d in lake.search(pattern, open=False)] == [late]


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("techniqe=x", "did you mean technique"),
        ("techniqe=x", r"technique\?$"),
        ("no_such_key_at_all>5", "known keys: .*technique"),
        ("year>=abc", r"year holds a number \(such as 20\d\d\), not a text"),
        ("year>true", r"year holds a number \(such as 20\d\d\), not a boolean"),
        ("simulated>true", "booleans can only be compared with = and !="),
        ("technique>abc", "texts can only be compared with = and !=; write numbers like 5, dates like 2020"),
        ("created>=yesterday", r"created>=\S+: created is a date, not a text; write 2020-01-01"),
        ("experiment>=5", "experiment holds a text .* not a number"),
        ('simulated="no"', "simulated holds a boolean"),
        ("year=true", "year holds a number"),
        ("size=big", "size is known for files only"),
        ("events=big", "events is a number, not a text"),
    ],
)
def test_a_wrong_key_or_type_is_an_error_and_not_an_empty_answer(lake: Lake, where: str, said: str) -> None:
    with pytest.raises(InvalidFilter, match=said):
        lake.search(scope="xenon", where=where)


@pytest.mark.parametrize("key", ["size", "bytes", "length"])
@pytest.mark.parametrize("kind", ["collection", "all", "dataset", "container"])
def test_what_only_files_have_is_not_asked_of_datasets(lake: Lake, key: str, kind: str) -> None:
    with pytest.raises(InvalidFilter, match=f"^{key} is known for files only; search for files$"):
        lake.search(kind=kind, where=f"{key}>0")


def test_files_are_found_by_their_size(lake: Lake) -> None:
    (limits,) = lake.dataset("xenon:s2only.limits").files
    found = lake.search("xenon:*", kind="file", size=limits.size)
    assert limits.did in [file.did for file in found]
    assert not lake.search("xenon:*", kind="file", where="size>1e15")


def test_type_is_not_taken_for_a_metadata_key(lake: Lake) -> None:
    with pytest.raises(InvalidFilter, match="use kind='file'"):
        lake.search(type="file")


def test_an_honest_nothing_is_empty(lake: Lake) -> None:
    found = lake.search(where="year>=3000")
    assert not found
    assert len(found) == 0
    assert repr(found) == "nothing found for *:* year>=3000"


def test_an_unknown_scope_is_an_error_with_the_nearest(lake: Lake) -> None:
    with pytest.raises(NotInLake, match=r"has no scope xenn; did you mean xenon\?"):
        lake.search(scope="xenn")
    with pytest.raises(NotInLake, match=r"has no scope .*; look at the list of its scopes"):
        lake.search("nowhere*:*")


@pytest.mark.parametrize("name", ["2017.05", "True", "true.limits", "0x10", "1e5"])
def test_names_that_look_like_values_are_found(lake: Lake, rucio: Any, name: str) -> None:
    rucio.add_dataset(SCOPE, name)
    assert [d.did.name for d in lake.search(f"{SCOPE}:{name}")] == [name]
    assert name in [d.did.name for d in lake.search(f"{SCOPE}:{name[:-1]}*")]


def test_wildcards_work_in_scope_and_name(lake: Lake) -> None:
    assert {d.did.scope for d in lake.search("x*n:s2only.*")} == {"xenon"}
    assert all(d.did.name.endswith("limits") for d in lake.search("*limits"))
    assert lake.search("xenon:s2only.limits")[0].did == Did("xenon", "s2only.limits")


def test_the_scope_is_given_once(lake: Lake) -> None:
    assert lake.search("s2only.*", scope="xenon")[:] == lake.search("xenon:s2only.*")[:]
    with pytest.raises(InvalidDid, match="give the scope once"):
        lake.search("xenon:*", scope="fermi")
    with pytest.raises(InvalidFilter, match="no kind of DID"):
        lake.search(kind="tape")
    with pytest.raises(InvalidFilter, match="where= is a text"):
        lake.search(where={"year": 2017})  # type: ignore[arg-type]


def test_metadata_that_have_a_name_of_ours_are_reached_through_the_expression(lake: Lake, make: Make) -> None:
    did = make("named", kind="analysis", where="here")
    assert [d.did for d in lake.search(f"{SCOPE}:named*", where='kind="analysis" where="here"')] == [did]


@pytest.mark.parametrize("kind", ["all", "collection", "file"])
def test_hits_whose_kinds_are_asked_for_piece_by_piece_are_the_same(
    lake: Lake, make: Make, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(7):
        make(f"piece.{kind}", piece=kind)

    def found() -> list[str]:
        return [str(each.did) for each in lake.search(f"{SCOPE}:piece*", kind=kind, piece=kind)]

    whole = found()
    monkeypatch.setattr(catalogue, "_FIRST", 2)
    monkeypatch.setattr(catalogue, "_NEXT", 3)
    assert found() == whole
    assert len(whole) == (0 if kind == "file" else 7)


def test_eight_threads_get_the_same_answer(lake: Lake) -> None:
    def question(_: int) -> list[str]:
        return [str(d.did) for d in lake.search(where='technique="direct detection"')]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(question, range(24)))
    assert answers[0]
    assert all(answer == answers[0] for answer in answers)
