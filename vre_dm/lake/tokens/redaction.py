"""Takes the text of every live secret out of log records, by value, whoever wrote them."""

import logging
import traceback
from urllib.parse import quote

from vre_dm.lake.tokens.secret import live

_SHORTEST = 6  # a shorter text would blacken innocent words
_SHOWN = "***"


def redacted(text: str) -> str:
    """Text without any live secret, also where it was written as part of a URL."""
    for secret in live():
        plain = secret.reveal()
        if len(plain) >= _SHORTEST:
            text = text.replace(plain, _SHOWN).replace(quote(plain, safe=""), _SHOWN)
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
