"""Whatever is given to a conversion in place of a number: one line that says so, never a bare NumPy error."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from astropy import units

from vre_dm.errors import VreDmError
from vre_dm.limits.catalogue import load
from vre_dm.limits.convert import (
    absorption,
    annihilation,
    annihilation_flux,
    annihilation_lines,
    coupling_rescaling,
    dark_photon,
    degrees_of_freedom,
    higgs_portal,
    local_density,
    mediator_limits,
    mediators,
    relic_contour,
    rescaled_limits,
    thermal_relic,
    widths,
)
from vre_dm.limits.convert.derived import Origin
from vre_dm.limits.convert.simplified_model import SimplifiedModel

MODEL = SimplifiedModel(mediator="vector", g_q=0.25, g_dm=1.0, g_l=0.1)
TOY = Origin(experiment="TOY", label="TOY")
LZ, GQ = load().select("si_lz_2024")[0], load().select(quantity="g_q", kind="observed")[0]
FLUX: dict[str, Any] = {"j_factor": 1e19, "per_event": 1.0, "particle": "Majorana"}

Call = tuple[Callable[..., Any], dict[str, Any], dict[str, Any]]
FORMULAE: dict[str, Call] = {
    # name -> function, its numbers, all else
    "kappa": (absorption.kappa, {"mass": 1e-6, "g_ae": 1e-12}, {}),
    "g_ae": (absorption.g_ae, {"mass": 1e-6, "kappa": 1e-15}, {}),
    "rest": (annihilation.sigma_v_at_rest, {"mediator_mass": 1e3, "dm_mass": 100.0}, {"model": MODEL}),
    "sigma": (
        annihilation.cross_section,
        {"mediator_mass": 1e3, "dm_mass": 100.0, "s": 5e4},
        {"model": MODEL},
    ),
    "flux": (annihilation_flux.annihilation, {"sigmav": 3e-26, "mass": 100.0}, FLUX),
    "sigmav": (annihilation_flux.sigmav, {"flux": 1e-12, "mass": 100.0}, FLUX),
    "decay": (
        annihilation_flux.decay,
        {"lifetime": 1e27, "mass": 100.0, "d_factor": 1e19, "per_event": 1.0},
        {},
    ),
    "lifetime": (
        annihilation_flux.lifetime,
        {"flux": 1e-12, "mass": 100.0, "d_factor": 1e19, "per_event": 1.0},
        {},
    ),
    "propagator": (
        coupling_rescaling.propagator,
        {"mediator_mass": 1e3, "dm_mass": 100.0},
        {"model": MODEL},
    ),
    "phase space": (
        coupling_rescaling.phase_space,
        {"mediator_mass": 1e3, "dm_mass": 100.0},
        {"model": MODEL},
    ),
    "resonant": (
        coupling_rescaling.resonant,
        {"mediator_mass": 1e3, "dm_mass": 100.0},
        {"model": MODEL, "signature": "dijet"},
    ),
    "ratio": (
        coupling_rescaling.ratio,
        {"mediator_mass": 1e3, "dm_mass": 100.0},
        {"old": MODEL, "new": MODEL, "signature": "mono-X"},
    ),
    "rescaled g_q": (
        coupling_rescaling.quark_coupling,
        {"limit": 0.1, "mediator_mass": 1e3, "old_dm_mass": 100.0, "new_dm_mass": 200.0},
        {"old": MODEL, "new": MODEL, "signature": "dijet"},
    ),
    "epsilon": (dark_photon.epsilon, {"mass": 50.0, "g_q": 0.1, "up_share": 0.6, "alpha": 1 / 137}, {}),
    "dark photon g_q": (dark_photon.quark_coupling, {"mass": 50.0, "epsilon": 0.01}, {}),
    "y": (dark_photon.y, {"epsilon": 1e-3, "mass_ratio": 0.3, "alpha_d": 0.5}, {}),
    "g_s": (degrees_of_freedom.entropy, {"temperature": 1.0}, {}),
    "Higgs width": (higgs_portal.invisible_width, {"branching_ratio": 0.1, "higgs_width": 0.004}, {}),
    "Higgs portal": (
        higgs_portal.cross_section_per_width,
        {"dm_mass": 30.0, "f_n": 0.3, "v": 246.0, "higgs_mass": 125.0, "nucleon_mass": 0.94},
        {"particle": "Majorana"},
    ),
    "scattering": (mediators.cross_section, {"mediator_mass": 1e3, "dm_mass": 100.0}, {"model": MODEL}),
    "mediator mass": (mediators.mediator_mass, {"sigma": 1e-45, "dm_mass": 100.0}, {"model": MODEL}),
    "g_q": (
        mediators.quark_coupling,
        {"sigma": 1e-45, "mediator_mass": 1e3, "dm_mass": 100.0},
        {"model": MODEL},
    ),
    "abundance of a model": (
        relic_contour.relic_abundance,
        {"mediator_mass": 1e3, "dm_mass": 400.0},
        {"model": MODEL},
    ),
    "relic": (thermal_relic.cross_section, {"mass": 100.0, "abundance": 0.12}, {"particle": "Dirac"}),
    "abundance": (thermal_relic.abundance, {"mass": 100.0, "sigmav": 2e-26}, {"particle": "Majorana"}),
    "width": (widths.total_width, {"mediator_mass": 1e3, "dm_mass": 100.0}, {"model": MODEL}),
}
CURVES: dict[str, Call] = {
    "from BR": (
        higgs_portal.from_branching_ratio,
        {"branching_ratio": 0.1, "f_n": 0.3, "v": 174.0, "higgs_mass": 125.0, "higgs_width": 0.004},
        {"origin": TOY, "particle": "scalar", "id": "x"},
    ),
    "to BR": (
        higgs_portal.to_branching_ratio,
        {"f_n": 0.3, "v": 174.0, "higgs_mass": 125.0, "higgs_width": 0.004, "nucleon_mass": 0.94},
        {"curve": LZ, "particle": "scalar", "id": "x"},
    ),
    "density": (local_density.rescale, {"rho0": 0.4, "stated": 0.3}, {"curve": LZ}),
    "epsilon of a curve": (dark_photon.epsilon_curve, {"up_share": 0.6, "alpha": 1 / 137}, {"curve": GQ}),
    "sigmav of fluxes": (
        annihilation_flux.sigmav_curve,
        {"j_factor": 1e19, "per_event": 1.0},
        {
            "source": TOY,
            "mass": [10.0, 20.0],
            "flux": [1e-12, 1e-12],
            "id": "x",
            "channel": "bb",
            "particle": "Dirac",
        },
    ),
    "lifetime of fluxes": (
        annihilation_flux.lifetime_curve,
        {"d_factor": 1e19},
        {
            "source": TOY,
            "mass": [10.0, 20.0],
            "flux": [1e-12, 1e-12],
            "id": "x",
            "channel": "bb",
            "per_event": 1,
        },
    ),
    "expected sigmav": (
        annihilation_lines.expected,
        {"mediator_mass": 1e3, "dm_masses": [10.0, 20.0]},
        {"model": MODEL, "id": "x"},
    ),
    "expected sigma": (
        mediator_limits.expected,
        {"mediator_mass": 1e3, "dm_masses": [10.0, 20.0]},
        {"model": MODEL, "id": "x"},
    ),
    "mass plane": (
        mediator_limits.to_mediator_plane,
        {"lightest": 10.0},
        {"curve": LZ, "model": MODEL, "id": "x"},
    ),
    "g_q of a curve": (
        mediator_limits.to_quark_coupling,
        {"mass_ratio": 3.0},
        {"curve": LZ, "model": MODEL, "id": "x"},
    ),
    "relic contour": (
        relic_contour.contour,
        {"mediator_masses": [1e3, 2e3], "abundance": 0.12},
        {"model": MODEL, "id": "x"},
    ),
    "rescaled curve": (
        rescaled_limits.coupling,
        {"old_dm_mass": 1e4, "new_dm_mass": 1e4, "max_width": 0.1},
        {"curve": GQ, "old": MODEL, "new": MODEL, "signature": "dijet", "id": "x"},
    ),
    "relic line": (thermal_relic.curve, {"abundance": 0.12}, {"particle": "Dirac"}),
    "model": (
        SimplifiedModel,
        {"g_q": 0.1, "g_dm": 1.0, "g_l": 0.1, "alpha_s": 0.13, "higgs_value": 246.0},
        {"mediator": "vector"},
    ),
}
NUMBERS = [(name, number) for name, call in (FORMULAE | CURVES).items() for number in call[1]]
WRONG: list[Any] = [
    "40",
    None,
    1j,
    True,
    ["a", "b"],
    [1.0, [2.0]],
    {"mass": 1.0},
    np.nan,
    -1.0,
    3 * units.TeV,
    [1.0, 2.0] * units.kg,
    10**400,
]


@pytest.mark.parametrize("name", FORMULAE | CURVES)
def test_the_numbers_below_are_accepted_as_they_stand(name: str) -> None:
    function, numbers, rest = (FORMULAE | CURVES)[name]
    function(**numbers, **rest)


@pytest.mark.parametrize(("name", "number"), NUMBERS)
def test_what_is_no_number_is_refused_in_one_line(name: str, number: str) -> None:
    function, numbers, rest = (FORMULAE | CURVES)[name]
    for wrong in WRONG:
        if number == "stated" and wrong is None:
            continue
        with pytest.raises(VreDmError) as refused:
            function(**numbers | {number: wrong}, **rest)
        assert len(str(refused.value).splitlines()) == 1
        assert len(str(refused.value)) < 300


@pytest.mark.parametrize("name", FORMULAE)
def test_numbers_give_a_plain_float_and_lists_an_array(name: str) -> None:
    function, numbers, rest = FORMULAE[name]
    one = function(**numbers, **rest)
    first = next(iter(numbers))
    several = function(**numbers | {first: [[numbers[first]] * 2]}, **rest)
    assert type(one) is float
    np.testing.assert_allclose(several, [[one, one]], rtol=1e-12)


def test_masses_that_are_not_one_a_row_of_the_curve_are_refused() -> None:
    function, numbers, rest = CURVES["rescaled curve"]
    with pytest.raises(VreDmError, match=f"has {GQ.x.size} rows, new_dm_mass 2; give one, or one a row"):
        function(**numbers | {"new_dm_mass": [1e4, 1e4]}, **rest)


@pytest.mark.parametrize("name", [name for name, call in FORMULAE.items() if len(call[1]) > 1])
def test_lists_of_unequal_length_do_not_go_together(name: str) -> None:
    function, numbers, rest = FORMULAE[name]
    first, second, *_ = numbers
    changed = {first: [numbers[first]] * 2, second: [numbers[second]] * 3}
    with pytest.raises(VreDmError, match=r"shapes? \(2?3?,\)"):
        function(**numbers | changed, **rest)
