"""An OAuth 2 token endpoint: refresh, exchange to an audience, the end of a login, what refusals mean."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote_plus, urlsplit

from vre_dm.errors import InvalidConfiguration, LoginRefused, Unreachable
from vre_dm.lake.tokens.asking import Answer, Sealed, ask
from vre_dm.lake.tokens.provider import Grant, TokenProvider, expiry
from vre_dm.lake.tokens.secret import Secret

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105

Form = Mapping[str, str | Secret]

# Loopback names, on which http is no danger.
_HERE = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth client as an issuer registered it.

    Attributes
    ----------
    issuer, token_url, device_url, revoke_url
        Addresses; the last two are empty where the issuer has no device flow, or takes no token back over
        https.
    name, secret
        ``client_id``, and its secret unless it is a public client.
    ca
        Certificate authority of the issuer; ``None`` for the system's list.
    """

    issuer: str
    token_url: str
    device_url: str
    revoke_url: str
    name: str
    secret: Secret | None = None
    ca: Path | None = None

    def post(self, url: str, form: Form) -> Answer:
        """Send a form as this client."""
        if self.secret is None:
            return ask(url, "the issuer", form={"client_id": self.name, **form}, ca=self.ca)
        return ask(url, "the issuer", form=form, auth=_basic(self.name, self.secret), ca=self.ca)

    def granted(self, form: Form) -> tuple[Grant, Secret | None]:
        """Token, and a refresh token if there is one, for a grant.

        Raises
        ------
        LoginRefused
            The issuer says no.
        Unreachable
            It says nothing.
        """
        answer = self.post(self.token_url, form)
        if answer.status != 200:
            msg = f"the issuer {self.issuer} refused a token for {self.name}: {answer.fault}; log in again"
            raise LoginRefused(msg)
        return grant_in(answer, self.issuer)


def _basic(name: str, secret: Secret) -> Sealed:
    pair = f"{quote_plus(name)}:{quote_plus(secret.reveal())}"  # RFC 6749, section 2.3.1
    return Sealed("Authorization", Secret(base64.b64encode(pair.encode()).decode()), "Basic ")


def discover(issuer: str, name: str, secret: Secret | None = None, ca: Path | None = None) -> Client:
    """Client of an issuer, with the addresses that the issuer publishes.

    Raises
    ------
    InvalidConfiguration
        It publishes none, or ones for tokens or logins by code that are not its own or not https.
    Unreachable
        It does not answer.

    References
    ----------
    OpenID Connect Discovery 1.0, section 4
    """
    refuse_plain(issuer, issuer)
    answer = ask(f"{issuer.rstrip('/')}/.well-known/openid-configuration", "the issuer", ca=ca)
    kinds = ("token", "device_authorization", "revocation")
    token_url, device_url, revoke_url = (answer.text(f"{kind}_endpoint") for kind in kinds)
    if answer.status != 200 or answer.text("issuer").rstrip("/") != issuer.rstrip("/") or not token_url:
        msg = f"{issuer} is no OIDC issuer (its discovery document is not there); check the address"
        raise InvalidConfiguration(msg)
    for url in filter(None, (token_url, device_url)):
        refuse_plain(url, issuer)
    return Client(issuer, token_url, device_url, revoke_url if _is_safe(revoke_url) else "", name, secret, ca)


def refuse_plain(url: str, issuer: str) -> None:
    """Refuse an address over which others could read, or choose, where credentials go, and one that is none.

    Raises
    ------
    InvalidConfiguration
        It is no address over https.
    """
    if not _is_safe(url):
        msg = f"the issuer {issuer} would take your credentials in the clear; tell its admins"
        raise InvalidConfiguration(msg)


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How the users of a lake are known to its issuer, as the lake's admins registered it there.

    Attributes
    ----------
    issuer
        Address, as it stands in tokens.
    client_id, secret
        Client that was registered for vre-dm; a public one has no secret.
    scope
        What a login asks for; ``offline_access`` in it asks for a refresh token.
    storage_scope
        What a token for the storage asks for; empty: what the issuer gives unasked.
    ca
        Certificate authority of the issuer; ``None`` for the system's list.
    """

    issuer: str
    client_id: str
    secret: Secret | None = None
    scope: str = "openid profile offline_access"
    storage_scope: str = ""
    ca: Path | None = None

    def client(self) -> Client:
        """Client with the addresses that the issuer has now; see `discover`."""
        return discover(self.issuer, self.client_id, self.secret, self.ca)


def exchanged(
    registration: Registration, subject: TokenProvider, audience: str, scope: str
) -> Callable[[], Grant]:
    """How to get a token of the same user for another audience; the subject's token is asked each time.

    References
    ----------
    RFC 8693, section 2
    """

    def grant() -> Grant:
        form: Form = {"grant_type": EXCHANGE, "audience": audience} | ({"scope": scope} if scope else {})
        subject_is: Form = {"subject_token": subject.token(), "subject_token_type": ACCESS_TOKEN}
        return registration.client().granted({**form, **subject_is})[0]

    return grant


def refreshed(registration: Registration, refresh: Secret, audience: str) -> tuple[Grant, Secret]:
    """Next token of a login, and the refresh token for the one after it, which some issuers change each time.

    References
    ----------
    RFC 6749, section 6
    """
    form: Form = {"grant_type": "refresh_token", "refresh_token": refresh, "audience": audience}
    grant, rotated = registration.client().granted(form)
    return grant, rotated or refresh


def revoked(registration: Registration, refresh: Secret) -> bool:
    """Ask the issuer to take a refresh token no more; whether it says that it does.

    References
    ----------
    RFC 7009, section 2
    """
    form: Form = {"token": refresh, "token_type_hint": "refresh_token"}
    try:
        client = registration.client()
        return bool(client.revoke_url) and client.post(client.revoke_url, form).status == 200
    except (InvalidConfiguration, Unreachable):
        return False


def grant_in(answer: Answer, issuer: str) -> tuple[Grant, Secret | None]:
    """Token and refresh token of a token endpoint's answer.

    Raises
    ------
    LoginRefused
        It holds no bearer token.
    """
    kind = answer.text("token_type").lower()
    if not answer.text("access_token") or kind not in {"bearer", ""}:
        msg = f"the issuer {issuer} answered without a bearer token; tell its admins"
        raise LoginRefused(msg)
    token = Secret(answer.text("access_token"))
    left, now = answer.seconds("expires_in"), answer.date or datetime.now(UTC)
    ends = expiry(token) or (now + timedelta(seconds=left) if left else None)
    refresh = answer.text("refresh_token")
    return Grant(token, ends, now), Secret(refresh) if refresh else None
