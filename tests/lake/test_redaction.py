"""Log records show no live secret, whoever wrote them and however."""

import base64
import logging
from collections.abc import Callable, Iterator
from urllib.parse import quote

import httpx
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from tests.lake.answering import answering
from tests.security.leaks import Search
from vre_dm.lake.tokens import Secret
from vre_dm.lake.tokens.redaction import install, redacted

CANARY = "canary/3b1f+9c"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[logging.Logger]:
    before = logging.getLogRecordFactory()
    caplog.set_level(logging.DEBUG)
    install()
    install()
    yield logging.getLogger("of.somebody.else")
    logging.setLogRecordFactory(before)


def test_a_secret_is_taken_out_of_messages_arguments_urls_and_extra_fields(
    log: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    secret = Secret(CANARY)
    log.debug("Saving token %s and %d", CANARY, 7)
    log.debug({"X-Rucio-Auth-Token": CANARY})
    log.debug("GET /?token=" + quote(CANARY, safe=""))
    log.debug("extra", extra={"header": f"Bearer {CANARY}"})
    shown = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert CANARY not in shown
    assert quote(CANARY, safe="") not in shown
    assert "Saving token *** and 7" in caplog.text
    assert "Bearer ***" in shown
    assert secret


def test_a_password_is_taken_out_of_a_basic_header_in_a_log(
    log: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    secret = Secret(CANARY)
    coded = base64.b64encode(f"dm:{CANARY}".encode()).decode()
    log.debug("send: b'GET / HTTP/1.1\r\nAuthorization: Basic %s\r\nHost: x'", coded)
    log.debug("GET /?login=%s&page=2", quote(coded, safe=""))
    assert "Authorization: Basic ***\r\nHost: x" in caplog.text
    assert "GET /?login=***&page=2" in caplog.text
    assert coded[:4] not in caplog.text  # not even the beginning, which holds the name
    assert secret


def test_a_secret_is_taken_out_of_a_logged_traceback_and_its_causes(
    log: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    secret = Secret(CANARY)
    try:
        try:
            raise ValueError(CANARY)
        except ValueError as error:
            msg = "outer"
            raise RuntimeError(msg) from error
    except RuntimeError:
        log.exception("failed")
    assert CANARY not in caplog.text
    assert "ValueError: ***" in caplog.text
    assert "RuntimeError: outer" in caplog.text
    assert secret


@pytest.mark.parametrize("get", [lambda url: httpx.get(url, follow_redirects=True), requests.get])
def test_what_a_server_signs_a_redirect_with_is_not_logged(
    log: logging.Logger, caplog: pytest.LogCaptureFixture, get: Callable[[str], object]
) -> None:
    with answering(b"bytes") as server:
        signed = {"Location": "/data/file?authz=c2lnbmVk'.x&ttl=60"}
        moved, here = (302, signed, b""), (200, {}, b"bytes")
        server.say = lambda path, *_: moved if path == "/" else here
        get(server.url)
        assert server.asked[-1][0].startswith("/data/file?authz=c2lnbmVk")
    assert "/data/file?***" in caplog.text
    shown = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert "c2lnbmVk" not in shown
    assert "ttl" not in shown


def test_only_of_the_records_of_http_clients_the_query_is_cut(
    log: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    log.info("is it https://x/y?page=2 again")
    logging.getLogger("httpx.of.somebody").info("GET %s", "https://x/y?page=2")
    assert caplog.messages == ["is it https://x/y?page=2 again", "GET https://x/y?***"]


def test_a_record_without_secrets_is_left_as_it_was(
    log: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    held = Secret(CANARY)
    log.info("moved %s of %s", 1, "two")
    (record,) = caplog.records
    assert (record.msg, record.args) == ("moved %s of %s", (1, "two"))
    assert held


def test_a_message_that_does_not_fit_its_arguments_is_still_redacted(log: logging.Logger) -> None:
    held = Secret(CANARY)
    record = logging.getLogRecordFactory()("x", 10, "f", 1, "%d", (CANARY,), None)
    assert CANARY not in f"{record.msg} {record.args}"
    assert held


def test_a_secret_that_nobody_holds_any_more_is_forgotten() -> None:
    two = [Secret(CANARY), Secret(CANARY)]
    assert redacted(CANARY) == "***"
    two.pop()
    assert redacted(CANARY) == "***"  # the other one is still held
    two.pop()
    assert redacted(CANARY) == CANARY


def test_a_short_secret_does_not_blacken_innocent_words() -> None:
    held = Secret("x")
    assert redacted("next") == "next"
    assert held


@given(st.text(), st.text(min_size=6), st.text())
def test_whatever_stands_around_it_a_secret_does_not_show(before: str, text: str, after: str) -> None:
    held = Secret(text)
    shown = redacted(before + text + after)
    assert text not in shown or text in "***"
    assert held


@given(st.binary(max_size=5), st.text(min_size=9), st.binary(max_size=5), st.booleans())
def test_a_secret_inside_base64_does_not_show_wherever_it_begins_there(
    before: bytes, text: str, after: bytes, for_urls: bool
) -> None:
    held = Secret(text)
    code = base64.urlsafe_b64encode if for_urls else base64.b64encode
    line = f"Basic {code(before + text.encode() + after).decode()} sent"
    assert Search({"secret": text}).text(line, "planted")
    assert Search({"secret": text}).text(redacted(line), "log") == []
    assert redacted(line) == "Basic *** sent"
    assert held
