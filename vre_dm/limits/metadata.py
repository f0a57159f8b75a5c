"""The parts of a curve's record that are not numbers. What a source does not state is ``UNKNOWN``."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Literal

from vre_dm.errors import InvalidCurve
from vre_dm.limits.construction import require_between
from vre_dm.limits.spelling import require, shown

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reference:
    """The publication a curve comes from.

    Attributes
    ----------
    arxiv
        Identifier without version, for example ``2410.17036``.
    arxiv_version
        The version whose figure or table this is, for example ``v2``.
    doi
        Of the article.
    figure
        Figure or table of the article.
    title, authors
        Of the article; the collaboration's name stands for its authors.
    report
        Number of a report that is not on arXiv, for example ``CMS-PAS-FTR-21-005``.
    release
        DOI or name of the data release, down to the table.
    """

    arxiv: str = UNKNOWN
    arxiv_version: str = UNKNOWN
    doi: str = UNKNOWN
    figure: str = UNKNOWN
    title: str = UNKNOWN
    authors: str = UNKNOWN
    report: str = UNKNOWN
    release: str = UNKNOWN

    @property
    def text(self) -> str:
        """One line, for a tooltip or a table."""
        if self.arxiv == UNKNOWN:
            return self.report if self.doi == UNKNOWN else f"doi:{self.doi}"
        if self.arxiv_version == UNKNOWN:
            return f"arXiv:{self.arxiv} (version {UNKNOWN})"
        return f"arXiv:{self.arxiv}{self.arxiv_version}"


@dataclass(frozen=True, slots=True)
class Provenance:
    """How the numbers came here.

    Attributes
    ----------
    type
        ``collaboration file``, ``HEPData``, ``digitised``, ``derived`` or unknown.
    source, path, commit, blob
        Repository, file in it, commit and git blob.
    tool, error_dex
        Of a digitised curve: what it was read with, and how well, in decades.
    formula, inputs
        Of a derived curve: the formula's identifier and what went in.
    treatment
        What the builder changed on the way, or empty.
    """

    type: str = UNKNOWN
    source: str = UNKNOWN
    path: str = UNKNOWN
    commit: str = UNKNOWN
    blob: str = UNKNOWN
    tool: str = UNKNOWN
    error_dex: float | None = None
    formula: str = UNKNOWN
    inputs: tuple[str, ...] = ()
    treatment: str = ""


@dataclass(frozen=True, slots=True)
class Validity:
    """Range of the first column inside which the curve may be used, and why not beyond.

    Raises
    ------
    InvalidCurve
        An end is no positive finite number.
    """

    low: float
    high: float
    reason: str = UNKNOWN

    def __post_init__(self) -> None:
        require_between(self.low, 0, math.inf, "lower end of the validity")
        require_between(self.high, 0, math.inf, "upper end of the validity")


@dataclass(frozen=True, slots=True)
class Headline:
    """A number the publication states in words; the curve must pass through it."""

    x: float
    value: float
    rtol: float
    source: str


@dataclass(frozen=True, slots=True)
class Scaling:
    """How a limit moves when one assumed parameter takes another value: exactly, for every mass alike.

    Attributes
    ----------
    parameter
        Word of `PARAMETERS`.
    reference
        Value the curve was made with.
    power
        The limit is multiplied by ``(f(value) / f(reference)) ** power``.
    form
        ``f``: ``power`` for the value itself, ``odds`` for ``value / (1 - value)`` (branching ratios).

    Raises
    ------
    InvalidCurve
        An unknown parameter or form, a reference that the parameter cannot take, or an absurd power.
    """

    parameter: str
    reference: float
    power: float
    form: Literal["power", "odds"] = "power"

    def __post_init__(self) -> None:
        require(self.parameter, PARAMETERS, "parameter")
        require(self.form, ("power", "odds"), "form")
        top = 1 if self.form == "odds" else math.inf
        require_between(self.reference, 0, top, f"reference of {self.parameter}")
        require_between(self.power, -21, 21, f"power of {self.parameter}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that publications assume and a slider may change: its symbol, unit, and sensible range."""

    symbol: str
    unit: str
    low: float
    high: float


PARAMETERS = {
    "rho0": Parameter("ρ₀", "GeV/cm³", 0.1, 1.0),
    # For the many publications that do not say which density they assume: exact all the same.
    "rho0_ratio": Parameter("ρ₀ / assumed ρ₀", "", 0.25, 4.0),
    "g_q": Parameter("g_q", "", 0.01, 1.0),
    "g_DM": Parameter("g_DM", "", 0.05, 3.0),
    "g_l": Parameter("g_l", "", 0.001, 1.0),
    "BR": Parameter("BR(H→inv)", "", 0.0005, 0.5),
    "f_N": Parameter("f_N", "", 0.2, 0.4),
}


class Assumptions(Mapping[str, str | float]):
    """What a curve takes for granted (halo, form factor, coupling …); cannot change.

    Raises
    ------
    InvalidCurve
        A name is no text, or a value neither text nor a number.
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, str | float] | None = None) -> None:
        self._items = dict(items or {})
        for name, value in self._items.items():
            if not isinstance(name, str) or not isinstance(value, str | float | Real):
                msg = f"assumption {shown(name)} is {shown(value)}; give it a text or a number"
                raise InvalidCurve(msg)

    def __getitem__(self, key: str) -> str | float:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return f"Assumptions({self._items!r})"
