"""Rucio's own catalogue client on our transport.

Rucio's client keeps tokens on disk by account name, hides why a server did not answer, prints, and changes
`sys.argv`. So its catalogue methods are kept, and what lies below them is replaced.
"""

import json
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

import requests
from rucio.client.client import Client
from rucio.common.constants import HTTPMethod
from rucio.common.utils import build_url, parse_response

from vre_dm.errors import LoginRefused
from vre_dm.lake.failures import is_undone
from vre_dm.lake.http import TIMEOUT, Session, http_date, reason, roots, said
from vre_dm.lake.instance import Instance
from vre_dm.lake.tokens import Secret, TokenProvider
from vre_dm.lake.tokens.asking import Sealed

_TRIES = 3
_FIRST_USE = 0.1  # seconds in which Rucio has written down a token that it sees for the first time
_BUSY = {502, 503, 504}
_READING = ("/replicas/list", "/dids/bulkmeta")  # POSTs that only ask
_PIECE = 32_768  # bytes of a streamed answer that are read at once, or fewer as they come
_TOGETHER, _LATE = 500, 0.05  # rows that are handed on at once; seconds after which fewer are


class RucioClient(Client):  # type: ignore[misc]
    """Rucio's catalogue methods on our transport.

    Takes no part of ``BaseClient.__init__``: the tests run each method we use against a real server, so that
    a Rucio that reads an attribute not set here is noticed.
    """

    def __init__(self, instance: Instance, tokens: TokenProvider) -> None:
        self._instance, self._tokens = instance, tokens
        self._idle: deque[Session] = deque()  # what no thread uses now: a new one has to shake hands
        self._taken: Secret | None = None
        self.host, self.auth_host, self.list_hosts = instance.url, instance.auth_url, [instance.url]
        self.account, self.vo = instance.account, instance.vo
        self.logger = logging.getLogger(__name__)

    def stream_content(self, scope: str, name: str) -> Iterator[list[dict[str, Any]]]:
        """Rows of Rucio's `list_content`, some at a time as they come; close it to have no more."""
        path = "/".join((self.DIDS_BASEURL, quote_plus(scope), quote_plus(name), "dids"))
        with self._send_request(build_url(self.host, path=path), HTTPMethod.GET, streamed=True) as response:
            if not response.ok:
                kind, text = self._get_exception(response.headers, response.status_code, response.content)
                raise kind(text)
            rows: list[dict[str, Any]] = []
            sent = 0.0  # so that the first ones wait for no other
            for lines in _lines(response):
                rows += map(json.loads, lines)
                if len(rows) >= _TOGETHER or time.monotonic() - sent >= _LATE:
                    yield rows
                    rows, sent = [], time.monotonic()
            yield rows

    def _send_request(
        self,
        url: str,
        method: HTTPMethod,
        headers: Mapping[str, str] | None = None,
        data: str | bytes | None = None,
        params: Mapping[str, Any] | None = None,
        streamed: bool = False,
        **_: object,
    ) -> requests.Response:
        # Only what changes nothing, or surely did not arrive, is said twice.
        repeatable = method is HTTPMethod.GET or url.endswith(_READING)

        def send(token: Secret) -> requests.Response:
            with self._session() as session:
                return session.request(
                    method.value, url, headers=self._headers(headers), data=data, params=params,
                    timeout=TIMEOUT, verify=roots(self._instance), auth=Sealed("X-Rucio-Auth-Token", token),
                    stream=streamed,
                )  # fmt: skip

        for tried in range(1, _TRIES + 1):
            try:
                response = self._trusted(send)
            except (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
                if tried == _TRIES or not (repeatable or _never_arrived(error)):
                    raise
            else:
                passing = _is_passing(response) or (repeatable and _is_unexplained(response))
                if not passing or tried == _TRIES:
                    return self._judged(response)
            time.sleep(0.2 * 2**tried)
        raise AssertionError  # the loop returns or raises

    def _load_json_data(self, response: requests.Response) -> Iterator[Any]:
        # As Rucio's, which looks for dates in each value of each row: twice as fast for a list of files.
        if response.headers.get("Content-Type") != "application/x-json-stream":
            yield from super()._load_json_data(response)
            return
        for line in response.content.splitlines():
            if line:
                yield parse_response(line) if b" UTC" in line else json.loads(line)

    def _trusted(self, send: Callable[[Secret], requests.Response]) -> requests.Response:
        """Answer to a request; it is sent again where its token was refused and that may change."""
        doubted: list[Secret] = []
        renewed = False
        while True:
            token = self._tokens.token()
            is_new = token != self._taken
            response = send(token)
            if not _is_refused(response) and not _crashed(response):
                self._taken = token
                return response
            if is_new and token not in doubted and len(doubted) < _TRIES:
                # Rucio refuses some of the requests that bring a new token at the same time; once one was
                # taken, all are.
                doubted.append(token)
                time.sleep(_FIRST_USE)
            elif renewed or not self._tokens.renew(token):
                return response
            else:
                renewed = True

    def _judged(self, response: requests.Response) -> requests.Response:
        if _is_refused(response):
            raise LoginRefused(_refusal(self._instance, self._tokens, response))
        return response

    def _headers(self, more: Mapping[str, str] | None) -> dict[str, str]:
        headers = {"X-Rucio-VO": self.vo, "X-Rucio-Script": "vre-dm"}
        if self.account:
            headers["X-Rucio-Account"] = self.account
        return headers | dict(more or {})

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """Session for one request; the next one, of whatever thread, goes over the same connection."""
        try:
            session = self._idle.pop()
        except IndexError:
            session = Session()
        try:
            yield session
        finally:
            self._idle.append(session)


def _lines(response: requests.Response) -> Iterator[list[bytes]]:
    """Lines of an answer as they come, which may be each by itself: that is how Rucio sends them."""
    rest = b""
    for piece in response.iter_content(_PIECE):
        *lines, rest = (rest + piece).split(b"\n")
        yield [line for line in lines if line]
    if rest:
        yield [rest]


def _refusal(instance: Instance, tokens: TokenProvider, response: requests.Response) -> str:
    ends = tokens.expires()
    if ends and ends < (http_date(response.headers.get("Date")) or datetime.now(UTC)):
        why = f"the token from the {tokens} expired at {ends:%Y-%m-%d %H:%M} UTC"
    else:
        why = f"the token from the {tokens} is not accepted ({reason(response)})"
    return f"the lake {instance.name} refused the request: {why}; log in again (vre-dm doctor shows more)"


def _is_refused(response: requests.Response) -> bool:
    """Whether the token was at fault.

    Rucio answers 401 for a missing right too, and some versions 500 for an expired token (rucio#5986).
    """
    if response.status_code == requests.codes.unauthorized:
        return said(response, "ExceptionClass") in {"CannotAuthenticate", ""}
    return response.status_code >= 500 and said(response, "ExceptionClass") == "CannotAuthenticate"


def _is_passing(response: requests.Response) -> bool:
    """Whether the same request may be answered otherwise in a moment."""
    if response.status_code in _BUSY:
        return True
    return response.status_code >= 400 and is_undone(said(response, "ExceptionMessage"))


def _is_unexplained(response: requests.Response) -> bool:
    """Whether the server failed without a word of why: not what Rucio answers to a question, but a crash."""
    return response.status_code >= 500 and not said(response, "ExceptionClass")


def _crashed(response: requests.Response) -> bool:
    """Whether the server failed while it looked at the token, which it says by two words only."""
    short = response.headers.get("Content-Length") == "14"  # a long answer is streamed, not read here
    return bool(response.status_code >= 500 and short and response.content == b"Internal Error")


def _never_arrived(error: Exception) -> bool:
    return isinstance(error, requests.exceptions.ConnectTimeout) or "NewConnectionError" in repr(error)
