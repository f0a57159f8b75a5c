"""A storage that wants an audience of its own gets a token for it, and never the lake's."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.lake.test_tokens import jwt, token_file
from vre_dm import sandbox
from vre_dm.errors import FetchError, InvalidConfiguration, LoginRefused, SandboxError, VreDmError
from vre_dm.lake.audiences import Audiences
from vre_dm.lake.doctor import diagnose
from vre_dm.lake.finding import State
from vre_dm.lake.instance import Instance
from vre_dm.lake.instances import from_file
from vre_dm.lake.lake import Lake
from vre_dm.lake.storage_tokens import StorageTokens
from vre_dm.lake.tokens import FileToken, Secret, audiences
from vre_dm.sandbox import LakeStatus

STORAGE = "https://storage.example.org"
ELEMENT = "CNAF-STORM"


@pytest.fixture(scope="module")
def strict(own_lake: Callable[..., LakeStatus]) -> LakeStatus:
    """A lake whose https storage takes tokens for an audience of its own only."""
    return own_lake(storage_audience=STORAGE)


@pytest.fixture(scope="module")
def instance(strict: LakeStatus) -> Instance:
    return from_file(strict.rucio_config)


@pytest.fixture
def lake(instance: Instance, tmp_path: Path) -> Lake:
    return Lake(instance, tmp_path / "cache", uploads=tmp_path / "uploads")


def address(lake: Lake) -> str:
    """Of a file on the storage."""
    (file,) = lake.dataset("xenon:s2only.limits").files.located()
    return next(replica.pfn for replica in file.replicas if replica.rse == ELEMENT)


def test_the_storage_refuses_the_token_of_the_lake_and_takes_its_own(lake: Lake) -> None:
    url, context = address(lake), lake.access.verify(address(lake))
    with httpx.Client(verify=context, trust_env=False) as web:
        of_lake = {"Authorization": f"Bearer {lake.tokens.token().reveal()}"}
        assert web.get(url, headers=of_lake).status_code == 401
        assert web.get(url, headers=lake.access.headers(url)).status_code == 200


def test_a_token_for_the_storage_is_for_nobody_else_and_is_kept(lake: Lake) -> None:
    first, second = (lake.access.headers(address(lake))["Authorization"] for _ in range(2))
    assert first == second
    assert audiences(Secret(first.removeprefix("Bearer "))) == {STORAGE}


def test_a_file_is_fetched_from_such_a_storage(lake: Lake, tmp_path: Path) -> None:
    (path,) = lake.dataset("xenon:s2only.limits").fetch(tmp_path / "data", rse=ELEMENT)
    assert path.stat().st_size > 0


def test_files_are_published_to_such_a_storage(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/numbers.txt").write_text("1 2 3\n")
    name = f"user.dm:audience.{uuid.uuid4().hex[:8]}"
    unknown = dict.fromkeys(("experiment", "technique", "arxiv", "licence"), "unknown")
    lake.publish(
        tmp_path / "mine", name, rse=ELEMENT, days=1, metadata={"title": "Numbers", "year": 2026, **unknown}
    )
    (path,) = lake.dataset(name).fetch(tmp_path / "back", rse=ELEMENT)
    assert path.read_text() == "1 2 3\n"


def test_a_token_that_the_storage_refused_is_exchanged_anew(lake: Lake) -> None:
    url = address(lake)
    headers = lake.access.headers(url)
    assert not lake.access.renew(url, headers)  # brand new: another would be refused as well
    assert lake.access.headers(url) == headers


def test_without_a_way_to_such_a_token_nothing_is_sent_and_the_user_is_told_what_is_missing(
    instance: Instance, tmp_path: Path
) -> None:
    lake = Lake(replace(instance, registration=None), tmp_path / "cache")
    with pytest.raises(VreDmError, match=f"the storage wants a token for {STORAGE}") as refused:
        lake.dataset("xenon:s2only.limits").fetch(tmp_path / "data", rse=ELEMENT)
    text = f"{refused.value} {refused.value.report if isinstance(refused.value, FetchError) else ''}"
    assert "issuer and client_id in [vre-dm]" in text


def test_an_audience_that_is_none_starts_no_lake(tmp_path: Path) -> None:
    for wrong in ("two words", "RSE=x", "a\nb", "%"):
        with pytest.raises(SandboxError, match="is no audience"):
            sandbox.up(tmp_path / "none", storage_audience=wrong)
    assert not (tmp_path / "none").exists()


def stored(tmp_path: Path, instance: Instance, aud: object) -> StorageTokens:
    """Tokens for a storage, of a user whose token of the lake says whom it is for."""
    changed = replace(instance, registration=None, storage_audiences=Audiences("eos"), audience="rucio")
    return StorageTokens(changed, FileToken(token_file(tmp_path, jwt({"aud": aud}))))


def test_a_token_of_the_lake_that_is_for_the_storage_too_serves_there(
    instance: Instance, tmp_path: Path
) -> None:
    both = stored(tmp_path, instance, ["rucio", "eos"]).of(ELEMENT)
    assert audiences(both.token()) == {"rucio", "eos"}


@pytest.mark.parametrize("aud", ["rucio", [], None, ["rucio", "eos2"], "eos rucio"])
def test_a_token_of_the_lake_that_does_not_say_it_is_for_the_storage_stays_away(
    instance: Instance, tmp_path: Path, aud: object
) -> None:
    with pytest.raises(LoginRefused, match="the storage wants a token for eos"):
        stored(tmp_path, instance, aud).of(ELEMENT).token()


def test_each_storage_element_may_want_its_own_audience() -> None:
    wanted = Audiences.parse("https://any CNAF-STORM=rucio PIC.X_1=https://pic?a=b", "here")
    assert wanted.of("DESY") == "https://any"
    assert wanted.of("CNAF-STORM") == "rucio"
    assert wanted.of("PIC.X_1") == "https://pic?a=b"
    assert wanted.all() == ["https://any", "rucio", "https://pic?a=b"]
    assert Audiences.parse("", "here") == Audiences()
    assert Audiences.parse("A=b", "here").of("C") == ""


@pytest.mark.parametrize("text", ["one two", "A=x A=y"])
def test_two_audiences_for_one_element_are_a_mistake(text: str) -> None:
    with pytest.raises(InvalidConfiguration, match="storage_audience names two"):
        Audiences.parse(text, "rucio.cfg")


def test_elements_that_share_an_address_and_want_others_are_told_apart_by_their_path(
    lake: Lake, instance: Instance, tmp_path: Path
) -> None:
    mixed = Lake(
        replace(instance, storage_audiences=Audiences(STORAGE, (("DESY-DCACHE", "rucio"),))), tmp_path
    )
    url = address(lake)
    to_desy = mixed.access.headers(url.replace(ELEMENT, "DESY-DCACHE"))["Authorization"]
    assert audiences(Secret(to_desy.removeprefix("Bearer "))) == {"rucio"}
    to_cnaf = mixed.access.headers(url)["Authorization"]
    assert audiences(Secret(to_cnaf.removeprefix("Bearer "))) == {STORAGE}
    root = url[: url.index(ELEMENT)]
    for path in ("", "x", f"{ELEMENT}/../DESY-DCACHE/x", "desy-dcache/x"):
        assert mixed.access.headers(root + path) == {}, path


def test_the_doctor_says_where_a_token_for_the_storage_comes_from(
    strict: LakeStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUCIO_CONFIG", str(strict.rucio_config))
    told = diagnose()
    assert told.healthy, told
    (found,) = (f for f in told.findings if f.what == "storage login" and f.state is State.OK)
    assert found.text.startswith(f"exchange for {STORAGE} at {strict.issuer}, valid until")
    assert found.text.endswith("renewed before")
