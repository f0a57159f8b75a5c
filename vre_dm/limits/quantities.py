"""The quantities a limit curve may be about, with their unit and the magnitudes that make sense."""

from dataclasses import dataclass
from typing import Literal

from vre_dm.limits.spelling import require

CEILING = "ceiling"
"""Stem of the column in which an exclusion ends upwards: above it rock and air stop dark matter."""
Side = Literal["above", "below", "inside", "none"]


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
        Unit of the numbers: ``cm2``, ``cm3/s``, ``s``, ``GeV``, ``pb``, ``fb``, or ``1`` for a pure number.
        A column header ends in it, with ``_`` for ``/``: ``limit_cm2``, ``median_cm3_s``, ``limit_1``.
    low, high
        No published curve lies outside; a value that does has a wrong unit.
    mass
        What the first column is; always in GeV.
    shown_mass
        Unit in which an axis shows that mass: ``GeV``, ``keV``, ``eV``.
    excludes
        Side of an observed line that it excludes; ``inside`` for areas bounded by contours.
    channels
        Words allowed as a curve's ``channel``; empty where the quantity needs none.
    """

    name: str
    symbol: str
    unit: str
    low: float
    high: float
    mass: str = "dark-matter mass"
    shown_mass: str = "GeV"
    excludes: Side = "above"
    channels: tuple[str, ...] = ()


FORM_FACTORS = ("F=1", "F~1/q2", "solar reflected", "QEDark")
PAIRS = (
    "bb", "tautau", "WW", "ZZ", "hh", "tt", "mumu", "ee", "uu", "gammagamma", "nunu", "any",
    "qq", "gg", "cc", "Zgamma", "4e", "4mu",
)  # fmt: skip
SIGNATURES = ("dijet", "dilepton", "monophoton", "monojet", "invisible Higgs", "relic density", "any")

# Ranges run from far below the neutrino fog to cross sections at which the Earth becomes opaque.
QUANTITIES = {
    quantity.name: quantity
    for quantity in (
        Quantity("sigma_SI", "σ SI (nucleon)", "cm2", 1e-54, 1e-26),
        Quantity("sigma_SDn", "σ SD (neutron)", "cm2", 1e-54, 1e-24),
        Quantity("sigma_SDp", "σ SD (proton)", "cm2", 1e-54, 1e-24),
        Quantity("sigma_e", "σ (electron)", "cm2", 1e-46, 1e-22, channels=FORM_FACTORS),
        Quantity("kappa", "kinetic mixing κ", "1", 1e-19, 1e-4, "dark-photon mass", "keV"),
        Quantity("g_ae", "axion-electron coupling g_ae", "1", 1e-17, 1e-4, "axion mass", "keV"),
        Quantity("sigmav", "⟨σv⟩", "cm3/s", 1e-31, 1e-16, channels=PAIRS),
        Quantity("lifetime", "lifetime τ", "s", 1e20, 1e33, excludes="below", channels=PAIRS),
        Quantity("mediator_plane", "dark-matter mass", "GeV", 1e-6, 1e5, "mediator mass", "GeV", "inside"),
        Quantity("signal_strength", "signal strength μ", "1", 1e-6, 1e6, "mediator mass", "GeV", "none"),
        Quantity("g_q", "quark coupling g_q", "1", 1e-9, 10, "mediator mass", channels=SIGNATURES),
        Quantity("g_l", "lepton coupling g_l", "1", 1e-5, 10, "mediator mass", channels=SIGNATURES),
        Quantity("g_DM", "dark-matter coupling g_DM", "1", 1e-4, 10, "mediator mass", channels=SIGNATURES),
        Quantity("epsilon", "kinetic mixing ε", "1", 1e-19, 10, "dark-photon mass"),
        Quantity("y_dark_photon", "y = ε² α_D (m_χ/m_A')⁴", "1", 1e-20, 1),
        Quantity("sigma_B", "σ × BR", "pb", 1e-9, 1e3, "resonance mass", channels=SIGNATURES),
        Quantity("sigma_B_A", "σ × BR × A", "pb", 1e-9, 1e3, "resonance mass", channels=SIGNATURES),
        Quantity("sigma_fid_B", "fiducial σ × BR", "fb", 1e-4, 1e3, "resonance mass", channels=SIGNATURES),
        Quantity("BR_inv", "BR(H → invisible)", "1", 1e-5, 1, channels=SIGNATURES),
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


def header(stem: str, unit: str) -> str:
    """Name of a column: what it holds and its unit, as in ``limit_cm3_s``."""
    return f"{stem}_{unit.replace('/', '_')}"
