"""Two curves side by side: what differs, what nobody states, and how far the numbers are apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.limits.conftest import HOSTILE, make
from vre_dm.errors import InvalidCurve
from vre_dm.limits.catalogue import curves
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.metadata import Assumptions, Provenance, Validity
from vre_dm.limits.overlay import overlay
from vre_dm.limits.plot.compare import compare


def test_only_what_differs_is_in_the_table() -> None:
    found = compare([make(cl=0.9), make(id="other", cl=0.95)])
    assert found.differ == {"CL": ("90%", "95%")}
    assert found.same["licence"] == "CC0-1.0"


def test_an_assumption_that_only_one_source_states_differs() -> None:
    stated = make(id="other", assumptions=Assumptions({"halo": "SHM"}))
    assert compare([make(), stated]).differ["halo"] == ("unknown", "SHM")


def test_what_no_source_states_is_said_and_not_taken_for_equal() -> None:
    found = compare([make(), make(id="other")])
    assert "statistic" in found.unstated
    assert "statistic" not in found.same
    assert "stated by none of the sources: statistic" in repr(found)
    assert "no stated assumption differs" in repr(found)


def test_how_a_curve_was_digitised_is_compared() -> None:
    read = Provenance(type="digitised", tool="WebPlotDigitizer", error_dex=0.03)
    found = compare([make(provenance=Provenance(type="HEPData")), make(id="other", provenance=read)])
    assert found.differ["digitisation error"] == ("none, not digitised", "0.03 dex")
    assert found.differ["provenance"] == ("HEPData", "digitised with WebPlotDigitizer")


@given(st.floats(1e-3, 1e3))
def test_the_ratio_of_the_numbers_is_taken_over_the_common_masses(factor: float) -> None:
    masses = [8.0, 50.0, 200.0]
    other = make(
        id="other", columns=(mass_column(masses), limit_column(make().at(masses) * factor, "sigma_SI"))
    )
    ratios = compare([other, make()]).ratios
    assert (ratios[0].mass, ratios[-1].mass) == (8.0, 200.0)
    assert [ratios[0].value, ratios[-1].value] == pytest.approx([factor, factor])


def test_the_numbers_are_compared_only_where_both_hold() -> None:
    short = make(id="other", validity=Validity(20, 30, "efficiency"))
    assert {20.0, 30.0} == {r.mass for r in compare([make(), short]).ratios[::4]}


def test_lines_that_share_no_mass_and_contours_have_no_ratio() -> None:
    far = make(id="far", columns=(mass_column([1e4, 1e5]), limit_column([1e-45, 1e-44], "sigma_SI")))
    assert compare([make(), far, make(id="closed", geometry="contour")]).ratios == ()


def test_the_mass_is_said_in_the_unit_of_the_axis() -> None:
    columns = (mass_column([1e-6, 2e-6]), limit_column([1e-13, 2e-13], "g_ae"))
    pair = [make(id=name, quantity="g_ae", columns=columns) for name in ("one", "two")]
    assert "one / two: 1 at 1 keV" in repr(compare(pair))


def test_an_overlay_compares_the_curves_it_is_asked_for() -> None:
    shown = overlay(curves("si_lz_2024", "si_xenonnt_2025", "si_dama_iodine_2008"))
    found = shown.compare("si_lz_2024", "si_dama_iodine_2008")
    assert found.ids == ("si_lz_2024", "si_dama_iodine_2008")
    assert found.differ["CL"] == ("90%", "unknown")
    assert found.differ["kind"] == ("observed", "signal region")
    assert len(shown.compare().ids) == 3


def test_one_curve_alone_or_two_quantities_are_refused() -> None:
    with pytest.raises(InvalidCurve, match="two or more curves of one quantity, got si_toy_2020"):
        compare([make()])
    with pytest.raises(InvalidCurve, match="of one quantity"):
        compare([make(), make(id="other", quantity="sigma_SDp")])


def test_an_id_that_is_not_drawn_is_answered_with_the_nearest() -> None:
    with pytest.raises(InvalidCurve, match="si_lz_2024"):
        overlay(curves("si_lz_2024", "si_xenonnt_2025")).compare("si_lz_2042", "si_xenonnt_2025")


def test_hostile_text_stays_text() -> None:
    bad = make(id="other", label=HOSTILE, statistic=HOSTILE, assumptions=Assumptions({"halo": HOSTILE}))
    found = compare([make(), bad])
    assert "<img" not in found._repr_html_()
    assert "\x1b" not in repr(found)


def test_a_long_statement_is_broken_to_fit_a_terminal() -> None:
    long = make(id="long", assumptions=Assumptions({"halo": "a word " * 60}))
    text = repr(compare([make(), long]))
    assert "a word a word" in text
    assert max(map(len, text.splitlines())) < 160
