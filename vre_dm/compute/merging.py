"""Two values of a function made one: what can be added is added; the rest is refused by name."""

from numbers import Number
from typing import Any

import numpy as np

from vre_dm.compute.sums import adds, summed, widened
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
    and dictionaries and tuples of these. A key that only one dictionary has is kept. Integers and floats of
    fewer than 64 bits are widened to 64.

    Raises
    ------
    Unmergeable
        Anything else, shapes, axes or coordinates that differ, integers whose sum is beyond 64 bits; the text
        says where.
    """
    return _merged(left, right, "")


def addable(value: Any) -> Any:
    """Give a value as `merge` adds it: what has small numbers with wide ones.

    Raises
    ------
    Unmergeable
        Its type, or that of something in it, could never be added.
    """
    return _addable(value, "")


def _addable(value: Any, where: str) -> Any:
    family = _family(value, where)
    if family == "dict":
        wide = value.copy()
        for key, one in value.items():
            wide[key] = _addable(one, f"{where}[{key!r}]")
        return wide
    if family == "tuple":
        return tuple(_addable(one, f"{where}[{i}]") for i, one in enumerate(value))
    return value if family == "histogram" else widened(value)


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
            return left + right if family == "histogram" else summed(widened(left), widened(right))
        except (ValueError, TypeError, OverflowError) as error:
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
    masked = isinstance(value, np.ma.MaskedArray)  # what is masked in one would be lost from the sum
    if isinstance(value, np.ndarray) and adds(value.dtype) and not masked:
        return "array"
    if isinstance(value, Number | np.number) and not isinstance(value, bool):
        return "number"
    if _comes_from(value, "boost_histogram", "Histogram"):
        return "histogram"
    what = ""
    if _comes_from(value, "xarray", "Dataset") or _comes_from(value, "xarray", "DataArray"):
        variables = value.data_vars.values() if hasattr(value, "data_vars") else (value,)
        odd = next((one.dtype for one in variables if not adds(one.dtype)), None)
        if odd is None:
            return "xarray"
        what = f"xarray of {odd}"
    elif masked:
        what = "a masked array, in which counts would vanish: fill it, .filled(0)"
    elif isinstance(value, np.ndarray):
        what = f"a NumPy array of {value.dtype}"
    kind = type(value)
    what = what or _ADVICE.get(kind.__name__, "")
    what = what or f"a {kind.__module__}.{kind.__qualname__}, which is not known to add"
    msg = f"{_what(where)} is {what}{_OTHER if 'reduce' not in what else ''}"
    raise Unmergeable(msg)


def _what(where: str) -> str:
    return f"what the function gives{f' as {where}' if where else ''}"


def _comes_from(value: Any, package: str, name: str) -> bool:
    """Whether a class of this name of a package is among its bases; imports nothing."""
    bases = type(value).__mro__
    return any(b.__name__ == name and b.__module__.partition(".")[0] == package for b in bases)
