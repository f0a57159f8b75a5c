"""One limit curve: numbers that cannot change, and everything that says what they mean."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits import display
from vre_dm.limits.column import Column
from vre_dm.limits.completeness import completeness, unknowns
from vre_dm.limits.construction import all_of, require_between, require_types
from vre_dm.limits.floats import floats, plain
from vre_dm.limits.interpolation import loglog
from vre_dm.limits.metadata import (
    UNKNOWN,
    Assumptions,
    Headline,
    Provenance,
    Reference,
    Scaling,
    Validity,
)
from vre_dm.limits.quantities import quantity
from vre_dm.limits.spelling import near, require

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

Kind = Literal["observed", "expected", "projection", "theory", "signal region"]
Geometry = Literal["line", "contour", "band", "grid"]
KINDS, GEOMETRIES = get_args(Kind), get_args(Geometry)
NONE = type(None)
TEXTS = ("id", "experiment", "label", "channel", "statistic", "licence", "supersedes", "erratum", "notes")
TYPES: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys((*TEXTS, "supersedes_reason"), str),
    "year": (int, NONE),
    "reference": Reference,
    "provenance": Provenance,
    "assumptions": Assumptions,
    "validity": (Validity, NONE),
    "headline": (Headline, NONE),
}


@dataclass(frozen=True, kw_only=True, eq=False, repr=False, slots=True)
class Curve:
    """A published or computed limit with its provenance.

    The first column is the mass, the second the limited quantity; further columns are bands and variants.
    Curves are equal when all they carry is equal.

    Attributes
    ----------
    id, label
        Short identifier; text for people.
    experiment, year
        Who and when.
    quantity
        Word of `vre_dm.limits.quantities`, for example ``sigma_SI``.
    channel
        Which final state, form factor or signature, where the quantity asks for one; else empty.
    kind
        ``observed``, ``expected``, ``projection``, ``theory`` or ``signal region``.
    geometry
        ``line`` (one value a mass), ``contour``, ``band`` or ``grid``.
    columns
        At least two, of equal length.
    cl
        Confidence level, 0 to 1, or ``None`` where none applies or none is stated.
    statistic
        How the limit was set.
    reference, provenance, assumptions, validity
        See `vre_dm.limits.metadata`.
    scalings
        How the limit moves with a parameter that was assumed.
    licence
        SPDX name of the numbers' licence.
    supersedes, supersedes_reason, erratum
        Identifier of the curve this one replaces, and why; reference of a correction.
    headline
        A number the publication states, or ``None``.
    notes
        Anything else a reader should know.

    Raises
    ------
    InvalidCurve
        Unknown quantity, kind or geometry, a field of another type, a confidence level outside 0 to 1, fewer
        than two columns, columns of unequal length, or no row.
    """

    id: str
    experiment: str
    quantity: str
    columns: tuple[Column, ...]
    label: str = ""
    year: int | None = None
    channel: str = ""
    kind: Kind = "observed"
    geometry: Geometry = "line"
    cl: float | None = None
    statistic: str = UNKNOWN
    reference: Reference = field(default_factory=Reference)
    provenance: Provenance = field(default_factory=Provenance)
    assumptions: Assumptions = field(default_factory=Assumptions)
    validity: Validity | None = None
    scalings: tuple[Scaling, ...] = ()
    licence: str = UNKNOWN
    supersedes: str = ""
    supersedes_reason: str = ""
    erratum: str = ""
    headline: Headline | None = None
    notes: str = ""

    def __post_init__(self) -> None:
        self._require_sound()
        lengths = {len(column.values) for column in self.columns}
        if len(self.columns) < 2 or len(lengths) != 1 or lengths == {0}:
            msg = f"curve {self.id}: needs two or more columns of one length, has lengths {sorted(lengths)}"
            raise InvalidCurve(msg)
        if not self.label:
            object.__setattr__(self, "label", f"{self.experiment} {self.year or ''}".strip())

    def _require_sound(self) -> None:
        where = f"curve {repr(self.id)[:60]}"
        if isinstance(self.assumptions, dict):
            object.__setattr__(self, "assumptions", Assumptions(self.assumptions))
        require_types(self, TYPES, where)
        quantity(self.quantity)
        require(self.kind, KINDS, "kind")
        require(self.geometry, GEOMETRIES, "geometry")
        if self.cl is not None:
            require_between(self.cl, 0, 1, f"{where}: cl")
        if not all_of(self.columns, Column) or not all_of(self.scalings, Scaling):
            msg = f"{where}: columns and scalings are tuples of Column and of Scaling"
            raise InvalidCurve(msg)

    @property
    def x(self) -> NDArray[np.float64]:
        """First column, the mass in the unit its header names."""
        return self.columns[0].values

    @property
    def y(self) -> NDArray[np.float64]:
        """Second column, the limited quantity."""
        return self.columns[1].values

    @property
    def unknowns(self) -> tuple[str, ...]:
        """What a user needs to know of this curve and its source does not state."""
        return unknowns(self)

    @property
    def completeness(self) -> tuple[int, int]:
        """How many of the facts a user needs are known, and of how many."""
        return completeness(self)

    def column(self, name: str) -> NDArray[np.float64]:
        """Values of a column by its header name.

        Raises
        ------
        InvalidCurve
            The curve has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column.values
        msg = f"curve {self.id} has no column {name!r}; {near(str(name), (c.name for c in self.columns))}"
        raise InvalidCurve(msg)

    @property
    def range(self) -> tuple[float, float]:
        """Masses between which `at` answers: the tabulated range, narrowed by the validity."""
        low, high = float(self.x.min()), float(self.x.max())
        if self.validity is None:
            return low, high
        return max(low, self.validity.low), min(high, self.validity.high)

    @overload
    def at(self, mass: float, column: str | None = None) -> float: ...
    @overload
    def at(self, mass: ArrayLike, column: str | None = None) -> NDArray[np.float64]: ...
    def at(self, mass: ArrayLike, column: str | None = None) -> float | NDArray[np.float64]:
        """Interpolate, linearly in the logarithms of both axes.

        Parameters
        ----------
        mass : array_like, any shape, unit of the first column
        column
            Which column; the second one by default.

        Returns
        -------
        float for one mass, else ndarray of the same shape
            In the unit of the column.

        Raises
        ------
        OutOfRange
            A mass is no plain number or lies outside `range`; nothing is extrapolated.
        InvalidCurve
            The curve is not a line, so it has no single value at a mass.
        """
        if self.geometry != "line":
            msg = f"curve {self.id} is a {self.geometry}: it has no single value at a mass"
            raise InvalidCurve(msg)
        wanted = floats(mass, "mass", self.columns[0].unit)
        low, high = self.range
        if not np.all((wanted >= low) & (wanted <= high)):
            unit, reason = self.columns[0].unit, self.validity.reason if self.validity else "end of the table"
            msg = f"curve {self.id} covers {low:g} to {high:g} {unit} ({reason}); nothing is extrapolated"
            raise OutOfRange(msg)
        values = self.y if column is None else self.column(column)
        return plain(loglog(wanted, self.x, values))

    @property
    def csv(self) -> str:
        """The columns as CSV, header with units, numbers that read back exactly."""
        rows = zip(*(column.values.tolist() for column in self.columns), strict=True)
        lines = [",".join(column.name for column in self.columns)]
        lines += [",".join(repr(value) for value in row) for row in rows]
        return "\n".join(lines) + "\n"

    @property
    def sha256(self) -> str:
        """Checksum of `csv`, hexadecimal."""
        return hashlib.sha256(self.csv.encode()).hexdigest()

    def to_pandas(self) -> pd.DataFrame:
        """One row a point, one column a column; the record travels in ``attrs``."""
        import pandas as pd

        frame = pd.DataFrame({column.name: column.values.copy() for column in self.columns})
        frame.attrs["curve"] = self.id
        return frame

    def to_xarray(self) -> xr.Dataset:
        """Columns as variables over the first one, each with its ``units``."""
        import xarray as xr

        first, *others = self.columns
        variables = {c.name: (first.name, c.values.copy(), {"units": c.unit}) for c in others}
        coords = {first.name: (first.name, first.values.copy(), {"units": first.unit})}
        return xr.Dataset(variables, coords, attrs={"curve": self.id, "quantity": self.quantity})

    def hvplot(self, **options: Any) -> Any:
        """Draw through hvplot, see `vre_dm.limits.plot.hv.curve_plot`; `dm.overlay` does without it."""
        from vre_dm.limits.plot import hv

        return hv.curve_plot(self, **options)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Curve):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash((self.id, self.sha256))

    def _identity(self) -> tuple[object, ...]:
        names = (name for name in self.__slots__ if name != "columns")
        return (self.csv, *(getattr(self, name) for name in names))

    def __repr__(self) -> str:
        return display.curve_text(self)

    def _repr_html_(self) -> str:
        return display.curve_html(self)
