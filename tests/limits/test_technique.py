"""Which search a curve belongs to, and whether a model stands between it and its quantity."""

from typing import Any

import pytest

from tests.limits.conftest import make
from vre_dm.limits.catalogue import load
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.metadata import Assumptions, Provenance
from vre_dm.limits.quantities import QUANTITIES
from vre_dm.limits.technique import TECHNIQUES, described, is_fog, is_mapped, measured_by, technique


@pytest.mark.parametrize("quantity", sorted(QUANTITIES))
def test_every_quantity_is_measured_by_known_techniques(quantity: str) -> None:
    assert set(measured_by(quantity)) <= {*TECHNIQUES}
    assert measured_by(quantity)[0] != "theory"


def test_of_the_shipped_curves_those_of_colliders_and_the_sun_on_nucleons_were_mapped() -> None:
    mapped = {(curve.quantity, technique(curve)) for curve in load() if is_mapped(curve)}
    assert mapped == {("sigma_SI", "collider"), ("sigma_SDp", "collider"), ("sigma_SDp", "neutrinos")}


def test_every_shipped_curve_of_a_collider_on_nucleons_names_its_model() -> None:
    for curve in load().select(technique="collider"):
        if curve.quantity.startswith("sigma_S"):
            assert f"mapped onto {curve.quantity} through the model " in described(curve)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "direct detection"),
        ({"experiment": "CMS"}, "collider, mapped onto sigma_SI through a model"),
        (
            {"experiment": "CMS", "provenance": Provenance("derived", formula="f/1234.56789")},
            "collider, mapped onto sigma_SI through the model f/1234.56789",
        ),
        ({"experiment": "CMS", "kind": "theory"}, "theory"),
        ({"assumptions": Assumptions({"technique": "mixed: a, b"})}, "mixed: a, b"),
        ({"assumptions": Assumptions({"technique": "<b>none</b>"})}, "direct detection"),
    ],
)
def test_a_curve_shows_its_technique_and_what_stands_between(changes: dict[str, Any], shown: str) -> None:
    assert described(make(**changes)) == shown
    assert f"technique   {shown}\n" in repr(make(**changes))


def test_a_coupling_measured_by_a_star_was_not_mapped() -> None:
    columns = (mass_column([1e-6, 1e-5]), limit_column([1e-12, 1e-12], "g_ae"))
    stated = Assumptions({"technique": "astrophysics and cosmology"})
    assert not is_mapped(make(quantity="g_ae", columns=columns, assumptions=stated))


@pytest.mark.parametrize(("kind", "label", "fog"), [
    ("theory", "Neutrino fog, xenon", True),
    ("theory", "neutrino floor 2013", True),
    ("theory", "thermal relic", False),
    ("observed", "Neutrino fog", False),
])  # fmt: skip
def test_the_fog_is_theory_under_its_name(kind: str, label: str, fog: bool) -> None:
    assert is_fog(make(kind=kind, label=label)) is fog
