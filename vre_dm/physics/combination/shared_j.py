"""One J factor for every target: what instruments must agree on, and what a change of J does to a table."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from vre_dm.errors import OutOfRange
from vre_dm.limits.spelling import require
from vre_dm.physics.combination.table import LikelihoodTable
from vre_dm.physics.dwarfs.roster import JFactor

ALIKE_DEX = 2e-3


def shared_jfactors(
    tables: Sequence[LikelihoodTable], given: Mapping[str, JFactor], own: Collection[str]
) -> dict[str, JFactor]:
    """J factor of each target.

    Parameters
    ----------
    tables
        Of the instruments.
    given
        J factors to use in place of what the tables assumed.
    own
        Targets whose instruments integrate J over regions of their own: each keeps its J, and they share
        how far, in dex, J is from it.

    Returns
    -------
    dict
        By target, in order of appearance. For `own` targets log10 J is that of the first instrument.

    Raises
    ------
    OutOfRange
        A name is no target, or instruments assumed different J and nothing says how to combine them.
    """
    seen: dict[str, list[LikelihoodTable]] = {}
    for table in tables:
        for target in table.targets:
            seen.setdefault(target, []).append(table)
    for target in (*given, *own):
        require(target, seen, "target of the combination", error=OutOfRange)
    both = set(given) & set(own)
    if both:
        msg = f"{min(both)}: either a J factor is given for all instruments or each keeps its own, not both"
        raise OutOfRange(msg)
    return {t: given[t] if t in given else _agreed(t, who, t in own) for t, who in seen.items()}


def shifts(table: LikelihoodTable, shared: Mapping[str, JFactor], own: Collection[str]) -> dict[str, float]:
    """By target, log10 of the shared J over the one that a table assumed; zero where it keeps its own."""
    return {
        target: 0.0 if target in own else shared[target].log10_j - table.jfactors[target].log10_j
        for target in table.targets
    }


def _agreed(target: str, tables: Sequence[LikelihoodTable], own: bool) -> JFactor:
    first = tables[0].jfactors[target]
    for table in tables[1:]:
        other = table.jfactors[target]
        apart = abs(other.log10_j - first.log10_j) > ALIKE_DEX and not own
        if apart or abs(other.sigma_dex - first.sigma_dex) > ALIKE_DEX:
            msg = (
                f"{target}: {tables[0].instrument} assumes log10 J = {first.log10_j:g} ± {first.sigma_dex:g},"
                f" {table.instrument} {other.log10_j:g} ± {other.sigma_dex:g}; give the J factor to use"
                " (jfactors), or say that each is of the instrument's own region (own_regions, one spread)"
            )
            raise OutOfRange(msg)
    return first
