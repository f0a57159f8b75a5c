"""What a curve is made of has the types it says, so that no later step draws or saves a mistake."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from numbers import Real

from vre_dm.errors import InvalidCurve
from vre_dm.limits.spelling import shown


def require_types(found: object, types: Mapping[str, type | tuple[type, ...]], what: str) -> None:
    """Refuse an object with a field of another type.

    Raises
    ------
    InvalidCurve
        With the first such field.
    """
    for name, wanted in types.items():
        value = getattr(found, name)
        if not isinstance(value, wanted) or isinstance(value, bool):
            names = wanted if isinstance(wanted, tuple) else (wanted,)
            words = " or ".join("None" if one is type(None) else one.__name__ for one in names)
            msg = f"{what}: {name} is {shown(value)}, a {type(value).__name__}; give a {words}"
            raise InvalidCurve(msg)


def require_between(value: object, low: float, high: float, what: str) -> None:
    """Refuse what is no number between two others, both excluded.

    Raises
    ------
    InvalidCurve
        With the value and the range.
    """
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if is_number and low < value < high:  # type: ignore[operator]
        return
    end = "infinity" if high > sys.float_info.max else f"{high:g}"
    msg = f"{what} is {shown(value)}; give a number between {low:g} and {end}, both excluded"
    raise InvalidCurve(msg)


def all_of(items: object, wanted: type) -> bool:
    """Whether this is a collection of such objects and of nothing else."""
    return isinstance(items, Iterable) and all(isinstance(item, wanted) for item in items)
