"""Numbers that were published and then replaced: a curve that still has them is refused, with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.checks.problem import Finding
from vre_dm.limits.curve import Curve


@dataclass(frozen=True, slots=True)
class Retired:
    """One replaced result.

    Attributes
    ----------
    arxiv, version
        Preprint, and its version with the old numbers; empty where the numbers were corrected elsewhere.
    quantity, mass, value
        The old number, which tells the old curve when its version is unknown; mass in GeV.
    reason
        What replaced it, and where that is said.
    """

    arxiv: str
    version: str
    quantity: str
    mass: float
    value: float
    reason: str


RTOL = 0.08
"""Of a digitised curve; smaller than the corrections in the table."""
RETIRED = (
    Retired(
        *("1902.04031", "v1", "sigma_SDp", 25.0, 2.5e-41),
        "the article has 3.2e-41 cm2 at 25 GeV (abstract of 10.1103/PhysRevD.100.022001)",
    ),
)
# Corrected without a new version of the preprint: a curve may be used when its erratum says which it is.
CORRECTED = {
    "2107.13438": "the collaboration corrected this limit later (github.com/kdund/dd_limit_plot, request 6)",
}


def retired(curve: Curve) -> Iterator[Finding]:
    """The numbers are not those of a version that was replaced."""
    arxiv, version = curve.reference.arxiv, curve.reference.arxiv_version
    for old in RETIRED:
        if arxiv != old.arxiv or curve.quantity != old.quantity:
            continue
        if version == old.version:
            yield Finding(f"arXiv:{arxiv}{version} was retired: {old.reason}")
        elif _has(curve, old):
            yield Finding(f"{old.value:g} at {old.mass:g} GeV is of arXiv:{arxiv}{old.version}: {old.reason}")
    if arxiv in CORRECTED and not curve.erratum:
        yield Finding(f"{CORRECTED[arxiv]}; say in `erratum` whether these numbers are the corrected ones")


def _has(curve: Curve, old: Retired) -> bool:
    try:
        return abs(curve.at(old.mass) / old.value - 1) < RTOL
    except (InvalidCurve, OutOfRange):
        return False
