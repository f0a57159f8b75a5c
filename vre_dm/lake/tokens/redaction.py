"""Takes the text of every live secret out of log records, by value, whoever wrote them."""

import base64
import logging
import string
import traceback
from collections.abc import Iterator
from urllib.parse import quote

from vre_dm.lake.tokens.secret import live

_SHORTEST = 6  # a shorter text would blacken innocent words
_SHOWN = "***"
_CODED = string.ascii_letters + string.digits + "+/-_"  # letters of base64, also of that for URLs


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
        message = _message(record)
        if redacted(message) != message:
            record.msg, record.args = redacted(message), None
        if record.exc_info and record.exc_info[0]:
            said = "".join(traceback.format_exception(*record.exc_info)).rstrip()
            if redacted(said) != said:
                record.exc_text, record.exc_info = redacted(said), None
        for name, value in list(vars(record).items()):
            if isinstance(value, str) and redacted(value) != value:
                setattr(record, name, redacted(value))
        return True


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
