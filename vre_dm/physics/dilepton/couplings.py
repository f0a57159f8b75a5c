"""What a neutral vector boson couples to, fermion by fermion; the masses and the widths are elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Protocol

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.constants import NEUTRINO_FLAVOURS, PERTURBATIVE
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.limits.spelling import require, shown

GROUPS: Mapping[str, tuple[str, ...]] = {
    "up": ("u", "c", "t"),
    "down": ("d", "s", "b"),
    "lepton": ("e", "mu", "tau"),
    "neutrino": ("nu_e", "nu_mu", "nu_tau"),
}
FERMIONS = (*(fermion for group in GROUPS.values() for fermion in group), "DM")
Pair = tuple[float, float]


class Mediator(Protocol):
    """Anything with a name that knows its couplings.

    A model of one's own needs no more than this: a ``name`` and `coupling`.
    """

    @property
    def name(self) -> str:
        """For the curves made with it."""

    def coupling(self, fermion: str) -> Pair:
        r"""Vector and axial coupling :math:`(g_V, g_A)` to a fermion of `FERMIONS`.

        In :math:`\bar f \gamma^\mu (g_V + g_A \gamma_5) f Z'_\mu`. A left-handed neutrino that couples with
        g has :math:`(g/2, -g/2)`.
        """


@dataclass(frozen=True, slots=True)
class ZPrime:
    """A mediator whose couplings are numbers.

    Attributes
    ----------
    name
        For the curves made with it.
    couplings
        (g_V, g_A) of a fermion of `FERMIONS` or of a whole group of `GROUPS`; a single fermion goes before
        its group. What is not named does not couple.

    Raises
    ------
    OutOfRange
        An unknown fermion, a coupling that is no number or above √(4π), or none that is not zero.
    """

    name: str
    couplings: Mapping[str, Pair]

    def __post_init__(self) -> None:
        for fermion, pair in self.couplings.items():
            require(fermion, (*FERMIONS, *GROUPS), f"fermion of {self.name}", error=OutOfRange)
            _require_pair(pair, f"{self.name}: couplings to {fermion}")
        if not any(any(pair) for pair in self.couplings.values()):
            msg = f"{self.name} couples to nothing; give a coupling to one of {', '.join(GROUPS)} or DM"
            raise OutOfRange(msg)

    def coupling(self, fermion: str) -> Pair:
        """Vector and axial coupling to a fermion of `FERMIONS`; another one is `OutOfRange`."""
        require(fermion, FERMIONS, "fermion", error=OutOfRange)
        group = next((name for name, members in GROUPS.items() if fermion in members), fermion)
        return self.couplings.get(fermion, self.couplings.get(group, (0.0, 0.0)))


def checked(model: Mediator, fermion: str) -> Pair:
    """Couplings that a model gives for a fermion, after a look at them.

    Raises
    ------
    OutOfRange
        They are no two numbers up to √(4π), or the model cannot be asked.
    """
    if not hasattr(model, "coupling"):
        msg = (
            f"{shown(model)} is no mediator: it has no coupling(fermion); take one of BENCHMARKS, a "
            "ZPrime, or simplified(model) of a Working Group model"
        )
        raise OutOfRange(msg)
    pair = model.coupling(fermion)
    _require_pair(pair, f"{model.name}: couplings to {fermion}")
    return float(pair[0]), float(pair[1])


def simplified(model: SimplifiedModel, name: str = "") -> ZPrime:
    """Mediator of an LHC Dark Matter Working Group model, with its couplings to neutrinos.

    Raises
    ------
    OutOfRange
        A scalar or pseudoscalar mediator, or one that is not made for three neutrinos.

    References
    ----------
    arXiv:1603.04156, sec. 2; arXiv:1703.05703
    """
    if not model.spin_one or model.neutrino_flavours != NEUTRINO_FLAVOURS:
        msg = (
            f"a {model.mediator} mediator with {model.neutrino_flavours} neutrinos makes no dilepton "
            "resonance of this kind; take a vector or axial one with three neutrinos"
        )
        raise OutOfRange(msg)
    vector = model.mediator == "vector"
    quark, lepton, dark = ((g, 0.0) if vector else (0.0, g) for g in (model.g_q, model.g_l, model.g_dm))
    left = (model.g_l / 2, -model.g_l / 2)
    parts = {"up": quark, "down": quark, "lepton": lepton, "neutrino": left, "DM": dark}
    return ZPrime(name or f"{model.mediator} mediator", parts)


def _require_pair(pair: object, what: str) -> None:
    numbers = list(pair) if isinstance(pair, tuple | list) else []
    if len(numbers) != 2 or not all(isinstance(g, Real) and abs(float(g)) <= PERTURBATIVE for g in numbers):
        msg = f"{what} must be two numbers up to √(4π), not {shown(pair)}"
        raise OutOfRange(msg)
