"""One lake as configured: where its server is, how this user logs in, what is mounted here."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from vre_dm.errors import InvalidConfiguration
from vre_dm.lake.audiences import Audiences
from vre_dm.lake.tokens import Secret, TokenProvider
from vre_dm.lake.tokens.oauth import Registration

_NONE = Audiences()
AUTH_KINDS = ("oidc", "userpass", "x509", "x509_proxy")


@dataclass(frozen=True, slots=True)
class Mount:
    """A storage element that this machine has mounted.

    Attributes
    ----------
    rse
        Storage element.
    folder
        Where it is mounted.
    begins_at
        How many leading parts of a physical file name's path the mount leaves out.
    """

    rse: str
    folder: Path
    begins_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A Rucio server and how this user logs in to it.

    Attributes
    ----------
    name, url, auth_url
        Name to choose it by; addresses of the server and of its login, without a slash at the end.
    auth
        ``oidc``, ``userpass``, ``x509`` or ``x509_proxy``.
    source
        Where the settings were found, for messages.
    account, vo
        Rucio account (``None``: the server's choice for the identity) and virtual organisation.
    ca
        Certificate authority of the server; ``None`` for the system's list.
    tokens
        Where OIDC tokens come from.
    scope, audience, issuer
        What a login in a browser asks the server for; issuer ``None``: the server's own.
    registration
        Client at the issuer itself, for logins by code and for tokens of other audiences.
    hub
        Gives a token of this user that the hub has for an audience by its own word, in a hub.
    storage_audiences
        Whom tokens for the storage must be for.
    username, password
        For ``userpass``.
    certificate, key
        PEM files for ``x509`` and ``x509_proxy``.
    mount
        Storage element mounted here, if any.
    replicate
        Whether a fetch asks the lake to bring the files to the mounted element, instead of copying them here.
    rule_days
        Usual lifetime of replication rules in days.
    embedded
        Whether it is the embedded lake of this machine.
    """

    name: str
    url: str
    auth_url: str
    auth: str
    source: str
    account: str | None = None
    vo: str = "def"
    ca: Path | None = None
    tokens: TokenProvider | None = None
    scope: str = "openid profile"
    audience: str = "rucio"
    issuer: str | None = None
    registration: Registration | None = None
    hub: Callable[[str], TokenProvider] | None = None
    storage_audiences: Audiences = _NONE
    username: str | None = None
    password: Secret | None = None
    certificate: Path | None = None
    key: Path | None = None
    mount: Mount | None = None
    replicate: bool = False
    rule_days: float | None = None
    embedded: bool = False

    @property
    def replica(self) -> Mount | None:
        """Element to which a fetch has the lake bring the files, in replica mode."""
        return self.mount if self.replicate else None

    def __post_init__(self) -> None:
        for url in (self.url, self.auth_url):
            _check_url(url, self.source)
        if not self.auth:
            msg = (
                f"{self.source}: no kind of login is named; set auth_type in rucio.cfg, oidc_auth or "
                "default_auth_type in RucioConfig, or the variable RUCIO_AUTH_TYPE"
            )
            raise InvalidConfiguration(msg)
        if self.auth not in AUTH_KINDS:
            msg = (
                f"{self.source}: login by {self.auth!r} is not supported; use one of {', '.join(AUTH_KINDS)}"
            )
            raise InvalidConfiguration(msg)


def _check_url(url: str, source: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not host or parts.username or parts.query or parts.fragment:
        msg = (
            f"{source}: {url!r} is not the address of a Rucio server; write https://host or https://host:port"
        )
        raise InvalidConfiguration(msg)
    if parts.scheme == "http" and not is_loopback(host):
        msg = f"{source}: {url} would send your credentials in the clear; use https://"
        raise InvalidConfiguration(msg)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
