"""The computed curves that ship are those that today's conversions compute."""

import numpy as np
import pytest

from builders.curves_derived import INVISIBLE_HIGGS, PARTICLES, derived
from vre_dm.limits.catalogue import load
from vre_dm.limits.curve import Curve

FRESH = tuple(derived(load()))


@pytest.mark.parametrize("fresh", FRESH, ids=lambda curve: curve.id)
def test_a_computed_curve_ships_as_it_is_computed_today(fresh: Curve) -> None:
    shipped = load()[fresh.id]
    np.testing.assert_allclose(shipped.x, fresh.x, rtol=1e-9)
    np.testing.assert_allclose(shipped.y, fresh.y, rtol=1e-6)
    assert (shipped.provenance, shipped.scalings) == (fresh.provenance, fresh.scalings)
    assert (shipped.label, shipped.assumptions) == (fresh.label, fresh.assumptions)


def test_a_computed_curve_names_formula_inputs_and_whose_numbers_went_in() -> None:
    for fresh in FRESH:
        shipped = load()[fresh.id].provenance
        assert shipped.type == "derived"
        assert "/" in shipped.formula
        assert shipped.inputs


def test_a_stronger_limit_on_the_branching_ratio_gives_a_stronger_curve() -> None:
    by_limit = sorted((limit, start) for start, limit, _ in INVISIBLE_HIGGS)
    for particle in PARTICLES:
        curves = [load()[f"{start}_{particle.lower()}"] for _, start in by_limit]
        assert np.all(curves[0].y < curves[1].y)
        assert np.all(curves[1].y < curves[2].y)
