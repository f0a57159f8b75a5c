"""Identifiers that the catalogue allows, from any text."""

import re

LONGEST = 80


def slug(text: str) -> str:
    """An identifier that the catalogue allows, as near to the text as can be."""
    return re.sub(r"[^a-z0-9_.-]+", "_", text.casefold()).lstrip("_.-")[:LONGEST] or "curve"
