"""Limits that the code MLFermiLATDwarfs gives, beside those of the same likelihood here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from vre_dm.physics.dwarfs.blank_sky import read_blank_sky
from vre_dm.physics.dwarfs.data_driven import DataDrivenStack
from vre_dm.physics.dwarfs.photon_counts import read_photon_counts
from vre_dm.physics.spectra import Spectrum, read_pppc
from vre_dm.physics.validation import Check

DWARFS = ("Draco", "LeoII", "Sculptor", "UrsaMinor")
SOURCE = "a run of the code MLFermiLATDwarfs (commit c9cb403), not a publication"
TOLERANCE = 0.005
LEAST_CM3_S = 1e-27
"""Where the scan of that code begins."""
J_ALONE = {10.0: 5.255e-27, 50.0: 2.334e-26, 100.0: 5.803e-26, 1000.0: 1.7796e-24}
J_AND_BACKGROUND = {50.0: 3.734e-26}


def checks(fetch: Callable[[str], list[Path]]) -> Iterator[Check]:
    """Compute the code's limits: its four dwarfs, bb, Gaussian J, the background's logarithm scaled."""
    table = read_photon_counts(fetch("fermi:mlfermi.dwarfs")[0], fetch("fermi:mlfermi.counts")[0])
    spectrum = read_pppc(fetch("pppc4dmid:gamma.ew")[0])["bb"]
    four = [table[name] for name in DWARFS]
    known = DataDrivenStack(dwarfs=four)
    learnt = DataDrivenStack(
        dwarfs=four, sky=read_blank_sky(fetch("fermi:mlfermi.voids")[0]), shape="logarithms"
    )
    yield from _compared(known, spectrum, J_ALONE, "J profiled")
    yield from _compared(learnt, spectrum, J_AND_BACKGROUND, "J and background profiled")


def _compared(
    stack: DataDrivenStack, spectrum: Spectrum, theirs: dict[float, float], how: str
) -> Iterator[Check]:
    ours = stack.limits(spectrum, list(theirs), least_cm3_s=LEAST_CM3_S)
    for (mass, value), limit in zip(theirs.items(), ours, strict=True):
        where = f"4 dwarfs, bb, {mass:g} GeV, {how}"
        yield Check("dwarfs-data-driven", "⟨σv⟩ in cm³/s", where, value, float(limit), TOLERANCE, SOURCE)
