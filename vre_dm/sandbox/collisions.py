"""Simulated dilepton collisions, truth level: Drell-Yan continuum, Z and Z′, and their two-body decay.

Simple on purpose: enough for histograms, bump hunts and benchmarks, not a Monte Carlo generator. Continuum
and Z fall with the same parton luminosity, which is a formula. There are no matrix elements, parton
densities, interference, radiation or pile-up; the decay has no forward-backward asymmetry, and the Z′ is a
Breit-Wigner shape without the parton luminosity that would raise its lower side.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from vre_dm.errors import SandboxError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

SQRT_S = 13000.0
MASS_RANGE = (50.0, 6000.0)
Z_MASS, Z_WIDTH = 91.19, 2.495
CONTINUUM, Z, ZPRIME = 0, 1, 2
# Cross sections times branching ratio in fb, both flavours together. The Z is its size at 13 TeV. With this
# continuum the sum of both, after the detector, has the size that ATLAS observed (arXiv:1903.06248): of the
# ratios in ee and in μμ, in four bins from 225 GeV to 2 TeV (tests/sandbox/test_events.py), the geometric
# mean is 1.
CONTINUUM_FB, Z_FB = 9.8e5, 3.9e6
Z_SHARE = 0.5  # of the events that are not signal
Z_TAIL = 0.1  # of the Z; gives its far tail about the weights that the continuum has there


@dataclass(frozen=True, slots=True)
class Model:
    """What is simulated.

    Attributes
    ----------
    zprime_mass
        Pole mass of the Z′ in GeV, 150 to 5500.
    zprime_width
        Total width over mass, above 0 and at most 0.3.
    zprime_fb
        Cross section times branching ratio into ee and μμ together, in fb.
    signal_fraction
        Part of the *generated* events that are Z′, 0 to 0.9; weights undo it.
    luminosity_fb
        Integrated luminosity in fb⁻¹ that the weights are for.
    """

    zprime_mass: float = 3000.0
    zprime_width: float = 0.03
    zprime_fb: float = 1.0
    signal_fraction: float = 0.05
    luminosity_fb: float = 139.0

    def __post_init__(self) -> None:
        allowed = {
            "zprime_mass": (150.0, 5500.0),
            "zprime_width": (1e-6, 0.3),
            "zprime_fb": (0.0, 1e9),
            "signal_fraction": (0.0, 0.9),
            "luminosity_fb": (0.0, 1e6),
        }
        for name in (field.name for field in fields(self)):
            value, (low, high) = getattr(self, name), allowed[name]
            if not low <= value <= high:
                msg = f"{name} is {value}, it must lie between {low:g} and {high:g}"
                raise SandboxError(msg)

    @property
    def yields(self) -> Floats:
        """Expected events of continuum, Z and Z′, shape (3,); zero for a process that is not generated."""
        signal = self.zprime_fb if self.signal_fraction else 0.0
        return np.array([CONTINUUM_FB, Z_FB, signal]) * self.luminosity_fb


def process_counts(model: Model, total: int) -> Integers:
    """How many of the first ``total`` events belong to continuum, Z and Z′, shape (3,)."""
    signal = int(model.signal_fraction * total)
    z = int(Z_SHARE * (total - signal))
    return np.array([total - signal - z, z, signal])


def parton_luminosity(mass: Floats) -> Floats:
    """Luminosity of quark pairs for each unit of m², m⁻³·⁴ (1 − m/√s)¹⁰, in arbitrary units."""
    return np.asarray(mass**-3.4 * (1 - mass / SQRT_S) ** 10)


def continuum(rng: np.random.Generator, size: int) -> tuple[Floats, Floats]:
    """Masses of the continuum, drawn from m⁻² so that the tail is populated, and weights of mean one.

    The spectrum is a cross section of m⁻² times the luminosity: m⁻⁴·⁴ (1 − m/√s)¹⁰ for each GeV.

    Together with the Z, after the detector, it follows what ATLAS observes in ee and in μμ
    (arXiv:1903.06248) within 30 % from 225 GeV to 2 TeV. Above, the muons' resolution makes two to three
    times too many μμ. Below 225 GeV it is not physical: the power law goes on, far too high at 50 to 60 GeV.
    """
    mass = _power_law(rng, size)
    low, high = MASS_RANGE
    edges = np.linspace(1 / high, 1 / low, 20001)
    mean = np.mean(_continuum_shape(2 / (edges[1:] + edges[:-1])))  # uniform in what is drawn, 1/m
    return mass, _continuum_shape(mass) / mean


def _continuum_shape(mass: Floats) -> Floats:
    return np.asarray(mass * parton_luminosity(mass))


def _power_law(rng: np.random.Generator, size: int) -> Floats:
    low, high = MASS_RANGE
    return np.asarray(1 / (1 / low - rng.random(size) * (1 / low - 1 / high)))


def z_boson(rng: np.random.Generator, size: int) -> tuple[Floats, Floats]:
    """Masses of the Z and weights of mean one: m² times a Breit-Wigner shape times the luminosity.

    Far above its peak it falls as the continuum does. Few of a Breit-Wigner shape's masses are there, so
    `Z_TAIL` of the masses are drawn as those of the continuum, and the weights undo it.
    """
    mass = breit_wigner(rng, size, Z_MASS, Z_WIDTH)
    tail = rng.random(size) < Z_TAIL
    mass[tail] = _power_law(rng, int(tail.sum()))
    low, high = _angle(np.array(MASS_RANGE), Z_MASS, Z_WIDTH)
    edges = np.linspace(low, high, 20001)
    mean = np.mean(_z_shape(_mass_at((edges[1:] + edges[:-1]) / 2, Z_MASS, Z_WIDTH)))
    # densities, for each GeV, of the two ways in which a mass is drawn
    pole = Z_MASS * Z_WIDTH
    peak = 2 * mass * pole / ((mass**2 - Z_MASS**2) ** 2 + pole**2) / (high - low)
    power_law = mass**-2 / (1 / MASS_RANGE[0] - 1 / MASS_RANGE[1])
    return mass, _z_shape(mass) / mean * peak / ((1 - Z_TAIL) * peak + Z_TAIL * power_law)


def _z_shape(mass: Floats) -> Floats:
    return np.asarray(mass**2 * parton_luminosity(mass))


def breit_wigner(rng: np.random.Generator, size: int, pole: float, width: float) -> Floats:
    """Masses of a relativistic Breit-Wigner resonance with fixed width, inside the generated range."""
    low, high = _angle(np.array(MASS_RANGE), pole, width)
    return _mass_at(rng.uniform(low, high, size), pole, width)


def _angle(mass: Floats, pole: float, width: float) -> Floats:
    """Angle in which a Breit-Wigner resonance is uniform; `_mass_at` is its inverse."""
    return np.asarray(np.arctan((mass**2 - pole**2) / (pole * width)))


def _mass_at(angle: Floats, pole: float, width: float) -> Floats:
    return np.asarray(np.sqrt(pole**2 + pole * width * np.tan(angle)))


@dataclass(frozen=True, slots=True)
class Dileptons:
    """Lepton pairs before the detector; momenta in GeV, shape (n, 2, 3), negative lepton first."""

    mass: Floats
    weight: Floats
    process: Integers
    is_muon: npt.NDArray[np.bool_]
    momentum: Floats


def dileptons(rng: np.random.Generator, model: Model, process: Integers) -> Dileptons:
    """Draw one lepton pair for each entry of ``process``; weights have mean one in each process."""
    size = len(process)
    mass, weight = np.empty(size), np.ones(size)
    for which, draw in ((CONTINUUM, continuum), (Z, z_boson)):
        chosen = process == which
        mass[chosen], weight[chosen] = draw(rng, int(chosen.sum()))
    signal = process == ZPRIME
    width = model.zprime_mass * model.zprime_width
    mass[signal] = breit_wigner(rng, int(signal.sum()), model.zprime_mass, width)
    return Dileptons(mass, weight, process, rng.random(size) < 0.5, decay(rng, mass))


def decay(rng: np.random.Generator, mass: Floats) -> Floats:
    """Momenta of both leptons in the laboratory, shape (n, 2, 3): 1 + cos²θ at rest, then boosted."""
    size = len(mass)
    # x³ + 3x = 8u − 4 inverts the integral of 1 + x²; the hyperbolic sine solves it.
    cosine = 2 * np.sinh(np.arcsinh(4 * rng.random(size) - 2) / 3)
    direction = _unit(cosine, rng.uniform(-np.pi, np.pi, size))
    rest = 0.5 * mass[:, None] * direction
    beta, gamma = _boost(rng, mass)
    along = np.einsum("ij,ij->i", beta, rest)
    factor = gamma**2 / (gamma + 1) * along
    energy = gamma * 0.5 * mass
    forward = rest + (factor + energy)[:, None] * beta
    backward = -rest + (energy - factor)[:, None] * beta
    return np.stack([forward, backward], axis=1)


def _unit(cosine: Floats, phi: Floats) -> Floats:
    sine = np.sqrt(1 - cosine**2)
    return np.stack([sine * np.cos(phi), sine * np.sin(phi), cosine], axis=1)


def _boost(rng: np.random.Generator, mass: Floats) -> tuple[Floats, Floats]:
    """Velocity and Lorentz factor of the pair: flat rapidity inside its kinematic limit, falling recoil."""
    limit = np.minimum(2.5, 0.7 * np.log(SQRT_S / mass))
    rapidity = limit * rng.uniform(-1, 1, len(mass))
    pt = rng.gamma(1.5, 5 + 0.01 * mass)
    phi = rng.uniform(-np.pi, np.pi, len(mass))
    transverse = np.hypot(mass, pt)
    energy = transverse * np.cosh(rapidity)
    momentum = np.stack([pt * np.cos(phi), pt * np.sin(phi), transverse * np.sinh(rapidity)], axis=1)
    return momentum / energy[:, None], energy / mass
