"""A small OIDC issuer in the shape of Indigo IAM: JWT access tokens, exchange, refresh.

It knows the lake's one user and two clients (Rucio itself, and a hub). Nobody gets a token without a
password, a client secret or a valid token: other users of the machine reach this address too.
"""

import json
import secrets as random
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from markupsafe import escape
from werkzeug.wrappers import Response as AnyResponse

from vre_dm.sandbox.layout import USER, Layout, write_private
from vre_dm.sandbox.services.secrets import Secrets

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
        self.url, self.lifetime, self.redirects = url, lifetime, redirects
        self._secrets = secrets
        self._key = _key(layout.server / "issuer_key.json")
        self._codes: dict[str, tuple[float, Claims]] = {}

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
        answer = self._answer(self._user(subject), client, form.get("audience") or client, scope, None)
        return {**answer, "issued_token_type": ACCESS_TOKEN}

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


def application(issuer: Issuer) -> Flask:
    """The issuer's web face."""
    app = Flask("vre_dm_issuer")
    grants = {
        "authorization_code": issuer.from_code,
        "refresh_token": issuer.from_refresh,
        EXCHANGE: issuer.from_exchange,
        "client_credentials": issuer.from_client,
    }

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        return jsonify(_discovery(issuer.url, list(grants)))

    @app.get("/jwk")
    def keys() -> Response:
        return jsonify(issuer.public_keys())

    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> AnyResponse | tuple[str, int]:
        asked = request.args.to_dict()
        if asked.get("redirect_uri") not in issuer.redirects.get(asked.get("client_id", ""), []):
            return "This client may not send you there.", 400
        if request.method == "GET":
            return Response(_login_page(""), headers=_PAGE_HEADERS)
        user = request.form.get("username", "")
        if user != USER or not issuer.checks_password(user, request.form.get("password", "")):
            return Response(_login_page("Wrong name or password."), 401, headers=_PAGE_HEADERS)
        answer = urlencode({"code": issuer.code(user, asked), "state": asked.get("state", "")})
        return redirect(f"{asked['redirect_uri']}?{answer}")

    @app.post("/token")
    def token() -> Response | tuple[Response, int]:
        client = _client(issuer)
        grant = grants.get(request.form.get("grant_type", ""))
        if client is None:
            return jsonify(error="invalid_client"), 401
        if grant is None:
            return jsonify(error="unsupported_grant_type"), 400
        try:
            return jsonify(grant(client, request.form.to_dict()))
        except Refused as error:
            return jsonify(error=str(error)), 400

    @app.post("/introspect")
    def introspect() -> Response | tuple[Response, int]:
        if _client(issuer) is None:
            return jsonify(error="invalid_client"), 401
        try:
            return jsonify(active=True, **issuer.claims(request.form.get("token", "")))
        except Refused:
            return jsonify(active=False)

    @app.get("/userinfo")
    def userinfo() -> Response | tuple[Response, int]:
        try:
            bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
            return jsonify(issuer.profile(issuer.access_claims(bearer)))
        except Refused as error:
            return jsonify(error=str(error)), 401

    return app


_PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


def _login_page(problem: str) -> str:
    return f"""<!doctype html><html lang="en"><title>Embedded lake: log in</title>
<body style="font-family:sans-serif;max-width:30em;margin:3em auto"><h1>Log in to the embedded lake</h1>
<p role="alert">{escape(problem)}</p>
<p>Name and password stand in <code>client/userpass.cfg</code> of the lake's folder;
<code>vre-dm lake status</code> prints where that is.</p><form method="post">
<p><label>Name <input name="username" autocomplete="username" required></label></p>
<p><label>Password
<input name="password" type="password" autocomplete="current-password" required></label></p>
<p><button>Log in</button></p></form></body></html>"""


def _discovery(url: str, grants: list[str]) -> Claims:
    return {
        "issuer": url,
        "authorization_endpoint": f"{url}authorize",
        "token_endpoint": f"{url}token",
        "userinfo_endpoint": f"{url}userinfo",
        "jwks_uri": f"{url}jwk",
        "introspection_endpoint": f"{url}introspect",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "grant_types_supported": grants,
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    }


def _client(issuer: Issuer) -> str | None:
    login = request.authorization
    if login is not None and login.type == "basic":
        name, secret = login.username or "", login.password or ""
    else:
        name, secret = request.form.get("client_id", ""), request.form.get("client_secret", "")
    return name if issuer.checks_client(name, secret) else None


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
