"""The points of a scan: each combination of the values of its parameters, the last one running fastest."""

import hashlib
import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vre_dm.errors import InvalidRun
from vre_dm.lake.tables import clean

RNG = "rng"
"""Parameter of a function that takes random numbers."""
_KINDS = "biufcUMm"  # of arrays that travel as they are, and whose values can be told apart


@dataclass(frozen=True, slots=True)
class Axis:
    """One parameter and its values.

    Attributes
    ----------
    name
        As the function calls it.
    values
        Shape (n,).
    attrs
        What is known of it, such as units; no point depends on it.
    """

    name: str
    values: "np.ndarray[Any, Any]"
    attrs: Mapping[Any, Any] = field(default_factory=dict)

    def value(self, index: int) -> Any:
        """Give one value as the function takes it: a number or a text of Python's."""
        one = self.values[index]
        return one if self.values.dtype.kind in "Mm" else one.item()


@dataclass(frozen=True, slots=True)
class Grid:
    """Points of a scan.

    Attributes
    ----------
    axes
        Parameters, the slowest first.
    seed
        Of the random numbers.
    draws
        Whether the function takes them, as its parameter ``rng``.
    """

    axes: tuple[Axis, ...]
    seed: int = 0
    draws: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters."""
        return tuple(axis.name for axis in self.axes)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each parameter."""
        return tuple(len(axis.values) for axis in self.axes)

    @property
    def count(self) -> int:
        """How many points there are."""
        return math.prod(self.shape)

    @property
    def words(self) -> str:
        """Name it: ``40 mass × 1000 toy``."""
        return clean(" × ".join(f"{len(axis.values)} {axis.name}" for axis in self.axes), None)

    @property
    def key(self) -> tuple[object, ...]:
        """All that a point depends on: equal for equal grids, in any process.

        The seed is always among it: a generator that a function brings is found only when it is called.
        """
        digests = (
            (axis.name, axis.values.dtype.str, hashlib.sha256(axis.values.tobytes()).hexdigest())
            for axis in self.axes
        )
        return (*digests, self.seed)

    def arguments(self, index: int) -> dict[str, Any]:
        """Arguments of a point; random numbers depend on the seed and on its place on each axis alone."""
        place = self.place(index)
        found = {axis.name: axis.value(at) for axis, at in zip(self.axes, place, strict=True)}
        if self.draws:
            seeds = np.random.SeedSequence(self.seed, spawn_key=place)
            found[RNG] = np.random.default_rng(seeds)
        return found

    def named(self, index: int) -> str:
        """Name a point: ``mass=100.0, toy=7``."""
        values = ((axis.name, axis.value(at)) for axis, at in zip(self.axes, self.place(index), strict=True))
        return clean(", ".join(f"{name}={value!r}" for name, value in values), None)

    def place(self, index: int) -> tuple[int, ...]:
        """Place of a point on each axis."""
        place = []
        for length in reversed(self.shape):
            index, at = divmod(index, length)
            place.append(at)
        return tuple(reversed(place))


def grid_of(function: Callable[..., Any], axes: Mapping[str, Any], seed: int = 0) -> Grid:
    """Make the grid of a scan.

    Parameters
    ----------
    function
        Takes each parameter by its name, and a ``numpy.random.Generator`` if it has a parameter ``rng``.
    axes
        Values of each parameter, shape (n,): numbers, texts or dates.

    Raises
    ------
    InvalidRun
        An axis has no values, the same twice, or units; or the function takes other parameters.
    """
    if not callable(function):
        msg = f"scan takes a function of the parameters, not a {type(function).__name__}"
        raise InvalidRun(msg)
    if not isinstance(axes, Mapping) or not axes:
        msg = 'scan takes the values of each parameter by name, as {"mass": [10, 100], "toy": range(1000)}'
        raise InvalidRun(msg)
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        msg = f"seed={seed!a} is no seed; give a whole number, 0 or above"
        raise InvalidRun(msg)
    made = tuple(_axis(name, values) for name, values in axes.items())
    return Grid(made, int(seed), draws=_draws(function, tuple(axes)))


def _axis(name: object, values: Any) -> Axis:
    if not isinstance(name, str) or not name.isidentifier() or name == RNG:
        msg = f"{name!a} names no parameter that can be scanned"
        raise InvalidRun(msg)
    labelled = hasattr(values, "attrs")  # xarray, pandas: what is known of it stays beside it
    unit = None if labelled else getattr(values, "unit", getattr(values, "units", None))
    attrs = dict(values.attrs) if labelled else {}
    try:
        given = values if hasattr(values, "__array__") else list(values)
        found = np.array(given, order="C")
    except (TypeError, ValueError):
        given, found = [], np.empty(())
    msg = ""
    if unit is not None:
        msg = f"{name} has the unit {unit}, which would be lost; give plain numbers, the unit in its name"
    elif found.ndim != 1 or found.dtype.kind not in _KINDS:
        msg = f"{name} is no list of numbers or texts, such as {name}=[1, 10, 100]"
    elif found.dtype.kind == "U" and not (given is values or all(isinstance(one, str) for one in given)):
        msg = f"{name} has texts and others, which would become texts; give values of one kind"
    elif not len(found):
        msg = f"{name} has no values, so there is no point"
    elif len(unique := np.unique(found, return_counts=True)[1]) < len(found):
        twice = np.unique(found)[unique > 1][0]
        msg = f"{name} has the value {twice} twice"
    if msg:
        raise InvalidRun(clean(msg, None))
    return Axis(name, found, attrs)


def _draws(function: Callable[..., Any], names: tuple[str, ...]) -> bool:
    """Whether a function takes random numbers; refuses one that does not take the parameters by name."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # of compiled code, which says it when it is called
        return False
    takes = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    needs = {
        p.name for p in parameters if p.default is p.empty and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
    }
    called = getattr(function, "__name__", type(function).__name__)
    if not any(p.kind is p.VAR_KEYWORD for p in parameters) and (
        strange := [n for n in names if n not in takes]
    ):
        msg = f"{called} takes no {strange[0]!r}; its parameters are {', '.join(sorted(takes)) or 'none'}"
        raise InvalidRun(msg)
    if lacking := sorted(needs - {*names, RNG}):
        msg = f"{called} needs {lacking[0]!r}, too; scan it, give it a default, or use functools.partial"
        raise InvalidRun(msg)
    return RNG in takes
