"""What a function gives at a point, as named arrays: told whether it fits that of other points."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vre_dm.errors import Unmergeable

Array = np.ndarray[Any, Any]
_NUMBERS = "biufc"
_TAKES = "scan takes numbers, arrays, xarray, and tuples or dicts of those"


@dataclass(frozen=True, slots=True)
class Form:
    """What values must have in common to lie in one array.

    Attributes
    ----------
    names
        Of the variables; a value that is only one, and has no name, has ``""``.
    dims, shapes
        Of each variable.
    coords
        What stands along the dimensions, in words that can be compared.
    """

    names: tuple[str, ...]
    dims: tuple[tuple[str, ...], ...]
    shapes: tuple[tuple[int, ...], ...]
    coords: tuple[object, ...] = ()

    @property
    def words(self) -> str:
        """Say it, for an error."""
        each = [
            f"{name} " * bool(name) + (f"of shape {shape}" if shape else "a number")
            for name, shape in zip(self.names, self.shapes, strict=True)
        ]
        return ", ".join(each) or "nothing"


LONE = Form(("",), ((),), ((),))
"""A number."""


@dataclass(frozen=True, slots=True)
class PointValue:
    """What a function gave at one point.

    Attributes
    ----------
    form
        What it has in common with others.
    arrays
        Each variable.
    labelled
        The value itself where it is xarray, for its coordinates and attributes.
    """

    form: Form
    arrays: tuple[Array, ...]
    labelled: Any = None


def value_of(value: Any, called: str, axes: tuple[str, ...] = ()) -> PointValue:
    """Take what a function gave apart.

    Parameters
    ----------
    called
        Name of the function, for dimensions and members of tuples that have none.
    axes
        Names of the parameters, which no dimension of it may have.

    Raises
    ------
    Unmergeable
        It is none of what can be laid out.
    """
    if type(value) in (float, int, np.float64):
        return PointValue(LONE, (_numbers(value, ""),))
    if hasattr(value, "to_xarray"):  # of pandas
        value = value.to_xarray()
    elif isinstance(value, dict) and any(hasattr(one, "dims") for one in value.values()):
        import xarray as xr

        value = xr.Dataset(value)
    if hasattr(value, "dims") and hasattr(value, "coords"):
        return _labelled(value, axes)
    if isinstance(value, tuple):
        names = getattr(value, "_fields", None) or [f"{called}_{i}" for i in range(len(value))]
        value = dict(zip(names, value, strict=True))
    if isinstance(value, Mapping):
        _check_names(value, axes)
        if not value or any(not isinstance(name, str) for name in value):
            msg = (
                f"the function gives a dict with the names {list(value)!r:.80}; {_TAKES}, with texts as names"
            )
            raise Unmergeable(msg)
        arrays = {name: _numbers(one, name) for name, one in value.items()}
        dims = tuple(_dimensions(name, one) for name, one in arrays.items())
        shapes = tuple(one.shape for one in arrays.values())
        return PointValue(Form(tuple(arrays), dims, shapes), tuple(arrays.values()))
    array = _numbers(value, "")
    return PointValue(Form(("",), (_dimensions(called, array),), (array.shape,)), (array,))


def _labelled(value: Any, axes: tuple[str, ...]) -> PointValue:
    """Take a DataArray or a Dataset apart."""
    value = value.drop_vars([name for name in axes if name in value.coords and name not in value.dims])
    _check_names((*value.dims, *getattr(value, "data_vars", ())), axes)
    many = hasattr(value, "data_vars")
    variables = (
        {str(name): value[name] for name in value.data_vars} if many else {str(value.name or ""): value}
    )
    coords = tuple(
        (str(name), one.dims, *_comparable(one.values)) for name, one in sorted(value.coords.items())
    )
    form = Form(
        tuple(variables),
        tuple(tuple(map(str, one.dims)) for one in variables.values()),
        tuple(one.shape for one in variables.values()),
        ("many" if many else "one", *coords),
    )
    return PointValue(form, tuple(_numbers(one.values, name) for name, one in variables.items()), value)


def _check_names(names: Iterable[Any], axes: Iterable[str]) -> None:
    """Refuse what would be called as a parameter is."""
    if strange := {*axes}.intersection(names):
        msg = f"the function gives {min(strange)!r}, which is a parameter of the scan; give it another name"
        raise Unmergeable(msg)


def _comparable(values: Array) -> tuple[str, object]:
    return values.dtype.str, repr(values.tolist()) if values.dtype.hasobject else values.tobytes()


def _numbers(value: Any, name: str) -> Array:
    try:
        found = np.array(value)  # a copy: the function may fill the same array at each point
    except (ValueError, TypeError):  # lists of different lengths
        found = np.empty((), dtype=object)
    what = "nothing: does it lack a return?" if value is None else f"a {type(value).__name__}"
    if (unit := getattr(value, "unit", getattr(value, "units", None))) is not None:
        what = f"numbers with the unit {unit}, which would be lost"
    elif np.ma.isMaskedArray(value):
        what = "a masked array, whose mask would be lost: fill it with NaN"
    elif found.dtype.kind in _NUMBERS:
        return found
    msg = f"the function gives {what}{f' as {name!r}' if name else ''}; {_TAKES}"
    raise Unmergeable(msg)


def _dimensions(name: str, values: Array) -> tuple[str, ...]:
    return tuple(f"{name}_index" + "_" * i for i in range(values.ndim))
