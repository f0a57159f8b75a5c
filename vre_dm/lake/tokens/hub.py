"""Tokens that a JupyterHub keeps for its user, asked of its API with the token of this notebook server."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from vre_dm.errors import LoginRefused
from vre_dm.lake.tokens.asking import Answer, Sealed, ask
from vre_dm.lake.tokens.keeping import Kept
from vre_dm.lake.tokens.provider import Grant, TokenProvider, audiences, expiry
from vre_dm.lake.tokens.secret import Secret

_RESTART = "log in to the hub again and restart your server"


def hub_token(api: str, key: TokenProvider, audience: str, *, narrow: bool = False) -> Kept:
    """Token of the user that JupyterHub (4.1 or 5) has in its ``auth_state``.

    The hub renews it when its authenticator can (OAuthenticator 17.2 and later); it hands it out where its
    admins granted the scope ``admin:auth_state!user``. A token exchanged for the audience, kept under
    ``exchanged_tokens`` as SWAN's authenticator does, is taken before ``access_token``.

    Parameters
    ----------
    api
        ``JUPYTERHUB_API_URL``.
    key
        Gives ``JUPYTERHUB_API_TOKEN``.
    audience
        Whom the token must be for; one that says it is for others only is not used. Empty: the user's own
        token, whoever it is for, to be exchanged.
    narrow
        Whether a token that does not say whom it is for is not used either: it may open more than it should.

    References
    ----------
    JupyterHub REST API, ``GET /user`` and ``GET /users/{name}``; OAuthenticator's documentation, "Refreshing
    user authentication".
    """
    return Kept(lambda: _granted(api, key, audience, narrow=narrow), f"hub {api}")


def _granted(api: str, key: TokenProvider, audience: str, *, narrow: bool) -> Grant:
    answer = _asked(api, "user", key)
    if answer.body.get("auth_state", "") is None and answer.text("name"):
        # so say 4.1 and 5 of everybody's (jupyterhub#5103)
        answer = _asked(api, f"users/{quote(answer.text('name'), safe='')}", key)
    if not isinstance(answer.body.get("auth_state"), dict):
        raise LoginRefused(_no_state(api, "auth_state" in answer.body))
    # The state has no name here: what follows may fail, and a traceback can show variables.
    token = _for(audience, answer.body["auth_state"], narrow=narrow)
    if token is None:
        whose = f"for {audience}" if audience else "of its user"
        msg = f"the hub {api} has no token {whose}; use a token file, or ask its admins for one"
        raise LoginRefused(msg)
    return Grant(token, expiry(token), answer.date)


def _asked(api: str, what: str, key: TokenProvider) -> Answer:
    answer = ask(f"{api.rstrip('/')}/{what}", "the hub", auth=Sealed("Authorization", key.token(), "token "))
    if answer.status != 200:
        raise LoginRefused(_refusal(api, answer))
    return answer


def _for(audience: str, state: Mapping[str, Any], *, narrow: bool) -> Secret | None:
    exchanged = state.get("exchanged_tokens")
    made = exchanged.get(audience) if isinstance(exchanged, dict) else None
    if isinstance(made, str) and made:
        return Secret(made)
    plain = state.get("access_token")
    if not (isinstance(plain, str) and plain):
        return None
    token = Secret(plain)
    said = audiences(token)
    fits = audience in said or not audience or not (said or narrow)
    return token if fits else None


def _refusal(api: str, answer: Answer) -> str:
    if answer.status in {401, 403}:
        return f"the hub {api} does not know this server any more ({answer.fault}); {_RESTART}"
    return f"the hub {api} did not hand out a token ({answer.fault}); try again, or {_RESTART}"


def _no_state(api: str, allowed: bool) -> str:
    if allowed:
        return f"the hub {api} keeps no login state; ask its admins to set enable_auth_state"
    scope = "admin:auth_state!user to the roles user and server"
    return f"the hub {api} does not show its tokens; ask its admins to grant {scope}, or use a token file"
