"""Login by OIDC: tokens for the lake are exchanged at each login, and renewed before they end.

Nothing is printed, and no answer of the issuer is logged: it may hold a token.
"""

import asyncio
import base64
import json
import math
import time
from typing import Any
from urllib.parse import urlencode

from oauthenticator.generic import GenericOAuthenticator
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.web import HTTPError
from traitlets import Dict, Float

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
State = dict[str, Any]
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105  # the name of a kind


class Refused(Exception):
    """The issuer said no; asking again does not help."""


class Silent(Exception):
    """The issuer did not answer, or not in time, or said that it is not well."""


class LakeAuthenticator(GenericOAuthenticator):
    """OAuthenticator with tokens of other audiences under ``exchanged_tokens`` in the login's state."""

    exchange = Dict(config=True, help="By name: audience and scope of a token that is exchanged.")
    timeout = Float(10.0, config=True, help="Seconds after which the issuer counts as silent.")
    early = Float(600.0, config=True, help="Seconds before its end in which a token is renewed.")

    async def fetch(self, req: Any, label: str = "fetching", parse_json: bool = True, **kwargs: Any) -> Any:
        """Ask the issuer once, within the timeout; errors carry its status and nothing that it said."""
        req = req if isinstance(req, HTTPRequest) else HTTPRequest(req)
        req.connect_timeout = req.request_timeout = self.timeout
        req.follow_redirects = False  # a secret goes where the configuration says
        try:
            answer = await asyncio.wait_for(self.http_client.fetch(req, raise_error=False), self.timeout)
        except (TimeoutError, OSError, HTTPClientError):
            raise Silent from None
        if answer.code >= 500 or answer.code in {408, 429, 599}:
            raise Silent
        if answer.code >= 300:
            msg = f"HTTP {answer.code}"
            raise Refused(msg)
        if not parse_json:
            return answer
        try:
            return json.loads(answer.body)
        except ValueError:
            raise Silent from None

    async def authenticate(self, handler: Any, data: Any = None, **kwargs: Any) -> Any:
        """Log a user in who comes back from the issuer."""
        try:
            return await super().authenticate(handler, data, **kwargs)
        except Refused:
            self.log.warning("The issuer refused a login")
            raise HTTPError(403, "The login was refused; try again.") from None
        except Silent:
            self.log.warning("The issuer did not answer at a login")
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

    async def refresh_user(self, user: Any, handler: Any = None, **kwargs: Any) -> bool | State:
        """Renew a login before it ends.

        A silent issuer changes nothing: whoever has a living token works on. One that refuses ends the login.
        """
        state = await user.get_auth_state()
        if not state or not isinstance(state.get("access_token"), str):
            return False
        try:
            return await self._renewed(user.name, state)
        except Refused as error:
            self.log.info("The issuer does not renew the login of %s (%s)", user.name, error)
            return False
        except Silent:
            self.log.warning("The issuer did not answer; the login of %s stays as it is", user.name)
            return True

    async def _renewed(self, name: str, state: State) -> State:
        given, refresh = state.get("token_response") or {}, state.get("refresh_token")
        given = {"token_type": "Bearer", "access_token": state["access_token"], **given}
        kept = state.get("exchanged_tokens") or {}
        ends = _left(state["access_token"]) <= self.early
        if not (ends and refresh):
            try:
                return await self._of_user(name, given, kept)
            except Refused:
                # It was taken back before its time, or does not tell when that is.
                if ends or not refresh:
                    raise
        given = {"refresh_token": refresh, **await self._by_refresh(refresh)}
        try:
            return await self._of_user(name, given, kept)
        except Silent:
            # The issuer may take the old refresh token no more: the new one must not be lost.
            new = {"access_token": given["access_token"], "refresh_token": given["refresh_token"]}
            return {"name": name, "admin": None, "auth_state": {**state, **new, "token_response": given}}

    async def _of_user(self, name: str, given: State, kept: dict[str, str]) -> State:
        model = await self._token_to_auth_model(given, kept)
        if model["name"] != name:
            msg = "another user"
            raise Refused(msg)
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
                why = str(answer) or "no answer"
                self.log.warning("No token for %s was exchanged for %s (%s)", each, name, why)
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
