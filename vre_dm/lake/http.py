"""HTTP to a Rucio server: redirects stay inside it, certificates are always checked."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import requests

from vre_dm import __version__
from vre_dm.errors import Unreachable
from vre_dm.lake.failures import one_line
from vre_dm.lake.instance import Instance
from vre_dm.lake.tokens.asking import Nobody

TIMEOUT = (5.0, 60.0)  # seconds to connect, seconds without a byte


class Session(requests.Session):  # type: ignore[misc]
    """Follows redirects inside the server only, so that a token never reaches another host.

    What a ``.netrc`` holds is not sent.
    """

    def __init__(self) -> None:
        super().__init__()
        self.auth = Nobody()
        self.headers["User-Agent"] = f"vre-dm/{__version__}"

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Where a redirect leads, refused when that is another server."""
        target: str | None = super().get_redirect_target(resp)
        if target and _origin(urljoin(resp.url, target)) != _origin(resp.url):
            resp.close()
            here, there = (one_line(url.partition("?")[0]) for url in (resp.url, target))
            msg = f"{here} redirects to {there}; if that is the lake, configure that address"
            raise Unreachable(msg)
        return target

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Leave the login as it is after a redirect, which stays in the server; no netrc is asked."""


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def roots(instance: Instance) -> str | bool:
    """Certificate authorities; given at each request, as the environment would win over a session's."""
    return str(instance.ca) if instance.ca else True


def reason(response: requests.Response) -> str:
    """Why the server refused, on one line."""
    return one_line(said(response, "ExceptionMessage") or f"HTTP {response.status_code}")


def said(response: requests.Response, key: str) -> str:
    """Return what an error answer says under a key, in its headers or its body."""
    if key in response.headers:
        return str(response.headers[key])
    try:
        return str(response.json()[key])
    except (ValueError, KeyError, TypeError, requests.exceptions.RequestException):
        return ""


def http_date(text: str | None) -> datetime | None:
    """Date of an HTTP header, in UTC; ``None`` when there is none."""
    try:
        date = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
