"""Units as people spell them: `GeV/c^2`, `cm$^2$`, `pb`, `cm3s-1`; powers of ten apart from ours."""

import re
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from vre_dm.errors import InvalidCurve

MASSES = {"meV": -12, "eV": -9, "keV": -6, "MeV": -3, "GeV": 0, "TeV": 3, "PeV": 6}
AREAS = {"cm2": 0, "m2": 4, "mb": -27, "ub": -30, "nb": -33, "pb": -36, "fb": -39, "ab": -42, "zb": -45}
OTHERS = ({"cm3/s": 0}, {"s": 0}, {"1": 0})
TABLES = (MASSES, AREAS, *OTHERS)
SAME = {
    "": "1", "dimensionless": "1", "none": "1", "nounit": "1", "nounits": "1", "µb": "ub", "μb": "ub",
    "cm3s-1": "cm3/s", "cm3*s-1": "cm3/s", "cm3.s-1": "cm3/s", "cm3/sec": "cm3/s",
}  # fmt: skip
LOUD = {
    "EV": "eV",
    "KEV": "keV",
    "MEV": "MeV",
    "GEV": "GeV",
    "TEV": "TeV",
    "PB": "pb",
    "FB": "fb",
    "CM2": "cm2",
    "Mev": "MeV",
    "Gev": "GeV",
    "Tev": "TeV",
    "KeV": "keV",
}
"""Older HEPData tables shout, hands slip."""


def unit(text: str) -> str:
    """Catalogue's spelling of a unit, or the cleaned text when it is none that is known."""
    bare = re.sub(r"[${}\\\s]|mathrm|text", "", text).replace("**", "^")
    bare = re.sub(r"/c(\^?2)?$|\^", "", bare)
    bare = LOUD.get(bare, bare)
    return SAME.get(bare.casefold(), bare)


def power(text: str, wanted: str, where: str) -> int:
    """Power of ten that turns a value in one unit into a value in another.

    Parameters
    ----------
    text
        The unit as the source spells it.
    wanted
        Unit of the catalogue: ``GeV``, ``cm2``, ``cm3/s``, ``s``, ``pb``, ``fb`` or ``1``.
    where
        File and column, for the message.

    Raises
    ------
    InvalidCurve
        The unit is unknown or measures something else.
    """
    given = unit(text)
    for table in TABLES:
        if given in table and wanted in table:
            return table[given] - table[wanted]
    known = any(given in table for table in TABLES)
    reason = f"cannot become {wanted}" if known else f"is unknown; {wanted} is wanted"
    msg = f"{where}: unit {text[:40]!r} {reason}; say x_unit= or y_unit= when the file is wrong"
    raise InvalidCurve(msg)


def converts(text: str, wanted: str) -> bool:
    """Tell whether a value in one unit can be given in the other."""
    given = unit(text)
    return any(given in table and wanted in table for table in TABLES)


def shifted(values: NDArray[np.float64], by: int) -> NDArray[np.float64]:
    """Values times a power of ten, rounded once: what a careful hand would write."""
    if by == 0:
        return values
    return np.array([float(Decimal(repr(value)).scaleb(by)) for value in values.tolist()], dtype=np.float64)


def is_mass(text: str) -> bool:
    """Tell whether this is a unit of mass."""
    return unit(text) in MASSES
