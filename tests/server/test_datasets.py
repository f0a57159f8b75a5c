"""One dataset over HTTP: hostile metadata stay text, pages are of one list, what is gone is said."""

from typing import Any

import pytest

from tests.server.conftest import Asked, said
from vre_dm.sandbox import LakeStatus

pytestmark = pytest.mark.usefixtures("on_lake")
HOSTILE = {
    "title": "<script>alert(1)</script>",
    "remark": "a\x1b[31m\u202eb\u2028c\x00d".replace("\x00", ""),
    "link": "javascript:alert(1)",
    "mass_GeV": 12.5,
    "empty": "",
}


async def test_a_dataset_is_described(api: Asked) -> None:
    answer = said(await api("dataset", params={"did": "xenon:s2only.limits"}))
    values = {row["key"]: row for row in answer["metadata"]}
    assert (answer["kind"], answer["open"]) == ("dataset", True)
    assert values["year"] == {"key": "year", "value": 2019, "kind": "number", "unit": None}
    assert values["columns"]["kind"] == "list"
    assert {"name", "unit"} <= set(values["columns"]["value"][0])
    assert values["created_at"]["value"].endswith("Z")
    assert "xenon:s2only.limits" in answer["citation"]["line"]
    assert answer["citation"]["bibtex"].startswith("@misc{")
    assert [row["did"] for row in answer["parents"]] == ["xenon:s2only.2019"]
    assert answer["embargo"] is None


async def test_hostile_metadata_arrive_as_they_are_and_as_text(api: Asked, make: Any) -> None:
    did = make("hostile", **HOSTILE)
    values = {row["key"]: row for row in said(await api("dataset", params={"did": str(did)}))["metadata"]}
    for key, value in HOSTILE.items():
        assert values[key]["value"] == value
    assert (values["mass_GeV"]["kind"], values["mass_GeV"]["unit"]) == ("number", "GeV")


async def test_an_embargo_is_said(api: Asked, make: Any) -> None:
    did = make("private", embargo_until="2999-01-01")
    answer = said(await api("dataset", params={"did": str(did)}))
    assert "2999-01-01" in answer["embargo"]


async def test_files_come_in_pages_of_one_sorted_list(api: Asked, make: Any) -> None:
    did = str(make("paged", files=230, size=10))
    pages = [
        said(await api("files", params={"did": did, "start": start, "count": 100})) for start in (0, 100, 200)
    ]
    names = [row["name"] for page in pages for row in page["rows"]]
    assert {page["total"] for page in pages} == {230}
    assert {page["size"] for page in pages} == {2300}
    assert names == sorted(names)
    assert len(set(names)) == 230
    assert all(row["adler32"] for page in pages for row in page["rows"])


async def test_files_can_be_narrowed_by_a_pattern(api: Asked, make: Any) -> None:
    did = str(make("narrowed", files=30))
    assert said(await api("files", params={"did": did, "pattern": "*.0000?.txt"}))["total"] == 10
    assert said(await api("files", params={"did": did, "pattern": "nothing"}))["rows"] == []


async def test_a_page_is_of_the_kept_list_until_it_is_asked_for_anew(
    api: Asked,
    make: Any,
    rucio: Any,
) -> None:
    did = make("growing", files=3)
    page = {"did": str(did)}
    assert said(await api("files", params=page))["total"] == 3
    more = {"scope": did.scope, "name": f"{did.name}.more", "bytes": 1, "adler32": "00000001"}
    rucio.add_replicas("CNAF-STORM", [more])
    rucio.attach_dids(did.scope, did.name, [more])
    assert said(await api("files", params=page))["total"] == 3
    assert said(await api("files", params=page | {"refresh": "1"}))["total"] == 4
    assert said(await api("files", params=page))["total"] == 4


async def test_copies_are_of_the_files_of_now_when_that_is_asked(api: Asked, make: Any, rucio: Any) -> None:
    did = make("replicated", files=3)
    page = {"did": str(did)}
    assert said(await api("replicas", params=page))["total"] == 3
    more = {"scope": did.scope, "name": f"{did.name}.more", "bytes": 1, "adler32": "00000001"}
    rucio.add_replicas("CNAF-STORM", [more])
    rucio.attach_dids(did.scope, did.name, [more])
    assert said(await api("replicas", params=page | {"refresh": "1"}))["total"] == 4
    assert said(await api("files", params=page))["total"] == 4


async def test_a_dataset_that_is_gone_says_so(api: Asked) -> None:
    for path in ("dataset", "files", "replicas"):
        response = await api(path, params={"did": "user.dm:gone.meanwhile"})
        assert (response.code, said(response)["error"]) == (404, "NotInLake")
        assert "user.dm:gone.meanwhile" in said(response)["message"]


async def test_copies_are_counted_by_place_and_protocol(api: Asked, make: Any) -> None:
    did = str(make("copied", files=4, size=5))
    answer = said(await api("replicas", params={"did": did}))
    assert (answer["total"], answer["complete"]) == (4, ["CNAF-STORM"])
    assert {(row["rse"], row["files"], row["size"]) for row in answer["rows"]} == {("CNAF-STORM", 4, 20)}


BAD: list[tuple[dict[str, str], str]] = [
    ({}, "did"),
    ({"did": "nonsense"}, "did"),
    ({"did": "a:../../x"}, "did"),
    ({"did": "fermi:dsph.2017", "start": "-1"}, "start"),
    ({"did": "fermi:dsph.2017", "start": "x"}, "start"),
    ({"did": "fermi:dsph.2017", "count": "0"}, "count"),
    ({"did": "fermi:dsph.2017", "count": "1000000"}, "count"),
    ({"did": "fermi:dsph.2017", "count": "٣"}, "count"),
    ({"did": "fermi:dsph.2017", "refresh": "yes"}, "refresh"),
]


async def test_a_bad_page_is_refused_at_its_field(api: Asked) -> None:
    for params, field in BAD:
        response = await api("files", params=params)
        assert (response.code, said(response)["field"]) == (400, field), params


async def test_an_answer_is_kept_by_nobody_on_the_way(api: Asked, on_lake: LakeStatus) -> None:
    response = await api("dataset", params={"did": "fermi:dsph.2017"})
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Type"] == "application/json"
