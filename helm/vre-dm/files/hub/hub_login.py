"""Login by OIDC: tokens for the lake are exchanged at each login, and renewed before they end.

Nothing is printed, and no answer of the issuer is logged: it may hold a token.
"""

import asyncio
import base64
import json
import logging
import math
import time
from typing import Any
from urllib.parse import urlencode

from jupyterhub import log
from oauthenticator.generic import GenericOAuthenticator
from oauthenticator.oauth2 import OAuthCallbackHandler
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.web import HTTPError
from traitlets import Dict, Float, Unicode

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
OUT = "not let in any more"
State = dict[str, Any]
# JupyterHub logs the address of each request: what the issuer says in one may name the user.
log.SCRUB_PARAM_KEYS = (*log.SCRUB_PARAM_KEYS, "error_description")
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105  # the name of a kind


class Refused(Exception):
    """The issuer said no; asking again does not help."""


class Unwelcome(Refused):
    """The token is good, and whom it is of may not be in; another token of the same user does not help."""


class Silent(Exception):
    """The issuer did not answer, or not in time, or said that it is not well."""


class Callback(OAuthCallbackHandler):
    """Where the issuer sends users back to; what it says of a refusal is for the user alone."""

    def check_error(self) -> None:
        """Refuse a login that the issuer refused; OAuthenticator's own error would be in the log."""
        if self.get_argument("error", None):
            raise HTTPError(400, "The login service refused the login; try again.")

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """Leave out the address, in which are the code of the login and what the issuer says."""
        if isinstance(error, HTTPError):
            self.log.warning("%d %s: %s", error.status_code, self.request.path, error.log_message)
        else:
            self.log.error("A login failed at %s", self.request.path, exc_info=(kind, error, trace))


class LakeAuthenticator(GenericOAuthenticator):
    """OAuthenticator with tokens of other audiences under ``exchanged_tokens`` in the login's state."""

    callback_handler = Callback

    exchange = Dict(config=True, help="By name: audience and scope of a token that is exchanged.")
    groups_claim = Unicode("groups", config=True, help="Claim that lists a user's groups.")
    timeout = Float(10.0, config=True, help="Seconds after which the issuer counts as silent.")
    early = Float(600.0, config=True, help="Seconds before its end in which a token is renewed.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # As names of users come, and as JupyterHub does with its other lists.
        self.blocked_users = {self.normalize_username(each) for each in self.blocked_users}
        # Of a hub that logs for debugging it would write down what is sent: tokens, and the client's secret.
        logging.getLogger("tornado.curl_httpclient").setLevel(logging.INFO)
        self._running: dict[str, asyncio.Task[bool | State]] = {}  # renewals, by user

    async def fetch(self, req: Any, label: str = "fetching", parse_json: bool = True, **kwargs: Any) -> Any:
        """Ask the issuer once, within the timeout; errors carry its status and nothing that it said."""
        req = req if isinstance(req, HTTPRequest) else HTTPRequest(req)
        req.connect_timeout = req.request_timeout = self.timeout
        req.follow_redirects = False  # a secret goes where the configuration says
        try:
            answer = await asyncio.wait_for(self.http_client.fetch(req, raise_error=False), self.timeout)
        except (TimeoutError, OSError, HTTPClientError):
            raise Silent from None
        except ValueError:
            msg = "its address cannot be asked"
            raise Silent(msg) from None
        if answer.code == 599:
            raise Silent
        if answer.code >= 500 or answer.code in {408, 429}:
            msg = f"HTTP {answer.code}"
            raise Silent(msg)
        if answer.code >= 300:
            msg = f"HTTP {answer.code}"
            raise Refused(msg)
        if not parse_json:
            return answer
        try:
            return json.loads(answer.body)
        except ValueError:
            msg = "no JSON came; is its address right?"
            raise Silent(msg) from None

    async def authenticate(self, handler: Any, data: Any = None, **kwargs: Any) -> Any:
        """Log a user in who comes back from the issuer."""
        try:
            return await super().authenticate(handler, data, **kwargs)
        except Refused as error:
            self.log.warning("The issuer refused a login (%s)", error)
            raise HTTPError(403, "The login was refused; try again.") from None
        except Silent as error:
            self.log.warning("The issuer did not answer at a login (%s)", _why(error))
            raise HTTPError(503, "The login service does not answer; try again soon.") from None

    async def get_token_info(self, handler: Any, params: State) -> State:
        """Tokens for a grant; as OAuthenticator asks, whose errors would hold the answer."""
        body = await self.httpfetch(
            self.token_url,
            method="POST",
            headers=self.build_token_info_request_headers(),
            body=urlencode(params).encode(),
            validate_cert=self.validate_server_cert,
        )
        if not isinstance(body, dict) or not isinstance(body.get("access_token"), str):
            msg = "no access token"
            raise Refused(msg)
        return {"token_type": "Bearer", **body}

    def user_info_to_username(self, user_info: Any) -> str:
        """Name of a user; OAuthenticator's own error would hold all that the issuer says of the user."""
        name = user_info.get(self.username_claim) if isinstance(user_info, dict) else None
        if not isinstance(name, str) or not name:
            msg = f"no claim {self.username_claim} that names the user"
            raise Unwelcome(msg)
        return name

    async def get_user_groups(self, auth_state: State) -> set[str]:
        """Groups that the claim lists, whose name may have dots in it."""
        said = _claim(auth_state[self.user_auth_state_key], self.groups_claim)
        listed = said if isinstance(said, list) else [said]
        return {each for each in listed if isinstance(each, str)}

    async def refresh_user(self, user: Any, handler: Any = None, **kwargs: Any) -> bool | State:
        """Renew a login before it ends.

        A silent issuer changes nothing: whoever has a living token and is still let in works on. One that
        refuses ends the login.
        Requests of a user that come at once share one renewal: an issuer may take a refresh token once only,
        and count the second use of it as a theft.
        """
        running = self._running.get(user.name)
        if running is None:
            running = self._running[user.name] = asyncio.create_task(self._refreshed(user))
            running.add_done_callback(lambda _: self._running.pop(user.name))
        said = await asyncio.shield(running)
        return said if isinstance(said, bool) else dict(said)

    async def _refreshed(self, user: Any) -> bool | State:
        state = await user.get_auth_state()
        if not self.check_blocked_users(user.name):
            return False
        if not state or not isinstance(state.get("access_token"), str):
            return False
        model: State | None = None
        try:
            model = await self._renewed(user, state)
        except Refused as error:
            self.log.info("The login of %s is not renewed (%s)", user.name, error)
        except Silent as error:
            self.log.warning(
                "The issuer did not answer (%s); the login of %s stays as it is", _why(error), user.name
            )
            return await self._is_in_still(user, state)
        now = await user.get_auth_state()
        if not now or now.get("access_token") != state["access_token"]:
            return bool(now)  # a login meanwhile, which is newer than this
        if model is None:
            return False
        # Saved before another renewal can read it; JupyterHub leaves alone what the model does not hold.
        await user.save_auth_state(model.pop("auth_state"))
        return model

    async def _is_in_still(self, user: Any, state: State) -> bool:
        """Whether the lists let a user in, by the groups that were known last."""
        admin, groups = user.name in self.admin_users, [group.name for group in user.groups]
        known = {"name": user.name, "admin": admin or None, "auth_state": state, "groups": groups}
        return bool(await self.check_allowed(user.name, known))

    async def _renewed(self, user: Any, state: State) -> State:
        name = user.name
        given, refresh = state.get("token_response") or {}, state.get("refresh_token")
        given = {"token_type": "Bearer", "access_token": state["access_token"], **given}
        kept = state.get("exchanged_tokens") or {}
        ends = _left(state["access_token"]) <= self.early
        if not (ends and refresh):
            try:
                return await self._of_user(name, given, kept)
            except Unwelcome:
                raise
            except Refused:
                # It was taken back before its time, or does not tell when that is.
                if ends or not refresh:
                    raise
        given = {"refresh_token": refresh, **await self._by_refresh(refresh)}
        try:
            return await self._of_user(name, given, kept)
        except Silent:
            # The issuer may take the old refresh token no more: the new one must not be lost.
            if not await self._is_in_still(user, state):
                raise Unwelcome(OUT) from None
            new = {"access_token": given["access_token"], "refresh_token": given["refresh_token"]}
            model = {"name": name, "admin": None, "auth_state": {**state, **new, "token_response": given}}
            return {**model, "groups": None} if self.manage_groups else model  # None: as they are

    async def _of_user(self, name: str, given: State, kept: dict[str, str]) -> State:
        """What a token says of the user, who is still one that is let in: JupyterHub asks at logins only."""
        model = await self._token_to_auth_model(given, kept)
        if model["name"] != name:
            msg = "another user"
            raise Unwelcome(msg)
        if not await self.check_allowed(name, model):
            raise Unwelcome(OUT)
        return model

    async def _by_refresh(self, refresh: str) -> State:
        return await self.get_token_info(None, self.build_refresh_token_request_params(refresh))

    async def _token_to_auth_model(self, token_info: State, kept: dict[str, str] | None = None) -> State:
        """As OAuthenticator, at a login and at each renewal; with the exchanged tokens."""
        model: State = await super()._token_to_auth_model(token_info)
        made = await self._exchanged(model["name"], token_info["access_token"], kept or {})
        model["auth_state"]["exchanged_tokens"] = made
        return model

    async def _exchanged(self, name: str, token: str, kept: dict[str, str]) -> dict[str, str]:
        """Tokens by name: those that were there while they have long to live, else new ones."""
        found = {each: kept[each] for each in self.exchange if self.early < _left(kept.get(each)) < math.inf}
        wanted = [each for each in self.exchange if each not in found]
        answers = await asyncio.gather(
            *(self._exchange(self.exchange[each], token) for each in wanted), return_exceptions=True
        )
        for each, answer in zip(wanted, answers, strict=True):
            if isinstance(answer, str):
                found[each] = answer
            elif isinstance(answer, (Refused, Silent)):
                self.log.warning("No token for %s was exchanged for %s (%s)", each, name, _why(answer))
                if each in kept and _left(kept[each]) > 0:
                    found[each] = kept[each]
            else:
                raise answer
        return found

    async def _exchange(self, wanted: dict[str, str], token: str) -> str:
        form = {
            "grant_type": EXCHANGE,
            "subject_token_type": ACCESS_TOKEN,
            "subject_token": token,
            "audience": wanted["audience"],
        }
        if wanted.get("scope"):
            form["scope"] = wanted["scope"]
        if not self.basic_auth:
            form |= {"client_id": self.client_id, "client_secret": self.client_secret}
        made: str = (await self.get_token_info(None, form))["access_token"]
        return made


def _left(token: str | None) -> float:
    """Seconds that a token says it has left; infinite where it says nothing, none where it is not there."""
    if token is None:
        return 0.0
    try:
        body = token.split(".")[1]
        return float(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["exp"]) - time.time()
    except (AttributeError, IndexError, ValueError, KeyError, TypeError):
        return math.inf


def _claim(said: Any, name: str) -> Any:
    """Claim of that very name; else one within others, whose names the dots part."""
    if isinstance(said, dict) and said.get(name) is not None:
        return said[name]
    for part in name.split("."):
        said = said.get(part) if isinstance(said, dict) else None
    return said


def _why(error: Exception) -> str:
    return str(error) or "no answer"
