"""The quantities a limit curve may be about, with their unit and the magnitudes that make sense."""

from dataclasses import dataclass

from vre_dm.limits.spelling import require


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a curve limits.

    Attributes
    ----------
    name
        Word of the controlled list, for example ``sigma_SI``.
    symbol
        As drawn on an axis.
    unit
        Unit of the numbers and of the column header.
    low, high
        No published curve lies outside; a value that does has a wrong unit.
    """

    name: str
    symbol: str
    unit: str
    low: float
    high: float


# The range runs from far below the neutrino fog to cross sections at which the Earth becomes opaque.
QUANTITIES = {
    quantity.name: quantity
    for quantity in (
        Quantity("sigma_SI", "σ SI (nucleon)", "cm2", 1e-54, 1e-26),
        Quantity("sigma_SDn", "σ SD (neutron)", "cm2", 1e-46, 1e-24),
        Quantity("sigma_SDp", "σ SD (proton)", "cm2", 1e-46, 1e-24),
    )
}


def quantity(name: str) -> Quantity:
    """Look a quantity up.

    Raises
    ------
    InvalidCurve
        The name is not on the list.
    """
    require(name, QUANTITIES, "quantity")
    return QUANTITIES[name]
