"""Data identifiers that were parsed and checked: safe as a path, in HTML and in a log line."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Self

from vre_dm.errors import InvalidDid

# Lengths of Rucio's generic schema; a longer name cannot be registered.
MAX_SCOPE, MAX_NAME = 25, 250
_PART = r"[A-Za-z0-9_][A-Za-z0-9_.+=@#-]*"
_SCOPE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_NAME = re.compile(rf"{_PART}(?:/{_PART})*")
_SCOPE_PATTERN = re.compile(r"[A-Za-z0-9_.*-]+")
_NAME_PATTERN = re.compile(r"[A-Za-z0-9_.+=@#/*-]+")
_SHOWN = 60


@dataclass(frozen=True, slots=True, order=True)
class Did:
    """A data identifier, ``scope:name``.

    Only ASCII letters, digits and ``_ . -`` (names also ``+ = @ #`` and inner ``/``) are accepted, and
    each part between slashes starts with a letter, a digit or ``_``. So a ``Did`` cannot climb out of a
    folder, cannot be taken for an option, and means the same in HTML, in a URL path and on a terminal.

    Parameters
    ----------
    scope
        Namespace of the identifier, 1 to 25 characters.
    name
        Name inside the scope, 1 to 250 characters.

    Raises
    ------
    InvalidDid
        A part is empty, too long or holds a character that is not allowed.
    """

    scope: str
    name: str

    def __post_init__(self) -> None:
        _checked(self.scope, _SCOPE, MAX_SCOPE, "scope")
        _checked(self.name, _NAME, MAX_NAME, "name")

    @classmethod
    def parse(cls, text: "str | Did") -> Self:
        """Read ``scope:name``.

        Parameters
        ----------
        text
            The identifier as written, without blanks around it. A ``Did`` is returned as it is.

        Raises
        ------
        InvalidDid
            The text has no colon, more than one, or a part that is not allowed.
        """
        if isinstance(text, cls):
            return text
        scope, name = _split(text, "scope:name")
        return cls(scope, name)

    def path(self) -> PurePosixPath:
        """Relative path ``scope/name``; joined to a folder it always stays inside it."""
        return PurePosixPath(self.scope, *self.name.split("/"))

    def __str__(self) -> str:
        return f"{self.scope}:{self.name}"

    def __repr__(self) -> str:
        return f"Did('{self}')"


@dataclass(frozen=True, slots=True)
class DidPattern:
    """What to look for: a scope and a name in which ``*`` stands for any characters.

    Parameters
    ----------
    scope
        Scope or pattern of scopes; ``*`` is all of them.
    name
        Name or pattern of names.

    Raises
    ------
    InvalidDid
        A part is empty, too long or holds a character that no DID can hold.
    """

    scope: str = "*"
    name: str = "*"

    def __post_init__(self) -> None:
        _checked(self.scope, _SCOPE_PATTERN, MAX_SCOPE, "scope pattern")
        _checked(self.name, _NAME_PATTERN, MAX_NAME, "name pattern")

    @classmethod
    def parse(cls, text: "str | Did | DidPattern") -> Self:
        """Read ``scope:name``, ``scope:name*`` or, for every scope, ``name*``.

        Raises
        ------
        InvalidDid
            The text has more than one colon or a part that is not allowed.
        """
        if isinstance(text, cls):
            return text
        if isinstance(text, Did):
            return cls(text.scope, text.name)
        if isinstance(text, str) and ":" not in text:
            return cls(name=text)
        scope, name = _split(text, "scope:name* or name*")
        return cls(scope, name)

    def within(self, scope: str | None) -> "DidPattern":
        """Pattern in a scope (or pattern of scopes) that is said beside it; itself for none.

        Raises
        ------
        InvalidDid
            It says another scope already.
        """
        if scope is None:
            return self
        if self.scope not in {"*", scope}:
            msg = f"search in {self.scope} or in {shown(scope)}? give the scope once"
            raise InvalidDid(msg)
        return DidPattern(scope, self.name)

    def has_scope(self, scope: str) -> bool:
        """Whether a scope fits."""
        return fnmatchcase(scope, self.scope)

    def has_name(self, name: str) -> bool:
        """Whether a name fits."""
        return fnmatchcase(name, self.name)

    def __str__(self) -> str:
        return f"{self.scope}:{self.name}"


def _split(text: object, form: str) -> tuple[str, str]:
    if not isinstance(text, str):
        msg = f"a DID is a text like scope:name, not {type(text).__name__}"
        raise InvalidDid(msg)
    if text.count(":") != 1:
        many = "more than one colon" if ":" in text else "no colon"
        msg = f"{shown(text)} has {many}; write {form}, such as xenon:s2only.events"
        raise InvalidDid(msg)
    scope, _, name = text.partition(":")
    return scope, name


def _checked(part: str, allowed: re.Pattern[str], longest: int, what: str) -> None:
    if not isinstance(part, str):
        msg = f"the {what} of a DID is text, not {type(part).__name__}"
    elif not part:
        msg = f"the {what} of a DID is empty; write scope:name"
    elif len(part) > longest:
        start = f"{part[:_SHOWN]!a}{'…' if len(part) > _SHOWN else ''}"
        msg = f"the {what} {start} has {len(part)} characters; Rucio allows {longest}"
    elif not allowed.fullmatch(part):
        msg = f"the {what} {shown(part)} {_fault(part, allowed)}"
    else:
        return
    raise InvalidDid(msg)


def _fault(part: str, allowed: re.Pattern[str]) -> str:
    for number, character in enumerate(part):
        if character != "/" and not allowed.fullmatch("a" + character):
            return f"holds {character!a} at position {number + 1}, which no DID of a data lake can hold"
    if "/" in part and not allowed.fullmatch("a/a"):
        return "holds '/', which only names can hold"
    if part.startswith("/") or part.endswith("/") or "//" in part:
        return "has an empty part before or after '/'"
    return "has a part that starts with one of . - + = @ #, which could leave a folder or pass for an option"


def shown(text: str) -> str:
    """Quote a hostile text for a message: escaped to ASCII, on one line, cut when long (and said so)."""
    if len(text) <= _SHOWN:
        return ascii(text)
    return f"{text[:_SHOWN]!a}… ({len(text)} characters)"
