"""A simplified model: what it refuses, and what it says about itself."""

import math
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.limits.convert.simplified_model import SimplifiedModel

V2 = SimplifiedModel(mediator="vector", g_q=0.1, g_dm=1.0, g_l=0.01)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"g_q": -0.1}, "g_q = -0.1 must lie above 0 or be it"),
        ({"g_dm": 4}, "g_DM = 4 exceeds"),
        ({"g_q": math.nan}, "g_q = nan"),
        ({"g_q": 0, "g_dm": 0}, "couples to nothing"),
        ({"mediator": "scalar", "g_l": 0.1}, "scalar mediator of this model couples to no lepton"),
        ({"neutrino_flavours": 4}, "must be 0, 1, 2 or 3"),
        ({"higgs_value": 0}, "v in GeV = 0"),
        ({"alpha_s": -0.1}, "alpha_s = -0.1"),
        ({"nucleon_factor": 0}, "f per g_q = 0"),
        ({"nucleon_mass": math.inf}, "nucleon mass in GeV = inf"),
    ],
)
def test_a_model_outside_its_domain_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(OutOfRange, match=message):
        SimplifiedModel(**({"mediator": "vector", "g_q": 0.25, "g_dm": 1.0} | fields))  # type: ignore[arg-type]


def test_an_unknown_mediator_or_set_of_masses_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidCurve, match="near it: vector, axial"):
        SimplifiedModel(mediator="axial-vector", g_q=0.25, g_dm=1.0)  # type: ignore[arg-type]
    with pytest.raises(InvalidCurve, match="unknown set of quark masses 'PDG'"):
        SimplifiedModel(mediator="vector", g_q=0.25, g_dm=1.0, masses="PDG")  # type: ignore[arg-type]


@given(st.floats(0.01, 3), st.floats(100, 300))
def test_a_scalar_couples_to_quarks_by_their_mass_and_a_vector_to_all_alike(g_q: float, v: float) -> None:
    scalar = SimplifiedModel(mediator="scalar", g_q=g_q, g_dm=1.0, higgs_value=v)
    vector = SimplifiedModel(mediator="vector", g_q=g_q, g_dm=1.0)
    for quark in scalar.quarks:
        assert scalar.to_quark(quark) == pytest.approx(g_q * quark.mass / v)
        assert vector.to_quark(quark) == g_q


def test_it_says_what_a_result_takes_for_granted() -> None:
    assert V2.couplings == {"g_q": 0.1, "g_DM": 1.0, "g_l": 0.01}
    assert V2.conventions == {"mediator": "vector", "dark_matter": "Dirac fermion", **V2.couplings}
    assert V2.without_g_q == {name: said for name, said in V2.conventions.items() if name != "g_q"}


def test_a_model_does_not_change_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        V2.g_q = 0.2  # type: ignore[misc]
