"""Whom a token for a storage element must be for, where the lake's own is not enough."""

import re
from dataclasses import dataclass
from typing import Self

from vre_dm.errors import InvalidConfiguration

_RSE = re.compile(r"([\w.-]+)=(.+)")


@dataclass(frozen=True, slots=True)
class Audiences:
    """Audiences that the storage of a lake wants; without any, it takes the lake's own token.

    Attributes
    ----------
    usual
        Of every storage element that is not named; empty: the lake's own.
    named
        Pairs of storage element and audience.
    """

    usual: str = ""
    named: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read ``AUDIENCE``, ``RSE=AUDIENCE`` or several of them with blanks between.

        Raises
        ------
        InvalidConfiguration
            Two are given for the same.
        """
        pairs = [
            (match[1], match[2]) if (match := _RSE.fullmatch(word)) else ("", word) for word in text.split()
        ]
        found = dict(pairs)
        if len(found) < len(pairs):
            msg = f"{source}: storage_audience names two audiences for one storage element; keep one"
            raise InvalidConfiguration(msg)
        return cls(found.pop("", ""), tuple(found.items()))

    def of(self, rse: str) -> str:
        """Audience of a storage element; empty where it takes the lake's own token."""
        return dict(self.named).get(rse, self.usual)

    def all(self) -> list[str]:
        """Every audience that is named, once."""
        return list(dict.fromkeys(filter(None, (self.usual, *dict(self.named).values()))))
