"""The checks that every curve passes before anyone sees it; each finds one kind of mistake by its name."""

from collections.abc import Callable, Iterator

from vre_dm.limits.checks import columns, experiments, path, retired, source, values
from vre_dm.limits.checks.columns import BANDS
from vre_dm.limits.checks.problem import Finding, Problem
from vre_dm.limits.checks.record import check_record
from vre_dm.limits.checks.source import PERMISSIVE
from vre_dm.limits.checks.together import check_together
from vre_dm.limits.curve import Curve

__all__ = [
    "BANDS",
    "CHECKS",
    "PERMISSIVE",
    "Problem",
    "check",
    "check_licence",
    "check_record",
    "check_together",
]

CHECKS: dict[str, Callable[[Curve], Iterator[Finding]]] = {
    "positive finite values": values.positive_finite,
    "monotonic mass": path.monotonic_mass,
    "magnitude": values.magnitude,
    "header unit": columns.header_unit,
    "unit of the quantity": columns.quantity_unit,
    "channel": source.channel,
    "repeated column": columns.repeated,
    "bands ordered": columns.bands_ordered,
    "limit inside its bands": columns.limit_inside_bands,
    "sentinel": path.sentinel,
    "closed contour": path.closed,
    "validity": source.validity,
    "headline": source.headline,
    "year": source.year,
    "other experiment": experiments.other_experiment,
    "retired version": retired.retired,
}


def check(curve: Curve) -> list[Problem]:
    """Run every check on one curve; an empty list means that its numbers may be used."""
    problems: list[Problem] = []
    for name, find in CHECKS.items():
        problems += (Problem(name, curve.id, found.text, found.row, found.column) for found in find(curve))
        if problems and name == "positive finite values":
            break  # the other checks take logarithms
    return problems


def check_licence(curve: Curve) -> list[Problem]:
    """Say why a curve must not be passed on with the package; its owner may use it all the same."""
    return [Problem("licence", curve.id, found.text, grave=False) for found in source.licence(curve)]
