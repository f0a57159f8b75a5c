"""Gets a token provider for a lake: the configured one for OIDC, a login for passwords and certificates."""

import re
import ssl
from functools import partial

import requests

from vre_dm.errors import LoginRefused
from vre_dm.lake import certificate
from vre_dm.lake.browser_login import refreshed
from vre_dm.lake.failures import told_plainly
from vre_dm.lake.http import TIMEOUT, Session, http_date, reason, roots
from vre_dm.lake.instance import Instance
from vre_dm.lake.tokens import FileToken, FirstOf, Grant, Secret, TokenProvider
from vre_dm.lake.tokens.asking import Sealed
from vre_dm.lake.tokens.keeping import Kept
from vre_dm.lake.tokens.renewed_file import RenewedFile


def provider(instance: Instance) -> TokenProvider:
    """Where tokens for this lake come from.

    Raises
    ------
    LoginRefused
        The configuration lacks what its kind of login needs.
    """
    if instance.auth == "oidc":
        if instance.tokens is None:
            msg = (
                f"no OIDC token for {instance.name} (settings from {instance.source}); "
                f"set auth_token_file_path in rucio.cfg, or RUCIO_ACCESS_TOKEN, or log in with: vre-dm login"
            )
            raise LoginRefused(msg)
        return _renewing(instance, instance.tokens)
    if instance.auth == "userpass":
        if not instance.username or not instance.password:
            msg = (
                f"no username and password for {instance.name} (settings from {instance.source}); write both "
                f"into the section [client] of a rucio.cfg with rucio_host = {instance.url}"
            )
            raise LoginRefused(msg)
        return Kept(lambda: _login(instance), f"password of {instance.username}")
    certificate.files(instance)  # what is missing is said before anything is asked
    return Kept(lambda: _login(instance), f"certificate {instance.certificate}")


def _renewing(instance: Instance, tokens: TokenProvider) -> TokenProvider:
    """Token files renewed through the lake, which keeps the refresh token of a login in a browser."""
    if isinstance(tokens, FirstOf):
        return FirstOf([_renewing(instance, source) for source in tokens.sources])
    if not isinstance(tokens, FileToken) or isinstance(tokens, RenewedFile) or not instance.account:
        return tokens
    refresh = partial(refreshed, instance)
    return RenewedFile(tokens.path, refresh, found=tokens.found, audience=tokens.audience)


def _login(instance: Instance) -> Grant:
    """Exchange a password or a certificate for a token of the server."""
    headers = {"X-Rucio-VO": instance.vo}
    if instance.account:
        headers["X-Rucio-Account"] = instance.account
    password, session = None, Session()
    if instance.auth == "userpass" and instance.username and instance.password:
        headers["X-Rucio-Username"] = instance.username
        password = Sealed("X-Rucio-Password", instance.password)
    else:
        certificate.load(
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), instance
        )  # requests would not say what is wrong
        session.cert = tuple(map(str, certificate.files(instance)))
    with told_plainly(instance, "the login"), session:
        try:
            response = session.get(
                f"{instance.auth_url}/auth/{instance.auth}", headers=headers, timeout=TIMEOUT,
                verify=roots(instance), auth=password,
            )  # fmt: skip
        except requests.exceptions.ConnectionError as error:
            _blame_certificate(instance, str(error))
            raise
    token = response.headers.get("X-Rucio-Auth-Token")
    if not token:
        raise LoginRefused(_login_refusal(instance, response))
    ends, now = (http_date(response.headers.get(name)) for name in ("X-Rucio-Auth-Token-Expires", "Date"))
    return Grant(Secret(token), ends, now)


def _blame_certificate(instance: Instance, fault: str) -> None:
    """Say so where the server ended the connection over our certificate: it expired, for one."""
    if instance.auth == "userpass" or "CERTIFICATE_VERIFY_FAILED" in fault:
        return
    alert = re.search(r"alert ((?:[a-z]+ )*[a-z]+)", fault)
    if alert or "EOF occurred" in fault or "reset by peer" in fault:  # not every server says why
        why = alert[1] if alert else "it ended the connection; the certificate may have expired"
        msg = (
            f"the lake {instance.name} refused the certificate {instance.certificate} ({why}); "
            "make a new proxy with voms-proxy-init"
        )
        raise LoginRefused(msg)


def _login_refusal(instance: Instance, response: requests.Response) -> str:
    what = f"account {instance.account}, " if instance.account else ""
    what += (
        f"username {instance.username}"
        if instance.auth == "userpass"
        else f"certificate {instance.certificate}"
    )
    return (
        f"the lake {instance.name} refused the login ({what}): {reason(response)}; "
        f"check them in {instance.source}"
    )
