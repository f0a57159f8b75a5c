"""Sums that lose no count: small numbers are widened before they are added, and what overflows is refused."""

from numbers import Integral
from typing import Any

import numpy as np

_KINDS = "iufc"
_SMALL = {"i": np.int64, "u": np.uint64, "f": np.float64, "c": np.complex128}
_BEYOND = "an integer sum is beyond 64 bits; give floats"


def adds(kind: "np.dtype[Any]") -> bool:
    """Whether values of this type are numbers that a sum means something for."""
    return kind.kind in _KINDS


def widened(value: Any) -> Any:
    """Give a number, an array or xarray in 64 bits or more, as sums over many chunks need; else as it is."""
    if isinstance(value, np.generic):
        return _wide(value.dtype).type(value)
    if isinstance(value, np.ndarray):
        return value.astype(_wide(value.dtype), copy=False)
    if hasattr(value, "data_vars"):
        small = {name: one for name, one in value.data_vars.items() if one.dtype != _wide(one.dtype)}
        return value.assign({name: widened(one) for name, one in small.items()}) if small else value
    if hasattr(value, "dtype"):
        wide = _wide(value.dtype)
        return value if value.dtype == wide else value.astype(wide)
    return value


def summed(left: Any, right: Any) -> Any:
    """Add two numbers, arrays or xarray of one shape, both `widened`; neither is changed.

    Raises
    ------
    OverflowError
        Integers whose sum has no room in 64 bits.
    TypeError, ValueError
        They do not add.
    """
    if isinstance(left, np.ndarray):
        return _arrays(left, right)
    if isinstance(left, np.integer) or isinstance(right, np.integer):
        return _integers(left, right)
    total = left + right
    if hasattr(left, "data_vars"):
        for name in left.data_vars:
            _check_labelled(left[name], right[name], total[name])
    elif hasattr(left, "dims"):
        _check_labelled(left, right, total)
    return total


def _arrays(left: Any, right: Any) -> Any:
    kinds = left.dtype.kind + right.dtype.kind
    if kinds in {"iu", "ui"}:  # together NumPy makes floats of them, which do not hold every count
        left, right = _signed(left), _signed(right)
    with np.errstate(over="ignore"):
        total = left + right
    _check(left, right, total)
    return np.asarray(total) if np.ndim(left) == 0 else total


def _signed(array: Any) -> Any:
    if array.dtype.kind == "u" and (array > np.iinfo(np.int64).max).any():
        raise OverflowError(_BEYOND)
    return array.astype(np.int64, copy=False)


def _integers(left: Any, right: Any) -> Any:
    if not (isinstance(left, Integral) and isinstance(right, Integral)):
        return left + right
    total = int(left) + int(right)
    given = [one for one in (left, right) if isinstance(one, np.integer)]
    wanted = np.uint64 if all(isinstance(one, np.uint64) for one in given) else np.int64
    if not np.iinfo(wanted).min <= total <= np.iinfo(wanted).max:
        raise OverflowError(_BEYOND)
    return wanted(total)


def _check_labelled(left: Any, right: Any, total: Any) -> None:
    kinds = left.dtype.kind + right.dtype.kind
    if kinds in {"iu", "ui"}:
        msg = "one has signed integers, another unsigned ones"
        raise TypeError(msg)
    _check(left.values, right.transpose(*left.dims).values, total.transpose(*left.dims).values)


def _check(left: Any, right: Any, total: Any) -> None:
    """Refuse integers that went round: a sum has the sign of its parts, or is no smaller than they are."""
    kind = np.asarray(total).dtype.kind
    round_ = ((left ^ total) & (right ^ total)) < 0 if kind == "i" else total < left if kind == "u" else None
    if round_ is not None and np.any(round_):
        raise OverflowError(_BEYOND)


def _wide(kind: "np.dtype[Any]") -> "np.dtype[Any]":
    """Type that sums of this one have, in the byte order of this machine."""
    if kind.kind in _SMALL:
        least = np.dtype(_SMALL[kind.kind])
        return least if kind.itemsize <= least.itemsize else kind.newbyteorder("=")
    return kind
