import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from vre_dm.errors import OutOfRange
from vre_dm.physics.dilepton.breit_wigner import weights

NODES = np.geomspace(200, 6000, 400)


def integral(function, mass: float, width: float, low: float) -> float:
    """Adaptive quadrature in the angle that makes the resonance flat."""
    ends = (np.arctan((edge**2 - mass**2) / (mass * width)) for edge in (low, NODES[-1]))
    area, _ = quad(
        lambda angle: function(np.sqrt(mass**2 + mass * width * np.tan(angle))), *ends, epsrel=1e-9, limit=500
    )
    return area / (mass * width)


@pytest.mark.parametrize("relative", [1e-6, 1e-4, 5e-3, 0.03, 0.1])
@pytest.mark.parametrize("mass", [400.0, 1234.5, 4500.0])
def test_a_steep_function_is_integrated_over_any_width(mass: float, relative: float) -> None:
    def falling(m: float) -> float:
        return np.exp(-m / 400)

    width = mass * relative
    low = mass - 2 * width
    ours = (weights(NODES, mass, width, low) @ falling(NODES))[0]
    assert ours == pytest.approx(integral(falling, mass, width, low), rel=1e-3)


@settings(max_examples=40)
@given(
    mass=st.floats(250, 5500), relative=st.floats(1e-5, 0.2), slope=st.floats(-1, 1), cut=st.floats(0, 1.2)
)
def test_what_is_linear_in_s_is_integrated_exactly(
    mass: float, relative: float, slope: float, cut: float
) -> None:
    width, low = mass * relative, max(mass * cut, NODES[0])
    values = 1 + slope * (NODES / NODES[-1]) ** 2
    ours = (weights(NODES, mass, width, low) @ values)[0]
    scale = mass * width
    ends = (np.array([low, NODES[-1]]) ** 2 - mass**2) / scale
    flat, rising = np.diff(np.arctan(ends))[0] / scale, np.diff(np.log1p(ends**2))[0] / 2
    exact = flat + slope / NODES[-1] ** 2 * (rising + mass**2 * flat)
    assert ours == pytest.approx(exact, rel=1e-7, abs=1e-9 / scale)


def test_a_resonance_without_width_is_refused() -> None:
    with pytest.raises(OutOfRange, match="width"):
        weights(NODES, [1000.0, 2000.0], [1.0, 0.0])
