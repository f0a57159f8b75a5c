"""Logins by a code that is confirmed on another screen (RFC 8628): who asked, and what the user said."""

import secrets
import threading
import time
from dataclasses import dataclass
from typing import Any

SECONDS = 600
INTERVAL = 1
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels, so no words: RFC 8628, section 6.1
_MOST = 100  # under way at a time: whoever reaches the address may start one


class NotYet(Exception):
    """No tokens for this code now; carries the OAuth error code."""


_TOO_EARLY, _PENDING = "slow_down", "authorization_pending"
_UNKNOWN, _ENDED, _DENIED = "invalid_grant", "expired_token", "access_denied"  # RFC 8628, section 3.5


@dataclass(slots=True)
class _Asked:
    client: str
    scope: str
    audience: str
    user_code: str
    until: float
    user: str | None = None
    denied: bool = False
    polled: float = 0.0


class Devices:
    """Codes of logins under way, in memory: a restart ends them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[str, _Asked] = {}

    def start(self, client: str, form: dict[str, Any]) -> tuple[str, str]:
        """Device code and user code of a new login.

        Raises
        ------
        NotYet
            Too many are under way.
        """
        now = time.time()
        with self._lock:
            self._asked = {code: asked for code, asked in self._asked.items() if asked.until > now}
            if len(self._asked) >= _MOST:
                raise NotYet(_TOO_EARLY)
            letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
            device_code, user_code = secrets.token_urlsafe(24), f"{letters[:4]}-{letters[4:]}"
            audience = form.get("audience") or client
            self._asked[device_code] = _Asked(
                client, form.get("scope") or "openid", audience, user_code, now + SECONDS
            )
        return device_code, user_code

    def decide(self, user_code: str, user: str | None) -> bool:
        """Confirm a login as a user, or refuse it with ``None``; whether there was one."""
        wanted = user_code.strip().upper()
        with self._lock:
            for asked in self._asked.values():
                fresh = asked.until > time.time() and asked.user is None and not asked.denied
                if fresh and secrets.compare_digest(asked.user_code.encode(), wanted.encode()):
                    asked.user, asked.denied = user, user is None
                    return True
        return False

    def confirmed(self, client: str, device_code: str) -> tuple[str, str, str]:
        """User, audience and scope of a login that was confirmed; its code is used up.

        Raises
        ------
        NotYet
            It was not, or never will be.
        """
        with self._lock:
            asked, now = self._asked.get(device_code), time.time()
            if asked is None or asked.client != client:
                raise NotYet(_UNKNOWN)
            if asked.until <= now:
                raise NotYet(_ENDED)
            early, asked.polled = now - asked.polled < 0.8 * INTERVAL, now
            if asked.denied:
                raise NotYet(_DENIED)
            if asked.user is None:
                raise NotYet(_TOO_EARLY if early else _PENDING)
            del self._asked[device_code]
            return asked.user, asked.audience, asked.scope
