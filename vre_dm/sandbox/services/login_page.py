"""The issuer's web face: its login page, the token endpoint, discovery, introspection, user information."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from markupsafe import escape
from werkzeug.wrappers import Response as AnyResponse

from vre_dm.sandbox.layout import USER
from vre_dm.sandbox.services import device
from vre_dm.sandbox.services.device import NotYet
from vre_dm.sandbox.services.issuer import EXCHANGE, Issuer, Refused
from vre_dm.sandbox.services.secrets import OWN_CLIENT

Claims = dict[str, Any]
_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
_PUBLIC = {_DEVICE, "refresh_token", EXCHANGE}  # grants that need a user or his token, whoever asks


def application(issuer: Issuer) -> Flask:
    """The web application of an issuer."""
    app = Flask("vre_dm_issuer")
    _add_discovery(app, issuer)
    _add_login(app, issuer)
    _add_devices(app, issuer)
    _add_tokens(app, issuer)
    _add_answers_about_tokens(app, issuer)
    return app


def _grants(issuer: Issuer) -> dict[str, Callable[[str, Claims], Claims]]:
    return {
        "authorization_code": issuer.from_code,
        "refresh_token": issuer.from_refresh,
        EXCHANGE: issuer.from_exchange,
        _DEVICE: issuer.from_device,
        "client_credentials": issuer.from_client,
    }


def _add_discovery(app: Flask, issuer: Issuer) -> None:
    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        return jsonify(_discovery(issuer.url, list(_grants(issuer))))

    @app.get("/jwk")
    def keys() -> Response:
        return jsonify(issuer.public_keys())


def _add_login(app: Flask, issuer: Issuer) -> None:
    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> AnyResponse | tuple[str, int]:
        asked = request.args.to_dict()
        if not issuer.may_send_to(asked.get("client_id", ""), asked.get("redirect_uri", "")):
            return "This client may not send you there.", 400
        if request.method == "GET":
            return Response(_login_page(""), headers=_PAGE_HEADERS)
        user = _user(issuer)
        if user is None:
            return Response(_login_page("Wrong name or password."), 401, headers=_PAGE_HEADERS)
        answer = urlencode({"code": issuer.code(user, asked), "state": asked.get("state", "")})
        return redirect(f"{asked['redirect_uri']}?{answer}")


def _add_devices(app: Flask, issuer: Issuer) -> None:
    @app.post("/devicecode")
    def start() -> Response | tuple[Response, int]:
        client = _client(issuer)
        if client is None:
            return jsonify(error="invalid_client"), 401
        try:
            code, shown = issuer.devices.start(client, request.form.to_dict())
        except NotYet as error:
            return jsonify(error=str(error)), 400
        page = f"{issuer.url}device"
        addresses = {"verification_uri": page, "verification_uri_complete": f"{page}?user_code={shown}"}
        times = {"expires_in": device.SECONDS, "interval": device.INTERVAL}
        return jsonify(device_code=code, user_code=shown, **addresses, **times)

    @app.route("/device", methods=["GET", "POST"])
    def confirm() -> Response:
        shown = request.values.get("user_code", "")
        if request.method == "GET":
            return Response(_login_page("", _code_fields(shown)), headers=_PAGE_HEADERS)
        user = _user(issuer)
        if user is None:
            page = _login_page("Wrong name or password.", _code_fields(shown))
            return Response(page, 401, headers=_PAGE_HEADERS)
        said_yes = request.form.get("answer") != "no"
        if not issuer.devices.decide(shown, user if said_yes else None):
            page = _login_page("No login waits for this code; start it again.", _code_fields(""))
            return Response(page, 400, headers=_PAGE_HEADERS)
        done = "You are logged in there." if said_yes else "The login was refused."
        return Response(f"<!doctype html><title>Embedded lake</title><p>{done}</p>", headers=_PAGE_HEADERS)


def _user(issuer: Issuer) -> str | None:
    user = request.form.get("username", "")
    right = user == USER and issuer.checks_password(user, request.form.get("password", ""))
    return user if right else None


def _add_tokens(app: Flask, issuer: Issuer) -> None:
    @app.post("/token")
    def token() -> Response | tuple[Response, int]:
        client = _client(issuer)
        grant = _grants(issuer).get(request.form.get("grant_type", ""))
        if client is None:
            return jsonify(error="invalid_client"), 401
        if grant is None:
            return jsonify(error="unsupported_grant_type"), 400
        try:
            return jsonify(grant(client, request.form.to_dict()))
        except Refused as error:
            return jsonify(error=str(error)), 400


def _add_answers_about_tokens(app: Flask, issuer: Issuer) -> None:
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


_PAGE_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


def _code_fields(shown: str) -> str:
    return f"""<p>A program asks to log in as you. Go on only if you started it and it shows this code.</p>
<p><label>Code <input name="user_code" value="{escape(shown)}" autocomplete="off" required></label></p>
<p><label><input type="checkbox" name="answer" value="no"> I did not start it: refuse</label></p>"""


def _login_page(problem: str, more: str = "") -> str:
    return f"""<!doctype html><html lang="en"><title>Embedded lake: log in</title>
<body style="font-family:sans-serif;max-width:30em;margin:3em auto"><h1>Log in to the embedded lake</h1>
<p role="alert">{escape(problem)}</p>
<p>Name and password stand in <code>client/userpass.cfg</code> of the lake's folder;
<code>vre-dm lake status</code> prints where that is.</p><form method="post">{more}
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
        "device_authorization_endpoint": f"{url}devicecode",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "grant_types_supported": grants,
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
    }


def _client(issuer: Issuer) -> str | None:
    login = request.authorization
    if login is not None and login.type == "basic":
        name, secret = login.username or "", login.password or ""
    else:
        name, secret = request.form.get("client_id", ""), request.form.get("client_secret", "")
    public = request.path == "/devicecode" or request.form.get("grant_type") in _PUBLIC
    if name == OWN_CLIENT and public and request.path != "/introspect":
        return name
    return name if issuer.checks_client(name, secret) else None
