"""Two values of a function made one: what can be added is added; the rest is refused by name."""

from collections.abc import Callable, Iterable
from numbers import Number
from typing import Any

import numpy as np

from vre_dm.errors import Unmergeable

_OTHER = "; give reduce=, a function of two such values"
_ADVICE = {
    "NoneType": "nothing: does the function lack a return?",
    "list": "a list; make it a NumPy array to add, or give reduce=operator.add to put them in a row",
    "bool": "a truth value; count with int(), or give reduce=",
}


def merge(left: Any, right: Any) -> Any:
    """Add two values, or the values in two dictionaries; neither is changed.

    Numbers, NumPy arrays of one shape, histograms of hist or boost-histogram, xarray on equal coordinates,
    and dictionaries and tuples of these. A key that only one dictionary has is kept.

    Raises
    ------
    Unmergeable
        Anything else, or shapes, axes or coordinates that differ; the text says where.
    """
    return _merged(left, right, "")


def check_mergeable(value: Any) -> None:
    """Refuse what `merge` could never add, as soon as the first chunk is done.

    Raises
    ------
    Unmergeable
        Its type, or that of something in it.
    """
    _check(value, "")


def check_own(function: Callable[..., Any], value: Any) -> None:
    """Refuse an object that the function did not make: filled in each chunk anew, it would be counted again.

    Raises
    ------
    Unmergeable
        It is one of the function's global or enclosed variables.
    """
    code = getattr(function, "__code__", None)
    if code is None:
        return
    held = dict(zip(code.co_freevars, _cells(function), strict=False))
    held |= {name: function.__globals__[name] for name in code.co_names if name in function.__globals__}
    changing = {
        id(v): name for name, v in held.items() if not isinstance(v, Number | str | bytes | type(None))
    }
    for one in _leaves(value):
        if (name := changing.get(id(one))) is not None:
            msg = (
                f"the function gives {name!r}, which it did not make itself: a chunk would be counted "
                f"again with the next; make it inside of the function"
            )
            raise Unmergeable(msg)


def _merged(left: Any, right: Any, where: str) -> Any:
    family, other = _family(left, where), _family(right, where)
    if family == other == "dict":
        merged = left.copy()
        for key, value in right.items():
            merged[key] = _merged(left[key], value, f"{where}[{key!r}]") if key in left else value
        return merged
    why = _difference(left, right, family, other)
    if not why:
        if family == "tuple":
            pairs = enumerate(zip(left, right, strict=True))
            return tuple(_merged(*pair, f"{where}[{i}]") for i, pair in pairs)
        try:
            return left + right
        except (ValueError, TypeError) as error:
            why = " ".join(str(error).split())
    msg = f"{_what(where)} cannot be added: {why}{_OTHER}"
    raise Unmergeable(msg)


def _difference(left: Any, right: Any, family: str, other: str) -> str:
    """Why two values do not fit, though Python might spread one out or cut it to fit; empty where they do."""
    if family != other:
        return f"one is {type(left).__name__}, another {type(right).__name__}"
    if family == "tuple" and len(left) != len(right):
        return f"their lengths differ, {len(left)} and {len(right)}"
    if family == "array" and left.shape != right.shape:
        return f"their shapes differ, {left.shape} and {right.shape}"
    if family == "xarray":
        return _difference_of_xarray(left, right)
    return ""


def _difference_of_xarray(left: Any, right: Any) -> str:
    import xarray as xr

    names = [set(one) if isinstance(one, xr.Dataset) else {one.dims} for one in (left, right)]
    if names[0] != names[1]:
        return f"their variables differ, {sorted(map(str, names[0] ^ names[1]))}"
    try:
        xr.align(left, right, join="exact", copy=False)
    except ValueError as error:
        return " ".join(str(error).split())
    return ""


def _check(value: Any, where: str) -> None:
    family = _family(value, where)
    inner = value.items() if family == "dict" else enumerate(value) if family == "tuple" else ()
    for key, one in inner:
        _check(one, f"{where}[{key!r}]")


def _family(value: Any, where: str) -> str:
    """What a value adds as.

    Raises
    ------
    Unmergeable
        It is not known to.
    """
    if isinstance(value, dict):
        return "dict"
    if type(value) is tuple:
        return "tuple"
    if isinstance(value, np.ndarray) and value.dtype.kind in "iufc":
        return "array"
    if isinstance(value, Number | np.number) and not isinstance(value, bool):
        return "number"
    if _comes_from(value, "boost_histogram", "Histogram"):
        return "histogram"
    if _comes_from(value, "xarray", "Dataset") or _comes_from(value, "xarray", "DataArray"):
        return "xarray"
    kind = type(value)
    what = _ADVICE.get(kind.__name__, f"a {kind.__module__}.{kind.__qualname__}, which is not known to add")
    if isinstance(value, np.ndarray):
        what = f"a NumPy array of {value.dtype}"
    msg = f"{_what(where)} is {what}{_OTHER if 'reduce' not in what else ''}"
    raise Unmergeable(msg)


def _what(where: str) -> str:
    return f"what the function gives{f' as {where}' if where else ''}"


def _comes_from(value: Any, package: str, name: str) -> bool:
    """Whether a class of this name of a package is among its bases; imports nothing."""
    bases = type(value).__mro__
    return any(b.__name__ == name and b.__module__.partition(".")[0] == package for b in bases)


def _leaves(value: Any) -> Iterable[Any]:
    yield value
    inner = value.values() if isinstance(value, dict) else value if type(value) is tuple else ()
    for one in inner:
        yield from _leaves(one)


def _cells(function: Any) -> list[Any]:
    found = []
    for cell in function.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # not assigned yet
            found.append(None)
    return found
