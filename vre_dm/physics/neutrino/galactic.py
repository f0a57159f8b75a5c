"""Four galactic sources that KM3NeT and CTA were studied with, as the hadronic sources they may be."""

from dataclasses import dataclass

from vre_dm.physics.neutrino.pion_decay import PionDecay
from vre_dm.physics.neutrino.sources import Disk, Gaussian


@dataclass(frozen=True, slots=True)
class Hadronic:
    """A source and the protons that would explain its gamma rays.

    Attributes
    ----------
    name
    source, flux
    published_gamma_cm2_s
        Its gamma rays from 0.1 to 100 TeV when all of them are hadronic: median of the fits.
    published_dts
        ΔTS of no protons at all for KM3NeT alone in ten years: median of about 100 pseudo-experiments.
    """

    name: str
    source: Disk | Gaussian
    flux: PionDecay
    published_gamma_cm2_s: float
    published_dts: float


# Positions, sizes, distances, published numbers are of the release of arXiv:2309.03007, the repository
# KM3NeT/Analysis-galactic-sources-CTA-KM3NeT: data/models/sources_catalog.csv, and *_1.0.csv, cases 1 and 2,
# of data/likelihood_analysis. The protons are a fit of ours, by least squares, to the gamma-ray points of it;
# the release's own fit is not in it.
HADRONIC = (
    Hadronic("Vela X", Disk(-45.19, 0.8), PionDecay(
        protons_per_ev=4.0214e30, index=-4.9426, cutoff_tev=14.270, distance_kpc=0.29), 4.6514e-11, 27.722),
    Hadronic("RX J1713.7−3946", Disk(-39.687, 0.6), PionDecay(
        protons_per_ev=1.4963e35, index=1.9953, cutoff_tev=112.24, distance_kpc=1.0), 2.1602e-10, 7.672),
    Hadronic("eHWC J1907+063", Gaussian(6.183, 0.67), PionDecay(
        protons_per_ev=6.4015e35, index=2.2303, cutoff_tev=542.45, distance_kpc=2.37), 2.2428e-10, 2.852),
    Hadronic("Westerlund 1", Disk(-45.851, 1.1), PionDecay(
        protons_per_ev=6.2198e35, index=1.9160, cutoff_tev=887.46, distance_kpc=3.9), 6.6340e-11, 13.422),
)  # fmt: skip
