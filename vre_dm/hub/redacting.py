"""Takes out of a report what nobody else may read, so that it can be sent to the admins of a hub."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from vre_dm.lake.finding import Finding
from vre_dm.lake.tokens import Secret
from vre_dm.lake.tokens.redaction import redacted
from vre_dm.lake.tokens.secret import live

_SHOWN = "***"
_SECRET = re.compile(r"TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|COOKIE|CRYPT|PRIVATE|KEY", re.IGNORECASE)
_PLACE = re.compile(r"(FILE|PATH|DIR|FOLDER|URL|NAME)$", re.IGNORECASE)
_SHORTEST = 8  # letters of a variable: what is shorter is a word or a number, and stands in other texts too
# What is no secret that this process knows, and looks like one: a server may say more than it should.
_FORMS = (
    (re.compile(r"\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?"), _SHOWN),  # a JWT
    (re.compile(r"(?<=://)[^/\s@]+@"), f"{_SHOWN}@"),  # a login within an address
    (re.compile(r"\?[^\s=]*=\S*"), f"?{_SHOWN}"),  # the query of an address, which may be signed
    (re.compile(r"\b(bearer|basic|token)(:?\s+)[\w.~+/=-]{20,}", re.IGNORECASE), rf"\1\2{_SHOWN}"),
    (re.compile(r"-----BEGIN .*?(-----END [^-]*-----|$)", re.DOTALL), _SHOWN),
)


class Redactor:
    """Knows the secrets of a report, and takes them out of it.

    Parameters
    ----------
    environ
        Variables; those whose names speak of a secret hold one.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._held = {Secret(value) for name, value in environ.items() if _holds_secret(name, value)}

    def watching(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Pass findings on, and remember each secret that is in use while they are made."""
        for finding in findings:
            self._held.update(live())
            yield finding
        self._held.update(live())

    def cleaned(self, finding: Finding) -> Finding:
        """Finding without any secret that was remembered, and without what looks like one."""
        return replace(finding, text=self._without(finding.text), step=self._without(finding.step))

    def _without(self, text: str) -> str:
        text = redacted(text)  # of all that live, and those that are held do
        for form, instead in _FORMS:
            text = form.sub(instead, text)
        return text


def _holds_secret(name: str, value: str) -> bool:
    named = _SECRET.search(name) and not _PLACE.search(name)
    return bool(named) and len(value) >= _SHORTEST and not _is_place(value)


def _is_place(value: str) -> bool:
    """Whether it is a path and no key, which may begin like one; asks nothing of what is mounted there."""
    if not value.startswith("/"):
        return False
    return value.split("/")[1] in {each.name for each in Path("/").iterdir()}
