"""The LAT's own limits beside those of the stack: the composite, and single targets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from vre_dm.physics.dwarfs.roster import read_roster
from vre_dm.physics.dwarfs.stack import DwarfStack
from vre_dm.physics.dwarfs.tables import read_bin_likelihoods
from vre_dm.physics.spectra import Spectrum, read_pppc
from vre_dm.physics.validation import Check

QUANTITY = "⟨σv⟩ in cm³/s"
SOURCE = "{} of the data release of arXiv:1611.03184, as carried by MadDM bb8d861"
COMPOSITE_BB = {
    25.0: 1.2169e-26,
    100.0: 3.3864e-26,
    250.0: 7.5682e-26,
    1000.0: 2.0116e-25,
    2500.0: 3.7746e-25,
    10000.0: 2.2593e-24,
}
COMPOSITE_TAUTAU = {353.6: 6.339e-26, 1000.0: 3.6396e-25, 2500.0: 2.3716e-24, 10000.0: 6.6471e-23}
SINGLE_BB_1_TEV = {
    "draco": 9.1464e-25,
    "ursa_minor": 7.7056e-25,
    "segue_1": 7.6126e-25,
    "ursa_major_II": 3.9458e-25,
}


def checks(fetch: Callable[[str], list[Path]]) -> Iterator[Check]:
    """Compute the published limits again.

    The LAT's spectra hold no electroweak corrections; the two masses of bb with corrections say how little
    they matter there.
    """
    roster = read_roster(fetch("fermi:dsph.jfactors")[0])
    stack = DwarfStack(read_bin_likelihoods(fetch("fermi:dsph.likelihoods")), roster)
    plain, corrected = (read_pppc(fetch(f"pppc4dmid:gamma.{kind}")[0]) for kind in ("noew", "ew"))
    yield from _compared(stack, plain["bb"], COMPOSITE_BB, "41 targets, bb, {:g} GeV", 0.03)
    some = {mass: COMPOSITE_BB[mass] for mass in (100.0, 1000.0)}
    yield from _compared(stack, corrected["bb"], some, "41 targets, bb with EW, {:g} GeV", 0.03)
    yield from _compared(stack, plain["tautau"], COMPOSITE_TAUTAU, "41 targets, tautau, {:g} GeV", 0.02)
    for target, published in SINGLE_BB_1_TEV.items():
        single = stack.only(target)
        yield from _compared(single, plain["bb"], {1000.0: published}, f"{target}, bb, {{:g}} GeV", 0.03)


def _compared(
    stack: DwarfStack, spectrum: Spectrum, published: Mapping[float, float], where: str, tolerance: float
) -> Iterator[Check]:
    ours = stack.scan(spectrum, list(published))["limit"].to_numpy()
    source = SOURCE.format(f"limits_{spectrum.name}.txt")
    for (mass, value), found in zip(published.items(), ours, strict=True):
        yield Check("dwarfs", QUANTITY, where.format(mass), value, float(found), tolerance, source)
