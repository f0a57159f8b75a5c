"""Credentials go to the lake's storage and nowhere else; paths stay under their prefixes."""

import ssl
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.server import breaking, good
from tests.faults.world import registered
from vre_dm.errors import TransferFailed
from vre_dm.lake.connection import Connection
from vre_dm.lake.files import Replica
from vre_dm.lake.instance import Mount
from vre_dm.lake.lake import Lake
from vre_dm.lake.storage import Endpoint, Storage
from vre_dm.lake.transfer import fetch_files
from vre_dm.lake.transfer.sources import sources
from vre_dm.sandbox import LakeStatus


@pytest.fixture(scope="module")
def https(lake: Lake) -> Endpoint:
    return next(
        endpoint for endpoint in Storage(Connection(lake.instance)).endpoints() if endpoint.scheme == "https"
    )


@pytest.fixture(scope="module")
def prefix(lake: Lake) -> str:
    """Where the element with plain paths keeps its files."""
    return next(e.prefix for e in Storage(Connection(lake.instance)).endpoints() if e.scheme == "file")


def address(endpoint: Endpoint) -> str:
    return f"https://{endpoint.host}:{endpoint.port}{endpoint.prefix}a/b"


def test_an_oidc_token_goes_to_the_storage_of_the_lake(lake: Lake, https: Endpoint) -> None:
    token = lake.tokens.token().reveal()
    assert lake.access.headers(address(https)) == {"Authorization": f"Bearer {token}"}
    assert lake.access.headers(address(https).replace("https:", "davs:"))


def test_a_token_goes_nowhere_else(lake: Lake, https: Endpoint) -> None:
    host, port = https.host, https.port
    for url in (
        f"http://{host}:{port}/a",
        f"https://{host}:{port + 1}/a",
        f"https://{host}/a",
        f"https://{host}.evil.org:{port}/a",
        f"https://evil.org:{port}/a",
        f"https://{host}:{port}@evil.org/a",
        f"https://evil.org/https://{host}:{port}/a",
        f"https://evil.org\\@{host}:{port}/",
        f"https://user@{host}:{port}/",
        f"https://{host}:{port}/\n",
        f"root://{host}:{port}/a",
        f"ftp://{host}:{port}/a",
        "https://[::1",
        "https://host:port/",
        "file:///etc/passwd",
        "",
    ):
        assert lake.access.headers(url) == {}, url


def test_an_address_that_two_readers_understand_differently_is_no_storages(lake: Lake) -> None:
    """Who asks where an address leads must read it as who connects does."""
    storage = Storage(Connection(lake.instance))
    for port in (443, 1094):
        storage.endpoints().append(Endpoint("SIX", "https", "2001:db8::1", port, "/"))
    for told in ("[2001:db8::1]:1094", "[2001:db8::1]", "[2001:DB8::1]:443"):
        assert storage.knows(f"https://{told}/x"), told
        assert storage.headers(f"https://{told}/x"), told
    for told in ("[2001:db8::1]1094", "[2001:db8::1]x:443"):
        assert not storage.knows(f"https://{told}/x"), told
        assert storage.headers(f"https://{told}/x") == {}, told
        assert storage.local_path(f"https://{told}/x") is None


def test_only_addresses_of_storage_elements_are_known(lake: Lake, https: Endpoint) -> None:
    host, port = https.host, https.port
    assert lake.access.knows(address(https))
    assert lake.access.knows(address(https).replace("https:", "davs:"))
    for url in (
        f"http://{host}:{port}/a",
        f"https://{host}:{port + 1}/a",
        f"https://127.0.0.1:{port + 1}/a",
        f"https://user@{host}:{port}/a",
        f"https://evil.org\\@{host}:{port}/a",
        "https://[::1",
        "https://h:99999/",
        "https://h/\ud800",
        "",
    ):
        assert not lake.access.knows(url), url


@pytest.mark.parametrize(
    "path", ["", "/", "/beside/a", "{parent}", "{prefix}/../beside", "{prefix}%2f..%2fa"]
)
def test_what_a_storage_host_has_beside_the_prefix_is_not_the_lakes(
    lake: Lake, https: Endpoint, path: str
) -> None:
    prefix = https.prefix.rstrip("/")
    url = f"https://{https.host}:{https.port}{path.format(prefix=prefix, parent=prefix + '-of-others/a')}"
    assert not lake.access.knows(url)
    assert lake.access.headers(url) == {}
    file = replace(registered(b"x"), replicas=(Replica(https.rse, url),))
    found, useless = sources(file, lake.access)
    assert found == []
    assert "is on no storage element of the lake" in useless[0][1]


@pytest.mark.parametrize("spelt", ["{prefix}", "/{prefix}/a//b", "/.{prefix}/a%20b"])
def test_the_prefix_is_known_however_its_slashes_are_written(lake: Lake, https: Endpoint, spelt: str) -> None:
    path = spelt.format(prefix=https.prefix.rstrip("/"))
    assert lake.access.knows(f"https://{https.host}:{https.port}{path}")


def test_a_copy_on_no_storage_element_of_the_lake_is_not_asked_for(lake: Lake, tmp_path: Path) -> None:
    with breaking(certificate=None) as server:
        file = registered(b"secret", server.play("/x", good(b"secret")), server.url("/x", "127.1"))
        with pytest.raises(TransferFailed, match="on no storage element of the lake"):
            fetch_files([file], tmp_path, access=lake.access)
    assert server.asked == []


def test_the_catalogue_of_another_lake_names_no_path_of_this_machine(
    lake: Lake, prefix: str, tmp_path: Path
) -> None:
    file = next(f for f in lake.dataset("xenon:s2only.limits").files.located() if f.replicas)
    local = tuple(r for r in file.replicas if r.scheme == "file")
    other = Storage(Connection(replace(lake.instance, embedded=False)))
    assert local
    assert [other.local_path(replica.pfn) for replica in local] == [None] * len(local)
    with pytest.raises(TransferFailed, match="file:// cannot be read from here"):
        fetch_files([replace(file, replicas=local)], tmp_path, access=other)


def test_a_password_goes_to_the_embedded_lake_only(lake_by_password: Lake, https: Endpoint) -> None:
    elsewhere = Storage(Connection(replace(lake_by_password.instance, embedded=False)))
    assert elsewhere.headers(address(https)) == {}
    embedded = Storage(Connection(replace(lake_by_password.instance, embedded=True)))
    assert embedded.headers(address(https))["Authorization"].startswith("Basic ")


def test_tls_is_always_verified_with_the_lakes_authority_added(lake: Lake, https: Endpoint) -> None:
    context = lake.access.verify(address(https))
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert len(context.get_ca_certs()) > len(ssl.create_default_context().get_ca_certs())


def test_a_file_element_is_read_in_place(embedded_lake: LakeStatus, lake: Lake) -> None:
    file = next(f for f in lake.dataset("xenon:s2only.limits").files.located() if f.replicas)
    pfn = next(r.pfn for r in file.replicas if r.scheme == "file")
    path = lake.access.local_path(pfn)
    assert path is not None
    assert path.is_relative_to(embedded_lake.root.resolve())
    assert path.stat().st_size == file.size


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            ["..", ".", "", "etc", "passwd", "%2e%2e", "%2E.", "a b", "\x00", "~", "..%00", "%2f..%2f"]
        )
        | st.text(max_size=4).map(quote),
        max_size=8,
    ).map("/".join)
)
def test_no_pfn_leads_out_of_the_storage(lake: Lake, prefix: str, rest: str) -> None:
    for pfn in (f"file://localhost{prefix}{rest}", f"file:///{rest}", f"file://elsewhere{prefix}{rest}"):
        path = lake.access.local_path(pfn)
        assert path is None or path.is_relative_to(Path(prefix).resolve())


@pytest.fixture
def mounted(lake: Lake, https: Endpoint, tmp_path: Path) -> Storage:
    (tmp_path / "eos").mkdir()
    return Storage(
        Connection(replace(lake.instance, mount=Mount(https.rse, tmp_path / "eos", parts_of(https))))
    )


def parts_of(endpoint: Endpoint) -> int:
    """How many parts the prefix of an element has, which a mount of it leaves out."""
    return len(endpoint.prefix.strip("/").split("/"))


def test_a_path_beside_the_prefix_of_a_mounted_element_is_not_on_its_mount(
    mounted: Storage, https: Endpoint
) -> None:
    assert mounted.local_path(address(https)) is not None
    assert mounted.local_path(f"https://{https.host}:{https.port}/x/y/z/beside") is None


def test_a_mounted_element_is_read_below_its_mount(mounted: Storage, https: Endpoint, tmp_path: Path) -> None:
    inside = mounted.local_path(
        f"https://{https.host}:{https.port}//{https.prefix.strip('/')}/ab/cd/file.root"
    )
    assert inside == (tmp_path / "eos/ab/cd/file.root").resolve()
    assert mounted.local_path("https://elsewhere.org:1//x/ab/cd/file.root") is None


def test_a_name_with_a_hash_is_not_taken_for_the_name_before_it(
    mounted: Storage, https: Endpoint, tmp_path: Path
) -> None:
    path = mounted.local_path(f"https://{https.host}:{https.port}{https.prefix}ab/cd/run#1.root")
    assert path is not None
    assert path.name == "run#1.root"


@pytest.mark.parametrize("rest", ["../../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "a%00b", "", "x"])
def test_a_pfn_cannot_climb_out_of_a_mount(
    mounted: Storage, https: Endpoint, tmp_path: Path, rest: str
) -> None:
    path = mounted.local_path(address(https).replace("a/b", rest))
    assert path is None or path.is_relative_to((tmp_path / "eos").resolve())


def test_a_link_that_leaves_the_mount_is_not_followed(
    mounted: Storage, https: Endpoint, tmp_path: Path
) -> None:
    (tmp_path / "eos/link").symlink_to("/etc")
    assert mounted.local_path(address(https).replace("a/b", "link/passwd")) is None


def test_a_link_inside_the_mount_is_followed(mounted: Storage, https: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "eos/deep/down").mkdir(parents=True)
    (tmp_path / "eos/link").symlink_to("deep/down")
    assert mounted.local_path(address(https).replace("a/b", "link/x")) == tmp_path / "eos/deep/down/x"
    (tmp_path / "eos/deep/down/x").touch()
    (tmp_path / "eos/deep/down/y").symlink_to("x")
    assert mounted.local_path(address(https).replace("a/b", "link/y")) == tmp_path / "eos/deep/down/x"
    (tmp_path / "eos/deep/up").symlink_to("..")
    assert mounted.local_path(address(https).replace("a/b", "deep/up/x")) == tmp_path / "eos/x"
    assert mounted.local_path(address(https).replace("a/b", "deep/up")) is None  # the mount itself is no file


def test_a_mount_that_is_a_link_is_where_it_leads_now(lake: Lake, https: Endpoint, tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    folder = tmp_path / "eos"
    mount = Mount(https.rse, folder, parts_of(https))
    storage = Storage(Connection(replace(lake.instance, mount=mount)))
    (tmp_path / "new/back").symlink_to("../old")
    folder.symlink_to("old")
    assert storage.local_path(address(https)) == tmp_path / "old/a/b"
    folder.unlink()
    folder.symlink_to("new")
    assert storage.local_path(address(https)) == tmp_path / "new/a/b"
    assert storage.local_path(address(https).replace("a/b", "back/b")) is None


def test_a_mount_of_everything_gives_no_path(lake: Lake, https: Endpoint) -> None:
    mount = Mount(https.rse, Path("/"), parts_of(https))
    assert Storage(Connection(replace(lake.instance, mount=mount))).local_path(address(https)) is None


@pytest.mark.parametrize("rest", ["", "x", "/x/", "%2F"])
def test_a_pfn_with_fewer_parts_than_the_mount_leaves_out_is_no_path_in_it(
    mounted: Storage, https: Endpoint, rest: str
) -> None:
    assert mounted.local_path(f"https://{https.host}:{https.port}/{rest}") is None


def test_on_a_dead_mount_no_path_is_given_and_the_cause_is_said(
    mounted: Storage, https: Endpoint, tmp_path: Path
) -> None:
    (tmp_path / "eos").rmdir()
    assert mounted.local_path(address(https)) is None
    assert "cannot be read (No such file or directory)" in (mounted.mount_fault() or "")
    assert mounted.mount_fault("ANOTHER-RSE") is None


def test_the_counting_of_path_parts_is_that_of_rucio_jupyterlab(
    lake: Lake, https: Endpoint, tmp_path: Path
) -> None:
    """The example of its documentation: index 1 of root://xrd1:1094//rucio/test/49/ad/f1.txt."""
    storage = Storage(Connection(replace(lake.instance, mount=Mount(https.rse, tmp_path, parts_of(https)))))
    pfn = f"https://{urlsplit(address(https)).netloc}/{https.prefix}test/49/ad/f1.txt"
    assert storage.local_path(pfn) == (tmp_path / "test/49/ad/f1.txt").resolve()
