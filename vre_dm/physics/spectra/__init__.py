"""Energy spectra of what one annihilation makes: tables, functions, mixtures, and their integrals in bins."""

from vre_dm.physics.spectra.bins import counts_in_bins, energy_in_bins
from vre_dm.physics.spectra.function import FunctionSpectrum
from vre_dm.physics.spectra.mixture import Mixture
from vre_dm.physics.spectra.pppc import read_pppc
from vre_dm.physics.spectra.spectrum import Spectrum, require_particle
from vre_dm.physics.spectra.table import TabulatedSpectrum

__all__ = [
    "FunctionSpectrum",
    "Mixture",
    "Spectrum",
    "TabulatedSpectrum",
    "counts_in_bins",
    "energy_in_bins",
    "read_pppc",
    "require_particle",
]
