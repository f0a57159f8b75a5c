"""Rucio's login in a browser: the user logs in at an address of the server, and we ask until it has a token.

The refresh token of such a login stays with the server, which renews a token that is shown to it.
"""

import threading
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import requests

from vre_dm.errors import LoginRefused, Unreachable
from vre_dm.lake.failures import told_plainly
from vre_dm.lake.http import TIMEOUT, Session, reason, roots
from vre_dm.lake.instance import Instance
from vre_dm.lake.tokens import Secret
from vre_dm.lake.tokens.asking import Sealed
from vre_dm.lake.tokens.device import Prompt, Wait

_SECONDS, _INTERVAL = 180.0, 2.0  # as Rucio's own client asks


def browser_login(instance: Instance, show: Callable[[Prompt], None], wait: Wait | None = None) -> Secret:
    """Log in at the lake's identity provider, in any browser.

    Parameters
    ----------
    instance
        Lake whose ``scope``, ``audience`` and ``issuer`` are asked for.
    show
        Shows the address to the user. Until the login is over whoever has it could take the token: it is
        shown to the user alone and never kept.
    wait
        Waits that many seconds.

    Raises
    ------
    LoginRefused
        The lake or the user said no, or nobody came in three minutes.
    Unreachable
        The lake does not answer, or sends the user to another server.
    """
    wait, left = wait or threading.Event().wait, _SECONDS
    asked = {
        "X-Rucio-Client-Authorize-Auto": "False",
        "X-Rucio-Client-Authorize-Polling": "True",
        "X-Rucio-Client-Authorize-Scope": instance.scope,
        "X-Rucio-Client-Authorize-Audience": instance.audience,
    }
    asked |= {"X-Rucio-Client-Authorize-Issuer": instance.issuer} if instance.issuer else {}
    address = _address(instance, asked)
    show(Prompt(address, "", left))
    while left > 0:
        response = _get(instance, address, {**asked, "X-Rucio-Client-Fetch-Token": "True"})
        token = response.headers.get("X-Rucio-Auth-Token")
        if response.status_code == requests.codes.ok and token:
            return Secret(token)
        wait(_INTERVAL)
        left -= _INTERVAL
    msg = f"nobody logged in to {instance.name} in {_SECONDS:.0f} seconds; start it again"
    raise LoginRefused(msg)


def refreshed(instance: Instance, token: Secret) -> Secret | None:
    """New token for one that still lives; ``None`` where the lake has no refresh token for it.

    Raises
    ------
    LoginRefused, Unreachable
        The lake says no, or nothing.
    """
    url = f"{instance.auth_url}/auth/oidc_refresh"
    response = _get(instance, url, {}, Sealed("X-Rucio-Auth-Token", token))
    if response.status_code != requests.codes.ok:
        msg = f"the lake {instance.name} did not renew the token: {reason(response)}; log in again"
        raise LoginRefused(msg)
    new = response.headers.get("X-Rucio-Auth-Token")
    return Secret(new) if new else None


def _address(instance: Instance, asked: Mapping[str, str]) -> str:
    response = _get(instance, f"{instance.auth_url}/auth/oidc", asked)
    address = str(response.headers.get("X-Rucio-OIDC-Auth-URL", ""))
    if response.status_code != requests.codes.ok or not address:
        msg = f"the lake {instance.name} offers no login in a browser: {reason(response)}; use a token file"
        raise LoginRefused(msg)
    if urlsplit(address)[:2] != urlsplit(instance.auth_url)[:2] or not address.isprintable():
        msg = f"the lake {instance.name} sends its users to another server; tell its admins"
        raise Unreachable(msg)
    return address


def _get(
    instance: Instance, url: str, headers: Mapping[str, str], auth: Sealed | None = None
) -> requests.Response:
    who = {"X-Rucio-VO": instance.vo} | ({"X-Rucio-Account": instance.account} if instance.account else {})
    with told_plainly(instance, "the login"), Session() as session:
        return session.get(
            url, headers={**who, **headers}, timeout=TIMEOUT, verify=roots(instance), auth=auth
        )
