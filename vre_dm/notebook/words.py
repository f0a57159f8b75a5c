"""Lines of magics as words, and which names a magic may bind."""

import builtins
import keyword
import re
from collections.abc import Callable

from IPython.core.error import UsageError

_WORD = re.compile(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""")


def words(line: str) -> list[str]:
    """Cut a line at blanks outside quotes; the quotes stay, since a filter tells text from numbers by them.

    Raises
    ------
    UsageError
        A quote is not closed.
    """
    if _WORD.sub("", line).strip():
        msg = f"a quote is not closed in: {ascii(line.strip())[1:-1]}"
        raise UsageError(msg)
    return _WORD.findall(line)


def unquoted(word: str) -> str:
    """Word without the quotes around it."""
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'" else word


def terms(given: list[str]) -> tuple[str, str]:
    """Tell the pattern of a search, which comes first and compares nothing, from its filters."""
    if given and not set("=<>") & set(given[0]):
        return unquoted(given[0]), " ".join(given[1:])
    return "*", " ".join(given)


def literal(instead: str) -> Callable[[str], str]:
    """Make a reader of DIDs that refuses ``$x`` and ``{x}``, which a user means as a variable.

    Parameters
    ----------
    instead
        Function that takes a variable, for the message.
    """

    def read(word: str) -> str:
        text = unquoted(word)
        if {"$", "{"} & set(text):  # no DID can hold them
            name = re.fullmatch(r"\$(\w+)|\{(\w+)\}", text)
            msg = f"variables are not put in; use {instead}({name[1] or name[2] if name else '...'})"
            raise UsageError(msg)
        return text

    return read


def variable(name: str) -> str:
    """Check a name that is to be bound in the user's namespace.

    Raises
    ------
    UsageError
        It is no identifier, a keyword, or the name of a Python builtin.
    """
    if not (name.isidentifier() and name.isascii()) or keyword.iskeyword(name) or keyword.issoftkeyword(name):
        msg = f"{name!a} cannot name a variable; use letters, digits and _"
        raise UsageError(msg)
    if hasattr(builtins, name) or name.startswith("__"):
        msg = f"{name} is a name of Python itself; choose another"
        raise UsageError(msg)
    return name
