"""What every source of tokens can do, and what a token says about itself."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from vre_dm.errors import LoginRefused
from vre_dm.lake.tables import clean
from vre_dm.lake.tokens.secret import Secret

ANYBODY = "https://wlcg.cern.ch/jwt/v1/any"
"""Audience of a token that is for whoever it is shown to: WLCG Common JWT Profiles, claim ``aud``."""


class TokenProvider(Protocol):
    """Where a token comes from; asked at each request."""

    def token(self) -> Secret:
        """Token to use now.

        Raises
        ------
        LoginRefused
            There is none; the text says where it was looked for.
        """
        ...

    def renew(self, refused: Secret | None = None) -> bool:
        """After the lake refused a token: try to get another; whether it is worth asking again.

        Parameters
        ----------
        refused
            Token that was refused. Where another thread has replaced it meanwhile, nothing is done.
        """
        ...

    def expires(self) -> datetime | None:
        """When the present token ends (UTC), or ``None`` when it does not say."""
        ...

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Grant:
    """A token as it was handed out.

    Attributes
    ----------
    token
        Access token.
    ends
        When it ends, in the clock of who gave it; ``None`` where nobody says.
    now
        Time of that clock when it was given; ``None`` for this machine's.
    """

    token: Secret
    ends: datetime | None = None
    now: datetime | None = None


def expiry(token: Secret) -> datetime | None:
    """``exp`` claim of a JWT, read without checking its signature: for telling the user, not for trust.

    Returns
    -------
    datetime or None
        In UTC; ``None`` when the token is not a JWT or has no usable ``exp``.
    """
    return _date(token, "exp")


def issued(token: Secret) -> datetime | None:
    """``iat`` claim of a JWT, read as in `expiry`."""
    return _date(token, "iat")


def audiences(token: Secret) -> frozenset[str]:
    """``aud`` claim of a JWT, read as in `expiry`; empty where it does not say."""
    said = _claims(token).get("aud")
    return frozenset(str(entry) for entry in (said if isinstance(said, list) else [said] if said else []))


def meant_for(token: Secret, audience: str, source: object) -> Secret:
    """Token itself, where it is for an audience or for any by its own word, or says nothing.

    Parameters
    ----------
    audience
        Empty for whoever it is for.
    source
        Where it comes from, for the message.

    Raises
    ------
    LoginRefused
        It is for others.
    """
    said = audiences(token)
    if audience and said and said.isdisjoint({audience, ANYBODY}):
        whom = clean(", ".join(sorted(said)), 200)
        msg = (
            f"the token in the {source} is for {whom}, not for {audience}; "
            "log in with: vre-dm login, or, if the lake takes it, set oidc_audience in rucio.cfg"
        )
        raise LoginRefused(msg)
    return token


def _date(token: Secret, claim: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(_claims(token)[claim]), UTC)
    except (ValueError, TypeError, KeyError, OverflowError, OSError):
        return None


def _claims(token: Secret) -> Mapping[str, Any]:
    parts = token.reveal().split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}
