"""A small OIDC issuer in the shape of Indigo IAM: JWT access tokens, exchange, refresh.

It knows the lake's one user and three clients (Rucio itself, a hub, and vre-dm, which has no secret). Nobody
gets a token without a password, a client secret or a valid token: other users of the machine reach this
address too.
"""

import json
import secrets as random
import time
import uuid
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from vre_dm.sandbox.layout import Layout, read_json, write_private
from vre_dm.sandbox.services.device import Devices, NotYet
from vre_dm.sandbox.services.secrets import HUB_CLIENT, OWN_CLIENT, Secrets

CODE_SECONDS = 60
REFRESH_SECONDS = 30 * 86400
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105
INVALID_TOKEN, INVALID_GRANT = "invalid_token", "invalid_grant"  # error codes of RFC 6749 and 6750
Claims = dict[str, Any]


class Refused(Exception):
    """A token request that is not granted; carries the OAuth error code."""


class Issuer:
    """Signs and checks tokens.

    Parameters
    ----------
    url
        The issuer as it stands in tokens.
    redirects
        Addresses that an authorization code may be sent to, by client.
    lifetime
        Seconds an access token is valid.
    """

    def __init__(
        self, layout: Layout, url: str, secrets: Secrets, redirects: dict[str, list[str]], lifetime: int
    ) -> None:
        self.url, self.lifetime = url, lifetime
        self._layout, self._secrets, self._redirects = layout, secrets, redirects
        self._key = _key(layout.server / "issuer_key.json")
        self._codes: dict[str, tuple[float, Claims]] = {}
        self.devices = Devices()

    def access_token(self, user: str, client: str, audience: str, scope: str) -> str:
        """An access token of a user, for an audience."""
        return self._signed({**self._subject(user), **_grant(client, audience, scope)}, self.lifetime)

    def claims(self, token: str) -> Claims:
        """Content of a token of ours that is still valid.

        Raises
        ------
        Refused
            It is not ours, was changed, or has expired.
        """
        try:
            content: Claims = jwt.decode(token, self._key, algorithms=["RS256"]).claims
        except (JoseError, ValueError, UnicodeError) as error:
            raise Refused(INVALID_TOKEN) from error
        if content.get("iss") != self.url or content.get("exp", 0) <= time.time():
            raise Refused(INVALID_TOKEN)
        return content

    def access_claims(self, token: str) -> Claims:
        """Content of a user's access token; a refresh, identity or client token is none.

        Raises
        ------
        Refused
            It is another kind of token, or none of ours that is valid.
        """
        content = self.claims(token)
        if "scope" not in content or "use" in content or "preferred_username" not in content:
            raise Refused(INVALID_TOKEN)
        return content

    def checks_password(self, account: str, password: str) -> bool:
        """Whether this is the account's password."""
        return _same(self._secrets.accounts.get(account), password)

    def checks_client(self, client: str, secret: str) -> bool:
        """Whether this is the client's secret."""
        return _same(self._secrets.clients.get(client), secret)

    def may_send_to(self, client: str, address: str) -> bool:
        """Whether a client's users may be sent back there; a hub's addresses stand in the lake's folder."""
        known = self._redirects.get(client, [])
        if client == HUB_CLIENT:
            known = [*known, *read_json(self._layout.callbacks).get(HUB_CLIENT, [])]
        return address in known

    def public_keys(self) -> Claims:
        """The key set that verifies our tokens."""
        return {"keys": [self._key.as_dict(private=False)]}

    def code(self, user: str, asked: Claims) -> str:
        """A code that one client may change into tokens once, soon."""
        now = time.time()
        self._codes = {name: kept for name, kept in self._codes.items() if kept[0] > now}
        code = random.token_urlsafe(24)
        self._codes[code] = (now + CODE_SECONDS, {**asked, "user": user})
        return code

    def from_code(self, client: str, form: Claims) -> Claims:
        """Tokens for a code."""
        until, asked = self._codes.pop(form.get("code", ""), (0.0, {}))
        if (
            until < time.time()
            or asked["client_id"] != client
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            raise Refused(INVALID_GRANT)
        audience = form.get("audience") or asked.get("audience") or client
        return self._answer(asked["user"], client, audience, asked.get("scope", "openid"), asked.get("nonce"))

    def from_refresh(self, client: str, form: Claims) -> Claims:
        """Tokens for a refresh token, never wider than it."""
        kept = self.claims(form.get("refresh_token", ""))
        if kept.get("use") != "refresh" or kept["client_id"] != client:
            raise Refused(INVALID_GRANT)
        scope = form.get("scope") or kept["scope"]
        if not _within(scope, kept["scope"]):
            raise Refused(INVALID_GRANT)
        return self._answer(self._user(kept), client, form.get("audience") or kept["for"], scope, None)

    def from_exchange(self, client: str, form: Claims) -> Claims:
        """A token of the same user for another audience (RFC 8693), as a hub asks for its users."""
        subject = self.access_claims(form.get("subject_token", ""))
        scope = form.get("scope") or "openid profile"
        if client == OWN_CLIENT and not _within(scope, subject["scope"]):
            raise Refused(INVALID_GRANT)  # whoever found a token must not make a longer login of it
        answer = self._answer(self._user(subject), client, form.get("audience") or client, scope, None)
        return {**answer, "issued_token_type": ACCESS_TOKEN}

    def from_device(self, client: str, form: Claims) -> Claims:
        """Tokens for a login that its user confirmed on another screen."""
        try:
            user, audience, scope = self.devices.confirmed(client, form.get("device_code", ""))
        except NotYet as error:
            raise Refused(str(error)) from error
        return self._answer(user, client, audience, scope, None)

    def from_client(self, client: str, form: Claims) -> Claims:
        """A token of the client itself."""
        scope = form.get("scope", "")
        grant = {"sub": client, **_grant(client, form.get("audience") or client, scope)}
        token = self._signed(grant, self.lifetime)
        return {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime, "scope": scope}

    def profile(self, claims: Claims) -> Claims:
        """What /userinfo says."""
        user = self._user(claims)
        return {"sub": claims["sub"], "preferred_username": user, "name": user, "email": f"{user}@localhost"}

    def _answer(self, user: str, client: str, audience: str, scope: str, nonce: str | None) -> Claims:
        answer: Claims = {
            "access_token": self.access_token(user, client, audience, scope),
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "scope": scope,
        }
        if "openid" in scope.split():
            identity = {**self._subject(user), "aud": client, **({"nonce": nonce} if nonce else {})}
            answer["id_token"] = self._signed(identity, self.lifetime)
        if "offline_access" in scope.split():
            # Its audience is the issuer: nobody else takes it for an access token.
            kind = {"use": "refresh", "for": audience}
            refresh = {**self._subject(user), **_grant(client, self.url, scope), **kind}
            answer["refresh_token"] = self._signed(refresh, REFRESH_SECONDS)
        return answer

    def _subject(self, user: str) -> Claims:
        return {"sub": self._secrets.subjects[user], "preferred_username": user}

    def _user(self, claims: Claims) -> str:
        try:
            return next(user for user, sub in self._secrets.subjects.items() if sub == claims["sub"])
        except StopIteration:
            raise Refused(INVALID_GRANT) from None

    def _signed(self, claims: Claims, lifetime: int) -> str:
        now = int(time.time())
        times = {"iat": now, "nbf": now - 60, "exp": now + lifetime, "jti": str(uuid.uuid4())}
        header = {"alg": "RS256", "kid": self._key.kid}
        token: str = jwt.encode(header, {"iss": self.url, **times, **claims}, self._key)
        return token


def _grant(client: str, audience: str, scope: str) -> Claims:
    return {"aud": audience, "scope": scope, "client_id": client, "wlcg.ver": "1.0"}


def _within(scope: str, limit: str) -> bool:
    return set(scope.split()) <= set(limit.split())


def _same(expected: str | None, given: str) -> bool:
    return expected is not None and random.compare_digest(expected.encode(), given.encode())


def _key(path: Path) -> RSAKey:
    if not path.exists():
        made = RSAKey.generate_key(
            2048, {"kid": uuid.uuid4().hex, "alg": "RS256", "use": "sig"}, private=True
        )
        write_private(path, json.dumps(made.as_dict(private=True)))
    return RSAKey.import_key(json.loads(path.read_text()))
