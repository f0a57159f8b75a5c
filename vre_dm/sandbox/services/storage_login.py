"""A requests session for the lake's own WebDAV storage: its certificate authority, its owner's credentials.

Used by Rucio's protocol class (in the daemons, and in any client that has vre-dm beside it) and by the
transfer tool. Rucio's own class switches certificate checks off in each call; this session does not let it.
"""

from typing import Any

import requests
from rucio.common.config import config_get


class VerifiedSession(requests.Session):
    """A session whose certificate authority cannot be switched off by a caller."""

    def __init__(self, ca: str) -> None:
        super().__init__()
        self._ca = ca
        # Neither ~/.netrc nor a proxy of the environment has a say in where these credentials go.
        self.trust_env = False

    def request(self, method: str, url: str, *args: Any, **options: Any) -> requests.Response:
        """Send a request, verified against the lake's authority whatever the caller asked for."""
        options.update(verify=self._ca, cert=None)
        return super().request(method, url, *args, **options)


def session(token: str | None = None) -> VerifiedSession:
    """Session with the client's bearer token, or else the password of the ``[client]`` section."""
    opened = VerifiedSession(config_get("client", "ca_cert"))
    token = token or _token_of_file()
    if token:
        opened.headers["Authorization"] = f"Bearer {token}"
    else:
        opened.auth = (config_get("client", "username"), config_get("client", "password"))
    return opened


def _token_of_file() -> str | None:
    path = config_get("client", "auth_token_file_path", raise_exception=False, default=None)
    if not path or config_get("client", "auth_type", raise_exception=False, default="") != "oidc":
        return None
    with open(path) as file:  # noqa: PTH123
        return file.readline().strip() or None
