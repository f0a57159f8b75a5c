"""Compute the table of effective degrees of freedom that `vre_dm.limits.convert.degrees_of_freedom` reads.

From the closed forms of arXiv:1803.01038 (Saikawa, Shirai), appendix C: lattice QCD, the electroweak
crossover and perturbation theory in one fit from 10 keV on.
Run ``python -m builders.degrees_of_freedom``.
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FOLDER = Path(__file__).parents[1] / "vre_dm" / "limits" / "convert"
STEPS_PER_DECADE = 40
DECADES = (-5, 5)
"""Powers of ten of the temperature in GeV: 10 keV, where the fit begins, to 100 TeV."""

# Table 1: coefficients of tⁿ, t = ln(T/GeV), above 120 MeV.
A = (1, 1.11724, 3.12672e-1, -4.68049e-2, -2.65004e-2, -1.19760e-3)
A += (1.82812e-4, 1.36436e-4, 8.55051e-5, 1.22840e-5, 3.82259e-7, -6.87035e-9)
B = (1.43382e-2, 1.37559e-2, 2.92108e-3, -5.38533e-4, -1.62496e-4, -2.87906e-5)
B += (-3.84278e-6, 2.78776e-6, 7.40342e-7, 1.17210e-7, 3.72499e-9, -6.74107e-11)
C = (1, 6.07869e-1, -1.54485e-1, -2.24034e-1, -2.82147e-2, 2.90620e-2)
C += (6.86778e-3, -1.00005e-3, -1.69104e-4, 1.06301e-5, 1.69528e-6, -9.33311e-8)
D = (7.07388e1, 9.18011e1, 3.31892e1, -1.39779, -1.52558, -1.97857e-2)
D += (-1.60146e-1, 8.22615e-5, 2.02651e-2, -1.82134e-5, 7.83943e-5, 7.13518e-5)

# Equations C.3 and C.4, below 120 MeV: masses in GeV and weights of e, µ, π⁰, π± and four effective hadrons.
ELECTRON, MUON = 511e-6, 0.1056
BOSONS = (0.135, 0.140, 0.5, 0.77, 1.2, 2.0)
WEIGHTS_RHO = (1.05, 2.08, 4.165, 30.55, 89.4, 8209.0)
WEIGHTS_S = (1.034, 2.068, 4.16, 30.55, 90.0, 6209.0)


def _falling(x: Array, slope: float, first: float, second: float, third: float) -> Array:
    result: Array = np.exp(-slope * x) * (1 + first * x + second * x**2 + third * x**3)
    return result


def _fermion_rho(x: Array) -> Array:
    return _falling(x, 1.04855, 1.03757, 0.508630, 0.0893988)


def _boson_rho(x: Array) -> Array:
    return _falling(x, 1.03149, 1.03317, 0.398264, 0.0648056)


def _fermion_s(x: Array) -> Array:
    return _falling(x, 1.04190, 1.03400, 0.456426, 0.0595249)


def _boson_s(x: Array) -> Array:
    return _falling(x, 1.03365, 1.03397, 0.342548, 0.0506182)


def _below(t: Array) -> tuple[Array, Array]:
    """Energy and entropy degrees of freedom below 120 MeV (C.3, C.4)."""
    photons = 1 + 7 / 4 * _fermion_s(ELECTRON / t)
    rho = 2.030 + 1.353 * photons ** (4 / 3) + 3.495 * _fermion_rho(ELECTRON / t)
    rho = rho + 3.446 * _fermion_rho(MUON / t)
    s = 2.008 + 1.923 * photons + 3.442 * _fermion_s(ELECTRON / t) + 3.468 * _fermion_s(MUON / t)
    for mass, in_rho, in_s in zip(BOSONS, WEIGHTS_RHO, WEIGHTS_S, strict=True):
        rho = rho + in_rho * _boson_rho(mass / t)
        s = s + in_s * _boson_s(mass / t)
    return rho, s


def _above(t: Array) -> tuple[Array, Array]:
    """Energy and entropy degrees of freedom above 120 MeV (C.1, C.2)."""
    log = np.log(t)
    rho = np.polyval(A[::-1], log) / np.polyval(B[::-1], log)
    return rho, rho / (1 + np.polyval(C[::-1], log) / np.polyval(D[::-1], log))


def table() -> Array:
    """Rows of temperature in GeV, g_rho and g_s."""
    low, high = DECADES
    t = np.logspace(low, high, STEPS_PER_DECADE * (high - low) + 1)
    columns = zip(_below(t), _above(t), strict=True)
    return np.column_stack([t, *(np.where(t < 0.12, below, above) for below, above in columns)])


def csv() -> str:
    """The table as text, six digits: the fit is good to about one per cent."""
    rows = [",".join(f"{value:.6g}" for value in row) for row in table()]
    return "\n".join(["T_GeV,g_rho,g_s", *rows]) + "\n"


NOTE = {
    "path": "degrees_of_freedom.csv",
    "title": "Effective degrees of freedom of the Standard Model, in energy (g_rho) and in entropy (g_s)",
    "source": "arXiv:1803.01038, appendix C, equations C.1 to C.4 and table 1",
    "made_by": "python -m builders.degrees_of_freedom: our own evaluation of the published closed forms",
    "checked_against": "arXiv:1606.07494, table S2 (a lattice calculation with its own electroweak part)",
    "licence": "BSD-3-Clause",
}


def main() -> None:
    """Write the table and its note."""
    (FOLDER / "degrees_of_freedom.csv").write_text(csv(), encoding="utf-8")
    note = json.dumps(NOTE, indent=2, ensure_ascii=False) + "\n"
    (FOLDER / "degrees_of_freedom.json").write_text(note, encoding="utf-8")


if __name__ == "__main__":
    main()
