"""Folding: what goes in comes out, once, and a response that is none is refused."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.errors import OutOfRange
from vre_dm.physics.response import fold, read_response, response_matrix, window_fractions

ENERGIES = [[1.0, 0.5, 1.5], [2.0, 1.5, 2.5]]
EDGES = [[10, 20], [20, 40], [40, 80]]
FRACTIONS = [[0.5, 0.2, 0.0], [0.1, 0.3, 0.4]]
RESPONSE = response_matrix(FRACTIONS, ENERGIES, EDGES)


def test_the_axes_carry_their_units() -> None:
    assert RESPONSE.dims == ("energy", "s2")
    assert RESPONSE["energy_low"].attrs["units"] == "keV"
    assert RESPONSE["s2_high"].attrs["units"] == "PE"


def test_counts_are_rate_times_width_times_exposure_times_fraction() -> None:
    counts = fold([[3.0, 5.0]], RESPONSE, exposure_tonne_year=2.0)
    np.testing.assert_allclose(counts, [[2 * (1.5 + 0.5), 2 * (0.6 + 1.5), 2 * 2.0]])


def test_the_energy_bin_with_the_threshold_counts_in_part() -> None:
    counts = fold([[3.0, 5.0]], RESPONSE, exposure_tonne_year=1.0, threshold_kev=1.25)
    np.testing.assert_allclose(counts[0, 0], 3 * 0.25 * 0.5 + 5 * 0.1)


def test_above_the_last_energy_nothing_is_left() -> None:
    assert not fold([[3.0, 5.0]], RESPONSE, exposure_tonne_year=1.0, threshold_kev=2.5).any()


@given(st.floats(10, 79), st.floats(0.001, 1))
def test_two_windows_side_by_side_hold_what_the_large_one_holds(low: float, share: float) -> None:
    middle = low + share * (80 - low)
    parts = window_fractions(RESPONSE, [[low, middle], [middle, 80.0]]) if middle < 80 else None
    whole = window_fractions(RESPONSE, [[low, 80.0]])
    if parts is not None:
        np.testing.assert_allclose(parts.sum(axis=0), whole[0], atol=1e-12)


@pytest.mark.parametrize("window", [(5, 30), (30, 100), (50, 50), (60, 20), (float("nan"), 30)])
def test_a_window_outside_the_response_or_without_width_is_refused(window: tuple[float, float]) -> None:
    with pytest.raises(OutOfRange, match="region of interest"):
        window_fractions(RESPONSE, [window])


@pytest.mark.parametrize(
    ("fractions", "energies", "edges", "complaint"),
    [
        ([[0.5, 0.2, 0.0]], ENERGIES, EDGES, "shape"),
        (FRACTIONS, ENERGIES, EDGES[:2], "shape"),
        (FRACTIONS, ENERGIES, [[10, 20], [30, 40], [40, 80]], "signal bins"),
        (FRACTIONS, [[1, 0.5, 1.5], [2, 1.8, 2.5]], EDGES, "energy bins"),
        ([[0.5, 0.2, -0.1], [0.1, 0.3, 0.4]], ENERGIES, EDGES, "fraction"),
        ([[0.5, 0.2, 0.9], [0.1, 0.3, 0.4]], ENERGIES, EDGES, "fraction"),
        ([[0.5, 0.2, np.nan], [0.1, 0.3, 0.4]], ENERGIES, EDGES, "fraction"),
    ],
)
def test_numbers_that_are_no_response_are_refused(
    fractions: object, energies: object, edges: object, complaint: str
) -> None:
    with pytest.raises(OutOfRange, match=complaint):
        response_matrix(fractions, energies, edges)  # type: ignore[arg-type]


@pytest.mark.parametrize(("exposure", "threshold"), [(0.0, 0.0), (-1.0, 0.0), (1.0, -0.1), (float("nan"), 0)])
def test_a_negative_exposure_or_threshold_is_refused(exposure: float, threshold: float) -> None:
    with pytest.raises(OutOfRange, match="exposure"):
        fold([[3.0, 5.0]], RESPONSE, exposure_tonne_year=exposure, threshold_kev=threshold)


def test_a_spectrum_at_other_energies_is_refused() -> None:
    with pytest.raises(OutOfRange, match="3 energies"):
        fold([[1.0, 2.0, 3.0]], RESPONSE, exposure_tonne_year=1.0)


def test_a_parquet_file_that_is_something_else_is_refused_by_its_name(tmp_path: Path) -> None:
    other = tmp_path / "events.parquet"
    pq.write_table(pa.table({"s2_area_PE": [100.0]}), other)
    with pytest.raises(OutOfRange, match=r"events\.parquet .* 'energy_keV'"):
        read_response(other, other)
