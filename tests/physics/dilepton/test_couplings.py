import pytest

from vre_dm.errors import OutOfRange
from vre_dm.limits.convert.simplified_model import SimplifiedModel
from vre_dm.physics.dilepton.couplings import FERMIONS, ZPrime, simplified


def test_a_single_fermion_goes_before_its_group_and_what_is_not_named_does_not_couple() -> None:
    model = ZPrime("muon-loving", {"lepton": (0.1, 0.0), "mu": (0.3, -0.1)})
    assert [model.coupling(name) for name in ("e", "mu", "tau", "u")] == [
        (0.1, 0),
        (0.3, -0.1),
        (0.1, 0),
        (0, 0),
    ]


def test_a_fermion_that_does_not_exist_has_no_coupling() -> None:
    with pytest.raises(OutOfRange, match="unknown fermion 'w'"):
        ZPrime("mine", {"up": (0.1, 0.0)}).coupling("w")


def test_a_working_group_model_couples_to_left_handed_neutrinos() -> None:
    axial = simplified(SimplifiedModel(mediator="axial", g_q=0.1, g_dm=1.0, g_l=0.2), "A")
    assert axial.coupling("b") == (0.0, 0.1)
    assert axial.coupling("nu_tau") == (0.1, -0.1)
    assert axial.coupling("DM") == (0.0, 1.0)


@pytest.mark.parametrize(
    ("couplings", "said"),
    [
        ({"upp": (0.1, 0.0)}, "near it: up"),
        ({"up": (float("nan"), 0.0)}, "up to √"),
        ({"up": (4.0, 0.0)}, "up to √"),
        ({"up": (0.1,)}, "two numbers"),
        ({"up": 0.1}, "two numbers"),
        ({"up": (0.0, 0.0)}, "couples to nothing"),
        ({}, "couples to nothing"),
    ],
)
def test_couplings_without_meaning_are_refused_by_name(couplings: dict, said: str) -> None:
    with pytest.raises(OutOfRange, match=said):
        ZPrime("mine", couplings)


@pytest.mark.parametrize("changes", [{"mediator": "scalar"}, {"mediator": "vector", "neutrino_flavours": 1}])
def test_a_model_that_makes_no_such_resonance_is_refused(changes: dict) -> None:
    with pytest.raises(OutOfRange, match="no dilepton"):
        simplified(SimplifiedModel(**({"g_q": 0.1, "g_dm": 1.0} | changes)))


def test_every_fermion_of_the_standard_model_is_there() -> None:
    assert len(FERMIONS) == len(set(FERMIONS)) == 13
