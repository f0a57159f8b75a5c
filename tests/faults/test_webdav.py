"""The faults of the matrix on the way to the lake's own WebDAV, which then answers as it does."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.gateway import Gateway
from tests.faults.matrix import BODY, FAULTS, HALF, SIZE, Fault, named
from tests.faults.server import status
from tests.faults.storages import is_here
from tests.faults.world import CALM, Waits, finals, registered
from vre_dm.errors import VreDmError
from vre_dm.lake.transfer import Policy, fetch_files

PASSING = [fault for fault in FAULTS if not fault.final]
LASTING = [fault for fault in FAULTS if fault.cause]


@pytest.fixture(autouse=True)
def _stored(gateway: Gateway) -> None:
    gateway.server.store(BODY)


def fetch(gateway: Gateway, url: str, folder: Path, policy: Policy = CALM, waits: Waits | None = None) -> str:
    """Fetch the file; '' when it is in place, else the cause."""
    pace = (waits or Waits()).pace()
    try:
        fetch_files([registered(BODY, url)], folder, access=gateway.access, policy=policy, pace=pace)
    except VreDmError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("fault", PASSING, ids=named)
def test_the_storage_gives_the_right_bytes_after_what_happened_once_on_the_way(
    fault: Fault, policy: Policy, waits: Waits, gateway: Gateway, tmp_path: Path
):
    if fault.silent:  # the storage behind it may be slower, and is asked until it is in time
        policy = replace(policy, stall_timeout=1.0, rounds=30)
    url = gateway.acts(*fault.before, fault.act, gateway.through())
    for _ in range(2):
        assert fetch(gateway, url, tmp_path, policy, waits) == ""
        assert is_here(tmp_path, BODY)


@pytest.mark.parametrize("fault", LASTING, ids=named)
def test_the_storage_gives_the_right_bytes_once_what_lasted_on_the_way_is_over(
    fault: Fault, policy: Policy, waits: Waits, gateway: Gateway, tmp_path: Path
):
    url = gateway.acts(*fault.before, fault.act)
    assert re.search(fault.cause, fetch(gateway, url, tmp_path, policy, waits))
    assert finals(tmp_path) == []
    gateway.acts(gateway.through())
    assert fetch(gateway, url, tmp_path) == ""
    assert is_here(tmp_path, BODY)


def test_a_login_that_the_way_refuses_in_the_middle_is_asked_for_anew_and_the_same_byte_follows(
    gateway: Gateway, tmp_path: Path
):
    url = gateway.acts(gateway.through(HALF), status(401), gateway.through())
    assert fetch(gateway, url, tmp_path) == ""
    assert is_here(tmp_path, BODY)
    assert [headers.get("range") for _, headers in gateway.play.asked] == [
        None,
        f"bytes={HALF}-",
        f"bytes={HALF}-",
    ]
    assert all("authorization" in headers for _, headers in gateway.play.asked)
    assert gateway.play.sent == SIZE
