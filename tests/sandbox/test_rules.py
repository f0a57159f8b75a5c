"""Replication rules on the embedded lake really move, repair and delete bytes."""

import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from rucio.common.exception import InsufficientAccountLimit, InvalidObject

from tests.lakes import admin, client, rucio, until
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

DID = dict[str, str]


@pytest.fixture
def user(embedded_lake: LakeStatus) -> Any:
    return client(embedded_lake)


@pytest.fixture
def root(embedded_lake: LakeStatus) -> Any:
    return admin(embedded_lake)


@pytest.fixture
def uploaded(embedded_lake: LakeStatus, user: Any, tmp_path: Path) -> Iterator[DID]:
    """A dataset of three small files on the plain-path RSE, made by the plain user."""
    name = f"rules.{uuid.uuid4().hex[:8]}"
    files = [tmp_path / f"{name}.{number}" for number in range(3)]
    for number, file in enumerate(files):
        file.write_bytes(bytes([number]) * 200_000)
    did = {"scope": "user.dm", "name": name}
    user.add_dataset(**did)
    words = ["upload", "--rse", "CERN-EOSPILOT", "--scope", "user.dm", f"user.dm:{name}"]
    rucio(embedded_lake.rucio_config, *words, *map(str, files))
    yield did
    for rule in user.list_did_rules(**did):
        user.update_replication_rule(rule["id"], {"lifetime": 0})


def test_a_rule_that_says_nonsense_is_refused_at_its_field(user: Any, uploaded: DID) -> None:
    with pytest.raises(InvalidObject, match="'two' is not of type 'integer'"):
        user.add_replication_rule([uploaded], "two", "CNAF-STORM")


def test_a_rule_replicates_to_webdav_and_back_to_a_path(
    user: Any, uploaded: DID, embedded_lake: LakeStatus
) -> None:
    for rse in ("CNAF-STORM", "DESY-DCACHE"):
        (rule,) = user.add_replication_rule([uploaded], 1, rse)
        until(lambda rule=rule: user.get_replication_rule(rule)["state"] == "OK")
        copies = Layout(embedded_lake.root).storage(rse).rglob(f"{uploaded['name']}.*")
        assert sorted(path.read_bytes() for path in copies) == [bytes([n]) * 200_000 for n in range(3)]


@pytest.fixture
def slow_from(root: Any) -> Iterator[float]:
    """Make a storage slow; gives when the daemons know it, which look at its attributes every 5 s."""
    root.add_rse_attribute("DESY-DCACHE", "vre_dm_bandwidth", 100_000)
    yield time.monotonic() + 6
    root.delete_rse_attribute("DESY-DCACHE", "vre_dm_bandwidth")


def test_a_slow_storage_shows_a_rule_replicating_until_it_is_ok(
    slow_from: float, user: Any, root: Any, uploaded: DID, embedded_lake: LakeStatus
) -> None:
    assert "vre_dm_bandwidth" in root.list_rse_attributes("DESY-DCACHE")
    until(lambda: time.monotonic() > slow_from)
    daemons = psutil.Process(embedded_lake.parts["daemons"])
    daemons.suspend()
    try:
        (rule,) = user.add_replication_rule([uploaded], 1, "DESY-DCACHE")
        seen = user.get_replication_rule(rule)
    finally:
        begun = time.monotonic()
        daemons.resume()
    assert seen["state"] == "REPLICATING"
    assert seen["locks_replicating_cnt"] == 3
    until(lambda: user.get_replication_rule(rule)["state"] == "OK")
    assert time.monotonic() - begun > 2


def test_a_lost_source_makes_a_rule_stuck_with_its_cause_and_a_boost_repairs_it(
    user: Any, uploaded: DID, embedded_lake: LakeStatus
) -> None:
    storage = Layout(embedded_lake.root).storage("CERN-EOSPILOT")
    lost = next(storage.rglob(f"{uploaded['name']}.1"))
    content = lost.read_bytes()
    lost.unlink()
    (rule,) = user.add_replication_rule([uploaded], 1, "CNAF-STORM")
    until(lambda: user.get_replication_rule(rule)["state"] == "STUCK")
    causes = user.examine_replication_rule(rule)
    assert "the source holds no file" in str(causes)
    assert user.get_replication_rule(rule)["locks_ok_cnt"] == 2
    lost.write_bytes(content)
    # Rucio pauses a rule for minutes when a boost meets its repair: wait until one has just ended.
    until(lambda: user.get_replication_rule(rule)["stuck_at"])
    user.update_replication_rule(rule, {"boost_rule": True})
    until(lambda: user.get_replication_rule(rule)["state"] == "OK")


def test_a_source_that_was_changed_is_never_copied(
    user: Any, uploaded: DID, embedded_lake: LakeStatus
) -> None:
    layout = Layout(embedded_lake.root)
    changed = next(layout.storage("CERN-EOSPILOT").rglob(f"{uploaded['name']}.2"))
    changed.write_bytes(b"x" * 200_000)
    (rule,) = user.add_replication_rule([uploaded], 1, "CNAF-STORM")
    until(lambda: user.get_replication_rule(rule)["state"] == "STUCK")
    assert "adler32" in str(user.examine_replication_rule(rule))
    assert not list(layout.storage("CNAF-STORM").rglob(f"{uploaded['name']}.2*"))


def test_an_expired_rule_deletes_its_copies(user: Any, uploaded: DID, embedded_lake: LakeStatus) -> None:
    storage = Layout(embedded_lake.root).storage("CNAF-STORM")
    (rule,) = user.add_replication_rule([uploaded], 1, "CNAF-STORM")
    until(lambda: user.get_replication_rule(rule)["state"] == "OK")
    user.update_replication_rule(rule, {"lifetime": 0})
    until(lambda: not list(storage.rglob(f"{uploaded['name']}.*")))
    assert len(list(Layout(embedded_lake.root).storage("CERN-EOSPILOT").rglob(f"{uploaded['name']}.*"))) == 3


def test_a_plain_user_may_not_delete_a_rule_of_another(user: Any, root: Any) -> None:
    rule = next(rule for rule in root.list_did_rules("fermi", "dsph.jfactors"))
    with pytest.raises(Exception, match="can not"):
        user.delete_replication_rule(rule["id"])
    assert root.get_replication_rule(rule["id"])["state"] == "OK"


def test_a_rule_over_the_quota_is_refused(user: Any, uploaded: DID, root: Any) -> None:
    root.set_local_account_limit("dm", "PIC-DCACHE", 1000)
    with pytest.raises(InsufficientAccountLimit):
        user.add_replication_rule([uploaded], 1, "PIC-DCACHE")
    root.set_local_account_limit("dm", "PIC-DCACHE", 10 << 20)


def test_metadata_of_a_plain_user_is_found_again_by_a_filter(user: Any, uploaded: DID) -> None:
    user.set_metadata_bulk(**uploaded, meta={"technique": "test", "mass_GeV": 12.5, "final": True})
    for filters in ({"technique": "test"}, {"mass_GeV.gt": 12}, {"final": True}):
        found = user.list_dids("user.dm", [filters], did_type="dataset")
        assert uploaded["name"] in list(found)
