"""A simple detector for simulated lepton pairs: acceptance, efficiency, resolution, missing momentum."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vre_dm.sandbox.collisions import Dileptons, Floats

MIN_PT, MAX_ETA = 20.0, 2.5
ELECTRON_EFFICIENCY, MUON_EFFICIENCY = 0.80, 0.75
ELECTRON_MASS, MUON_MASS = 0.000511, 0.10566


@dataclass(frozen=True, slots=True)
class Reconstructed:
    """Leptons after the detector, shape (n, 2), the harder first; ``seen`` says which are there."""

    seen: npt.NDArray[np.bool_]
    pt: Floats
    eta: Floats
    phi: Floats
    charge: npt.NDArray[np.int32]
    met_pt: Floats
    met_phi: Floats


def reconstruct(rng: np.random.Generator, pairs: Dileptons) -> Reconstructed:
    """Smear, select and order the leptons, and sum up what is missing."""
    px, py, pz = np.moveaxis(pairs.momentum, 2, 0)
    true_pt = np.hypot(px, py)
    pt = true_pt * np.exp(resolution(true_pt, pairs.is_muon[:, None]) * rng.standard_normal(true_pt.shape))
    eta, phi = np.arcsinh(pz / true_pt), np.arctan2(py, px)
    efficiency = np.where(pairs.is_muon, MUON_EFFICIENCY, ELECTRON_EFFICIENCY)[:, None]
    seen = (pt > MIN_PT) & (np.abs(eta) < MAX_ETA) & (rng.random(pt.shape) < efficiency)
    met = _missing(rng, pairs, np.where(seen, pt, 0.0), phi)
    order = np.argsort(-pt, axis=1)
    charge = np.broadcast_to(np.array([-1, 1], dtype=np.int32), pt.shape)
    return Reconstructed(
        seen=np.take_along_axis(seen, order, axis=1),
        pt=np.take_along_axis(pt, order, axis=1),
        eta=np.take_along_axis(eta, order, axis=1),
        phi=np.take_along_axis(phi, order, axis=1),
        charge=np.take_along_axis(charge, order, axis=1),
        met_pt=np.abs(met),
        met_phi=np.angle(met),
    )


def resolution(pt: Floats, is_muon: npt.NDArray[np.bool_]) -> Floats:
    """Relative resolution of the transverse momentum.

    Chosen so that the mass resolution, averaged over the accepted pairs, follows the one of the ATLAS
    dilepton search (arXiv:1903.06248) within a third: 2 % at 165 GeV and 1 % at 3 TeV for electrons, 3 % and
    16 % for muons. Pairs of muons with |η| < 0.5 have 21 % at 3 TeV.
    """
    electron = np.sqrt(0.21**2 / pt + 0.0145**2)
    muon = np.sqrt(0.04**2 + (2e-4 * pt) ** 2)
    return np.asarray(np.where(is_muon, muon, electron))


def _missing(
    rng: np.random.Generator, pairs: Dileptons, pt: Floats, phi: Floats
) -> npt.NDArray[np.complex128]:
    """Missing transverse momentum as x + iy: what balances the seen leptons and a smeared recoil."""
    pair = pairs.momentum.sum(axis=1)
    recoil = -(pair[:, 0] + 1j * pair[:, 1])
    spread = 5 + 0.5 * np.sqrt(np.abs(recoil))
    noise = rng.standard_normal(len(pair)) + 1j * rng.standard_normal(len(pair))
    missing: npt.NDArray[np.complex128] = -((pt * np.exp(1j * phi)).sum(axis=1) + recoil + spread * noise)
    return missing
