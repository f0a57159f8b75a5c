"""A combined limit as a curve of the catalogue's kind."""

from __future__ import annotations

from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.convert.derived import Origin, derived
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import UNKNOWN, Reference
from vre_dm.limits.slug import slug
from vre_dm.physics.combination.combination import Combination
from vre_dm.physics.dwarfs.crossing import one_sided_drop

FORMULA = "combination/tables/1909.06310"


def combined_curve(
    combination: Combination, *, cl: float = 0.95, id: str = "", label: str = "", inputs: tuple[str, ...] = ()
) -> Curve:
    """Upper limit on the velocity-averaged annihilation cross section.

    Parameters
    ----------
    combination
        Of one instrument or more.
    cl
        One-sided confidence level.
    id, label
        Of the curve; made of the instruments and the channel if left out.
    inputs
        Files that went in, as ``scope:name adler32:xxxxxxxx``; those of the tables are added.

    Returns
    -------
    Curve
        ``sigmav`` in cm³/s at the masses where at least one instrument says something.

    Raises
    ------
    OutOfRange
        As of `Combination.scan`.
    InvalidCurve
        An id or a label that is no text.
    """
    result = combination.scan(cl=cl)
    tables = combination.tables
    who = " + ".join(table.instrument for table in tables)
    files = (*inputs, *(text for table in tables for text in table.inputs))
    channel = tables[0].channel
    return derived(
        Origin(
            experiment=who,
            year=max((table.year for table in tables if table.year), default=None),
            kind=tables[0].kind,
            cl=cl,
            statistic=f"profile likelihood, one-sided, -2 delta lnL = {2 * one_sided_drop(cl):.2f}",
            reference=tables[0].reference if len(tables) == 1 else Reference(),
            licence=tables[0].licence if len({table.licence for table in tables}) == 1 else UNKNOWN,
        ),
        id=id or slug(f"sv_{who[:60]}_{channel}"),
        formula=FORMULA,
        quantity="sigmav",
        channel=channel,
        columns=(
            mass_column(result["mass"].to_numpy()),
            limit_column(result["limit"].to_numpy(), "sigmav"),
        ),
        files=files,
        assumptions=_assumptions(combination),
        label=label or f"{who}, {channel} (this package, combined)",
    )


def _assumptions(combination: Combination) -> dict[str, str | float]:
    shared = combination.shared
    return {
        "targets": f"{len(shared)}: {', '.join(shared)}",
        "J_factor": "log-normal, profiled once for each target: "
        + ", ".join(f"{t} {j.log10_j:g} ± {j.sigma_dex:g}" for t, j in shared.items()),
        "J_of_own_region": ", ".join(combination.own_regions) or "none",
        "J_replaced": ", ".join(combination.jfactors) or "none",
        "references": "; ".join(
            f"{table.instrument}: {table.reference.text}" for table in combination.tables
        ),
    }
