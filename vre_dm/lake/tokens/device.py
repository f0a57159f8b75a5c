"""Login on another screen (RFC 8628): the issuer shows a short code that the user confirms in any browser."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from vre_dm.errors import LoginRefused, Unreachable
from vre_dm.lake.tables import clean
from vre_dm.lake.tokens.asking import Answer
from vre_dm.lake.tokens.oauth import Client, Form, grant_in, refuse_plain
from vre_dm.lake.tokens.provider import Grant
from vre_dm.lake.tokens.secret import Secret

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_INTERVAL, _SLOWER = 5.0, 5.0  # seconds: RFC 8628, sections 3.2 and 3.5
_LONGEST = 1800.0

Wait = Callable[[float], object]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the user is asked to do.

    Attributes
    ----------
    address, code
        Page to open, and what to type there (empty where the address says it all). Neither is a token, but
        who has them can log in for the user's notebook: they are shown and never kept.
    seconds
        How long that is possible.
    link
        Address that holds the code already; empty where there is none.
    """

    address: str
    code: str
    seconds: float
    link: str = ""


def device_login(
    client: Client,
    scope: str,
    show: Callable[[Prompt], None],
    wait: Wait | None = None,
    *,
    audience: str = "",
) -> tuple[Grant, Secret | None]:
    """Log in by device flow: show a code, then ask until the user has confirmed it.

    Parameters
    ----------
    client
        Client of an issuer that has the flow.
    scope, audience
        What the token is for; ``offline_access`` in the scope asks for a refresh token.
    show
        Shows the prompt to the user.
    wait
        Waits that many seconds.

    Returns
    -------
    tuple
        Token, and refresh token if there is one.

    Raises
    ------
    LoginRefused
        The user or the issuer said no, or nobody came in time.
    InvalidConfiguration
        The issuer would have the user confirm in the clear.
    Unreachable
        The issuer does not answer.
    """
    meant: Form = {"audience": audience} if audience else {}
    started = _started(client, {"scope": scope, **meant})
    prompt = _prompt(started, client.issuer)
    show(prompt)
    asked: Form = {"grant_type": _GRANT, "device_code": Secret(started.text("device_code")), **meant}
    interval = started.seconds("interval") or _INTERVAL
    return _confirmed(client, asked, interval, prompt.seconds, wait or threading.Event().wait)


def _started(client: Client, form: Form) -> Answer:
    if not client.device_url:
        msg = f"the issuer {client.issuer} has no device flow; log in with your hub or with a token file"
        raise LoginRefused(msg)
    started = client.post(client.device_url, form)
    if started.status != 200 or not (started.text("device_code") and _page(started)):
        msg = f"the issuer {client.issuer} did not start a login: {started.fault}; log in another way"
        raise LoginRefused(msg)
    return started


def _page(started: Answer) -> str:
    return started.text("verification_uri") or started.text("verification_url")


def _prompt(started: Answer, issuer: str) -> Prompt:
    address, link = _page(started), started.text("verification_uri_complete")
    for url in filter(None, (address, link)):
        refuse_plain(url, issuer)
    seconds = min(started.seconds("expires_in") or _LONGEST, _LONGEST)
    return Prompt(clean(address, None), clean(started.text("user_code"), None), seconds, clean(link, None))


def _confirmed(
    client: Client, asked: Form, interval: float, left: float, wait: Wait
) -> tuple[Grant, Secret | None]:
    while left > 0:
        wait(interval)
        left -= interval
        try:
            answer = client.post(client.token_url, asked)
        except Unreachable:  # the user may be typing the code this moment: no reason to give up
            if left <= 0:
                raise
            interval += _SLOWER
            continue
        if answer.status == 200:
            return grant_in(answer, client.issuer)
        error = answer.text("error")
        if error == "slow_down":
            interval += _SLOWER
        elif error != "authorization_pending" and answer.status < 500:
            msg = f"the issuer {client.issuer} refused the login: {answer.fault}; start it again"
            raise LoginRefused(msg)
    msg = f"nobody confirmed the login at {client.issuer} in time; start it again"
    raise LoginRefused(msg)
