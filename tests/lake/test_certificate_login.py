"""A user of the grid logs in with a certificate or a proxy of it, over mutual TLS, as sites have it."""

import contextlib
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier

from tests.faults.world import registered
from tests.lake.answering import Answering
from tests.serving import serving
from vre_dm.cli import main
from vre_dm.errors import LoginRefused
from vre_dm.lake.instances import from_file
from vre_dm.lake.lake import Lake
from vre_dm.lake.login import provider
from vre_dm.lake.storage import Endpoint, Storage
from vre_dm.lake.transfer import Policy, fetch_files
from vre_dm.lake.transfer.http import Connections
from vre_dm.sandbox import LakeStatus

USER = "phys@example.org"
FILE, BYTES = "/grid/scope/file", b"for who has a certificate"
_PROXY_INFO = ObjectIdentifier("1.3.6.1.5.5.7.1.14")  # RFC 3820, section 3.8
_INHERITS_ALL = bytes.fromhex("300c300a06082b06010505071501")


@dataclass
class Grid:
    """Files of a user of the grid, and the authority that made them."""

    authority: trustme.CA
    certificate: Path
    key: Path
    proxy: Path

    def another(self, path: Path, **life: timedelta) -> Path:
        """Make a proxy at this path."""
        path.touch(mode=0o600)
        path.write_bytes(_proxy(self.certificate.read_bytes(), self.key.read_bytes(), **life))
        return path


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> Grid:
    authority, folder = trustme.CA(), tmp_path_factory.mktemp("globus")
    mine = authority.issue_cert(USER, common_name=USER)
    certificate, key = folder / "usercert.pem", folder / "userkey.pem"
    for path, blob in ((certificate, mine.cert_chain_pems[0]), (key, mine.private_key_pem)):
        blob.write_to_path(path)
        path.chmod(0o600)
    made = Grid(authority, certificate, key, folder / "x509up")
    made.another(made.proxy)
    return made


def _proxy(certificate: bytes, key: bytes, ends: timedelta = timedelta(hours=12)) -> bytes:
    """What `voms-proxy-init` writes: a new short certificate, its key, and the user's certificate."""
    user, mine, now = (
        x509.load_pem_x509_certificate(certificate),
        ec.generate_private_key(ec.SECP256R1()),
        _now(),
    )
    name = x509.Name([*user.subject, x509.NameAttribute(NameOID.COMMON_NAME, "123456")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(user.subject)
        .public_key(mine.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + ends)
        .add_extension(x509.UnrecognizedExtension(_PROXY_INFO, _INHERITS_ALL), critical=True)
        .sign(serialization.load_pem_private_key(key, None), hashes.SHA256())  # type: ignore[arg-type]
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    own = mine.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    return made.public_bytes(pem) + own + certificate


def _now() -> datetime:
    return datetime.now(UTC)


class Gate(Answering):
    """Where a site logs its users in: by a certificate that it knows, for a token of the lake."""

    def __init__(self, lake: Lake, grid: Grid) -> None:
        super().__init__((401, {}, b""))
        self.peers: list[Any] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        grid.authority.issue_cert("127.0.0.1").configure_cert(context)
        grid.authority.configure_trust(context)
        context.verify_mode = ssl.CERT_OPTIONAL
        context.verify_flags |= ssl.VERIFY_ALLOW_PROXY_CERTS
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self._lake, self.say = lake, self._judged

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server_port}"

    def get_request(self) -> Any:
        connection, address = super().get_request()
        self.peers.append(connection.getpeercert())
        return connection, address

    def knows_the_user(self) -> bool:
        """Whether the last that came showed the certificate of the user, or a proxy of it."""
        parts = (self.peers[-1] or {}).get("subject", ())
        return ("commonName", USER) in [pair for part in parts for pair in part]

    def _judged(self, path: str, headers: dict[str, str], _: bytes) -> tuple[int, dict[str, str], bytes]:
        if not self.knows_the_user() or (path != FILE and headers.get("X-Rucio-Account") != "dm"):
            return 401, {"ExceptionClass": "CannotAuthenticate", "ExceptionMessage": "unknown"}, b""
        if path == FILE:
            return 200, {}, BYTES
        proxy = ("commonName", "123456") in [pair for part in self.peers[-1]["subject"] for pair in part]
        token = self._lake.tokens.token().reveal()
        wanted = "/auth/x509_proxy" if proxy else "/auth/x509"
        return (200, {"X-Rucio-Auth-Token": token}, b"") if path == wanted else (404, {}, b"")


@pytest.fixture
def gate(lake_by_password: Lake, grid: Grid) -> Iterator[Gate]:
    with serving(Gate(lake_by_password, grid)) as gate:
        yield gate


@pytest.fixture
def config(embedded_lake: LakeStatus, gate: Gate, grid: Grid, tmp_path: Path) -> Path:
    """A `rucio.cfg` for a user with a proxy, whose authorities are those of the lake and of the grid."""
    bundle, path = tmp_path / "authorities.pem", tmp_path / "rucio.cfg"
    bundle.write_bytes(embedded_lake.ca.read_bytes() + grid.authority.cert_pem.bytes())
    path.write_text(
        f"[client]\nrucio_host = {embedded_lake.url}\nauth_host = {gate.url}\naccount = dm\n"
        f"ca_cert = {bundle}\nauth_type = x509_proxy\nclient_x509_proxy = {grid.proxy}\n"
    )
    return path


def test_a_proxy_logs_its_user_in(config: Path, tmp_path: Path) -> None:
    lake = Lake(from_file(config), tmp_path)
    assert lake.whoami()["account"] == "dm"


def test_a_certificate_with_its_key_logs_its_user_in(config: Path, grid: Grid, tmp_path: Path) -> None:
    text = config.read_text().replace("x509_proxy\n", "x509\n")
    config.write_text(f"{text}client_cert = {grid.certificate}\nclient_key = {grid.key}\n")
    assert Lake(from_file(config), tmp_path).whoami()["account"] == "dm"


def test_the_doctor_names_the_certificate_and_the_account(
    config: Path, grid: Grid, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUCIO_CONFIG", str(config))
    told = CliRunner().invoke(main, ["doctor"]).output
    assert f"certificate {grid.proxy}" in told
    assert "dm (x509_proxy)" in told


def test_one_login_serves_until_its_token_ends(config: Path, gate: Gate, tmp_path: Path) -> None:
    lake = Lake(from_file(config), tmp_path)
    for _ in range(3):
        lake.whoami()
    assert len(gate.asked) == 1


def test_a_user_whom_the_site_does_not_know_is_told_which_certificate_was_shown(
    config: Path, grid: Grid, tmp_path: Path
) -> None:
    config.write_text(config.read_text().replace("account = dm", "account = other"))
    with pytest.raises(LoginRefused, match=f"account other, certificate {re.escape(str(grid.proxy))}"):
        Lake(from_file(config), tmp_path).whoami()


@pytest.mark.parametrize("content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_file_that_is_no_proxy_is_one_line_with_its_name(
    config: Path, tmp_path: Path, content: str
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text(content)
    wrong.chmod(0o600)
    with pytest.raises(LoginRefused, match=f"{re.escape(str(wrong))} cannot be used: it holds no") as refused:
        provider(from_file(with_proxy(config, wrong))).token()
    assert str(refused.value).isprintable()


def with_proxy(config: Path, proxy: Path) -> Path:
    config.write_text(re.sub(r"client_x509_proxy = .*", f"client_x509_proxy = {proxy}", config.read_text()))
    return config


def test_a_proxy_that_ended_is_said_to_have_ended(config: Path, grid: Grid, tmp_path: Path) -> None:
    old = grid.another(tmp_path / "old", ends=timedelta(hours=-1))
    with pytest.raises(LoginRefused, match=r"old \(.*certificate.*expired\); make a new proxy"):
        provider(from_file(with_proxy(config, old))).token()


def test_a_key_with_a_password_is_said_to_have_one_and_nobody_is_asked_for_it(
    config: Path, grid: Grid, tmp_path: Path
) -> None:
    key = serialization.load_pem_private_key(grid.key.read_bytes(), None)
    pem, locked = serialization.Encoding.PEM, serialization.BestAvailableEncryption(b"canary-password")
    path = tmp_path / "locked"
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, locked) + grid.certificate.read_bytes()
    )
    with pytest.raises(LoginRefused, match="or the key has a password"):
        provider(from_file(with_proxy(config, path))).token()


def storing(lake: Lake, gate: Gate) -> Lake:
    """The lake with the gate as a storage element of its own."""
    assert isinstance(lake.access, Storage)
    lake.access.endpoints().append(Endpoint("GRID", "https", "127.0.0.1", gate.server_port, "/grid/"))
    return lake


def test_a_storage_that_asks_for_a_certificate_is_read_with_it(
    config: Path, gate: Gate, tmp_path: Path
) -> None:
    lake = storing(Lake(from_file(config), tmp_path), gate)
    file = registered(BYTES, gate.url + FILE)
    (path,) = fetch_files([file], tmp_path / "data", access=lake.access)
    assert path.read_bytes() == BYTES
    assert gate.knows_the_user()


def test_a_renewed_proxy_is_shown_and_one_that_was_removed_is_said_to_be_gone(
    config: Path, gate: Gate, grid: Grid, tmp_path: Path
) -> None:
    proxy = grid.another(tmp_path / "mine")
    lake = storing(Lake(from_file(with_proxy(config, proxy)), tmp_path), gate)
    first = lake.access.verify(gate.url + FILE)
    assert lake.access.verify(gate.url + FILE) is first
    proxy.unlink()
    with pytest.raises(LoginRefused, match="no certificate at"):
        lake.access.verify(gate.url + FILE)
    grid.another(proxy)
    assert lake.access.verify(gate.url + FILE) is not first


def serial(gate: Gate, connections: Connections) -> str:
    """Ask for the file; number of the certificate that was shown."""
    with connections.request("GET", gate.url + FILE) as response:
        assert response.status_code == 200
    return str(gate.peers[-1]["serialNumber"])


def test_a_fetch_that_runs_shows_the_renewed_proxy_and_goes_on_while_it_is_exchanged(
    config: Path, gate: Gate, grid: Grid, tmp_path: Path
) -> None:
    proxy = grid.another(tmp_path / "mine")
    lake = storing(Lake(from_file(with_proxy(config, proxy)), tmp_path), gate)
    with contextlib.closing(Connections(lake.access, Policy())) as connections:
        first = serial(gate, connections)
        proxy.unlink()
        assert serial(gate, connections) == first
        grid.another(proxy)
        assert serial(gate, connections) != first


def test_where_a_storage_redirects_to_the_certificate_is_not_shown(
    config: Path, gate: Gate, grid: Grid, lake_by_password: Lake, tmp_path: Path
) -> None:
    with serving(Gate(lake_by_password, grid)) as other:
        lake = storing(storing(Lake(from_file(config), tmp_path), gate), other)
        gate.say = lambda *_: (302, {"Location": other.url + FILE}, b"")
        with (
            contextlib.closing(Connections(lake.access, Policy())) as connections,
            connections.request("GET", gate.url + FILE) as response,
        ):
            assert response.status_code == 401
        assert gate.knows_the_user()
        assert not other.knows_the_user()


def test_no_other_host_is_shown_the_certificate(config: Path, gate: Gate, tmp_path: Path) -> None:
    lake = Lake(from_file(config), tmp_path)
    context = lake.access.verify(gate.url + FILE)  # no storage element of the lake: a redirect may lead there
    with httpx.Client(verify=context, trust_env=False) as web:
        assert web.get(gate.url + FILE).status_code == 401
    assert not gate.knows_the_user()
