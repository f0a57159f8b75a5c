"""The LAT's composite limit found again from tables: its targets written as those of three instruments."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from vre_dm.physics.combination.combination import Combination
from vre_dm.physics.combination.files import read_likelihoods, write_likelihoods
from vre_dm.physics.combination.table import LikelihoodTable
from vre_dm.physics.dwarfs.checks import COMPOSITE_BB, QUANTITY, SOURCE
from vre_dm.physics.dwarfs.roster import read_roster
from vre_dm.physics.dwarfs.stack import DwarfStack
from vre_dm.physics.dwarfs.tables import read_bin_likelihoods
from vre_dm.physics.spectra import read_pppc
from vre_dm.physics.validation import Check

SIGMA_V_CM3_S = np.geomspace(1e-29, 1e-20, 451)
HALF = 20
TOLERANCE = 0.03


def checks(fetch: Callable[[str], list[Path]]) -> Iterator[Check]:
    """Compute the composite limits again, by way of files.

    Of the 41 targets one instrument holds half by itself; two share all the others, with 0.4 and 0.6 of their
    ln L, so that a J profiled once an instrument would be seen.
    """
    roster = read_roster(fetch("fermi:dsph.jfactors")[0])
    stack = DwarfStack(read_bin_likelihoods(fetch("fermi:dsph.likelihoods")), roster)
    spectrum = read_pppc(fetch("pppc4dmid:gamma.noew")[0])["bb"]
    lnl = stack.likelihood(spectrum, list(COMPOSITE_BB), SIGMA_V_CM3_S, profile_j=False)
    whole = LikelihoodTable(instrument="whole", channel="bb", lnl=lnl, jfactors=dict(roster))
    parts = (
        replace(whole, instrument="first", lnl=lnl[:HALF]),
        replace(whole, instrument="second", lnl=0.4 * lnl[HALF:]),
        replace(whole, instrument="third", lnl=0.6 * lnl[HALF:]),
    )
    with tempfile.TemporaryDirectory() as folder:
        written = [write_likelihoods(part, Path(folder, f"{part.instrument}.parquet"))[0] for part in parts]
        tables = [read_likelihoods(path)["bb"] for path in written]
    limits = Combination(tables).scan()["limit"].to_numpy()
    for (mass, published), ours in zip(COMPOSITE_BB.items(), limits, strict=True):
        where = f"41 targets by 3 tables, bb, {mass:g} GeV"
        yield Check(
            "combination", QUANTITY, where, published, float(ours), TOLERANCE, SOURCE.format("limits_bb.txt")
        )
