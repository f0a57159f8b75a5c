"""Private addresses are known as such in every spelling."""

import pytest

from vre_dm.lake.transfer.addresses import is_public, refuse_private
from vre_dm.lake.transfer.failures import SourceFailed


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1%lo",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "",
        "localhost",
    ],
)
def test_what_is_not_everybodys_is_not_public(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["188.184.0.1", "2001:1458::1", "::ffff:188.184.0.1", "64:ff9b::bcb8:1"])
def test_what_is_everybodys_is_public(address: str):
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "localhost", "::1", "64:ff9b::7f00:1"]
)
def test_no_spelling_hides_this_machine(host: str):
    with pytest.raises(SourceFailed, match="private address"):
        refuse_private(host, 443)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "a" * 70])
def test_a_name_that_nobody_knows_is_said(host: str):
    with pytest.raises(SourceFailed, match="unknown"):
        refuse_private(host, 443)
