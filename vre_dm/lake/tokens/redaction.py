"""Takes the text of every live secret out of log records, by value, whoever wrote them.

From the records of HTTP clients it takes the queries of addresses too: storages sign redirects there.
"""

import base64
import logging
import re
import string
import traceback
from collections.abc import Iterator
from urllib.parse import quote

from vre_dm.lake.tokens.secret import live

_SHORTEST = 6  # a shorter text would blacken innocent words
_SHOWN = "***"
_CODED = string.ascii_letters + string.digits + "+/-_"  # letters of base64, also of that for URLs
_CLIENTS = {"httpx", "httpcore", "urllib3"}
_QUERY = re.compile(r"\?\S+")


def redacted(text: str) -> str:
    """Text without any live secret, also where it is part of a URL or, as in ``Basic``, of base64."""
    for secret in live():
        plain = secret.reveal()
        if len(plain) >= _SHORTEST:
            text = text.replace(plain, _SHOWN).replace(quote(plain, safe=""), _SHOWN)
            for core in _coded(plain):
                text = _without(text, core)
    return text


def _coded(plain: str) -> Iterator[str]:
    """What of a text's base64 is the same whatever stands around it, for each place where it may begin."""
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + plain.encode("utf-8", "surrogatepass")).decode()
        core = coded[(before * 4 + 2) // 3 :].rstrip("=")[:-1]
        yield core
        if "+" in core or "/" in core:
            yield core.replace("+", "-").replace("/", "_")
            yield quote(core, safe="")


def _without(text: str, core: str) -> str:
    """Text without the base64 around a core: its first and last letters tell of the secret too."""
    while core in text:
        before, _, after = text.partition(core)
        text = before.rstrip(_CODED) + _SHOWN + after.lstrip(_CODED + "=%")
    return text


class Redaction(logging.Filter):
    """Lets every record pass, without secrets in its message, traceback and extra fields."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record where a secret shows."""
        safe = _redacted_queries if record.name.partition(".")[0] in _CLIENTS else redacted
        message = _message(record)
        if safe(message) != message:
            record.msg, record.args = safe(message), None
        if record.exc_info and record.exc_info[0]:
            said = "".join(traceback.format_exception(*record.exc_info)).rstrip()
            if safe(said) != said:
                record.exc_text, record.exc_info = safe(said), None
        for name, value in list(vars(record).items()):
            if isinstance(value, str) and safe(value) != value:
                setattr(record, name, safe(value))
        return True


def _redacted_queries(text: str) -> str:
    """Text without any live secret, and without the query of any address: no `Secret` holds what is there."""
    return _QUERY.sub(f"?{_SHOWN}", redacted(text))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # the handler complains about it, with the same arguments
        return f"{record.msg} {record.args}"


def install() -> None:
    """Redact every record of this process from now on; for borders (command line, notebook) only.

    At the record's making, since handlers that others add later are covered too; and at the root's handlers,
    since ``extra`` fields join a record after that. Doing it twice does nothing.
    """
    make, redaction = logging.getLogRecordFactory(), Redaction()
    if getattr(make, "redacts", False):
        return
    for handler in logging.getLogger().handlers:
        handler.addFilter(redaction)

    def record(*args: object, **extra: object) -> logging.LogRecord:
        made: logging.LogRecord = make(*args, **extra)
        redaction.filter(made)
        return made

    record.redacts = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(record)
