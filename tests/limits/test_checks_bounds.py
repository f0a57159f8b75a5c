"""What the checks must let through: steep thresholds, partial bands, open planes, variants of one result."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.limits.conftest import HOSTILE, make
from vre_dm.limits.checks import BANDS, CHECKS, check, check_together
from vre_dm.limits.checks.experiments import foreign
from vre_dm.limits.column import Column, limit_column, mass_column
from vre_dm.limits.curve import Curve
from vre_dm.limits.inspection import NUMBERS
from vre_dm.limits.metadata import Provenance, Reference, Validity
from vre_dm.limits.quantities import QUANTITIES, header

X = np.geomspace(5, 500, 9)
Y = 1e-46 * (X / 30 + (30 / X) ** 3)


def curve(name: str = "si_toy_2020", x: Any = X, y: Any = Y, **changes: Any) -> Curve:
    of = changes.get("quantity", "sigma_SI")
    return make(id=name, columns=(mass_column(x), limit_column(y, of)), **changes)


def found(*curves: Curve) -> set[str]:
    problems = [problem for each in curves for problem in check(each)] + check_together(curves)
    return {problem.check for problem in problems}


def test_a_threshold_as_steep_as_published_ones_is_no_wall() -> None:
    y = Y.copy()
    y[0] = y[1] * 10 ** (120 * np.log10(X[1] / X[0]) / 30)
    assert found(curve(y=y)) == set()


def test_a_flat_line_is_sound() -> None:
    assert found(curve(y=np.full(9, 1.3e-45))) == set()


def test_a_short_flat_end_is_no_span_and_a_round_number_at_the_end_is_no_sentinel() -> None:
    y = Y.copy()
    y[-1] = y[-2]
    y[0] = 1e-44
    assert found(curve(y=y)) == set()


@pytest.mark.parametrize("missing", range(5))
def test_a_band_may_lack_a_part(missing: int) -> None:
    scales = dict(zip(BANDS, (0.35, 0.55, 0.8, 1.2, 1.8), strict=True))
    del scales[BANDS[missing]]
    bands = [Column(header(stem, "cm2"), "cm2", Y * scale) for stem, scale in scales.items()]
    assert found(make(columns=(mass_column(X), limit_column(Y, "sigma_SI"), *bands))) == set()


def test_a_limit_that_was_never_power_constrained_equals_the_unconstrained_one() -> None:
    unconstrained = Column("upper_limit_unconstrained_cm2", "cm2", Y)
    assert found(make(columns=(mass_column(X), limit_column(Y, "sigma_SI"), unconstrained))) == set()


def test_a_contour_may_end_on_the_border_of_the_plane() -> None:
    x, y = np.array([10, 200, 800, 900, 600, 10]), np.array([1, 1, 100, 300, 310, 150])
    columns = (Column("m_GeV", "GeV", x), Column("m_DM_GeV", "GeV", y))
    assert found(make(columns=columns, quantity="mediator_plane", geometry="contour")) == set()


@pytest.mark.parametrize("year", [2018, 2019, 2020, 2022])
def test_a_preprint_may_precede_or_follow_the_article(year: int) -> None:
    assert found(curve(year=year, reference=Reference("1906.01791"))) == set()


@pytest.mark.parametrize(
    ("year", "arxiv"), [(2017, "1906.01791"), (2023, "1906.01791"), (2009, "astro-ph/0412061")]
)
def test_a_year_far_from_the_preprint_is_another_publication(year: int, arxiv: str) -> None:
    assert found(curve(year=year, reference=Reference(arxiv))) == {"year"}


def test_what_was_computed_may_be_later_than_its_formula() -> None:
    old = Reference("1204.3622")
    assert found(curve(year=2026, reference=old, kind="theory")) == set()
    assert found(curve(year=2026, reference=old, provenance=Provenance("derived"))) == set()


@pytest.mark.parametrize(
    ("text", "experiment", "stranger"),
    [
        ("XENONnT (20 t y)", "LZ", "XENONnT"),
        ("data/PandaX_4T_2021.txt", "EDELWEISS", "PandaX-4T"),
        ("LUX-ZEPLIN 2024", "LZ", ""),
        ("LZ 2024", "LUX-ZEPLIN", ""),
        ("LZ against XENONnT", "LZ", ""),
        ("SuperCDMS CDMSlite 2017", "SuperCDMS CDMSlite", ""),
        ("PandaX limits", "PandaX-4T", ""),
        ("XENON1T", "XENONnT", "XENON1T"),
        ("DarkSide-50 2018", "DarkSide-20k", "DarkSide-50"),
        ("Super-K tautau", "Super-Kamiokande", ""),
        ("a story about lzma", "XENONnT", ""),
        ("LZ", "an experiment nobody knows", ""),
        ("", "LZ", ""),
    ],
)
def test_a_text_is_foreign_when_it_names_only_others(text: str, experiment: str, stranger: str) -> None:
    assert foreign(text, experiment) == stranger


@given(st.text(max_size=200), st.text(max_size=50))
def test_any_text_can_be_asked_whose_it_is(text: str, experiment: str) -> None:
    assert isinstance(foreign(text, experiment), str)


@pytest.mark.parametrize("version", ["v2", "v3", "unknown"])
def test_a_later_version_with_the_later_numbers_is_not_retired(version: str) -> None:
    y = np.interp(np.log(X), np.log([5, 25, 500]), [6e-40, 3.2e-41, 3e-40])
    pico = {"experiment": "PICO-60", "year": 2019, "quantity": "sigma_SDp"}
    assert found(curve(y=y, reference=Reference("1902.04031", version), **pico)) == set()


def test_two_readings_of_one_figure_may_differ_as_much_as_readings_do() -> None:
    paper = Reference("2001.00001")
    wobble = 10 ** (0.1 * np.sin(np.arange(9)))
    assert found(curve("a", reference=paper), curve("b", y=Y * wobble, reference=paper)) == set()


@pytest.mark.parametrize(
    "changes",
    [
        {"label": "TOY 2020 (1000 t y)"},
        {"kind": "projection"},
        {"reference": Reference("2001.00002")},
        {"experiment": "OTHER"},
    ],
)
def test_different_results_may_lie_apart(changes: dict[str, Any]) -> None:
    paper = {"reference": Reference("2001.00001")}
    assert found(curve("a", **paper), curve("b", y=Y / 3, **(paper | changes))) == set()


def test_a_constant_decade_is_a_slip_even_between_variants() -> None:
    paper = {"reference": Reference("2001.00001")}
    other = curve("b", y=Y * 10, label="TOY 2020 (another name)", **paper)
    assert found(curve("a", **paper), other) == {"cross-source distance"}


@pytest.mark.parametrize(("factor", "checks"), [(1.0, set()), (1e3, {"kappa against g_ae"})])
def test_kappa_follows_from_g_ae_of_the_same_search(factor: float, checks: set[str]) -> None:
    masses, coupling = np.geomspace(1e-7, 1e-4, 9), np.geomspace(1e-13, 9e-13, 9)
    mixing = 5.5966e-3 * masses / 1e-6 * coupling * factor
    pair = curve("gae", masses, coupling, quantity="g_ae"), curve("kappa", masses, mixing, quantity="kappa")
    assert found(*pair) == checks


def test_curves_without_common_masses_are_not_compared() -> None:
    assert found(curve("a"), curve("b", x=X * 1000, y=Y * 100)) == set()
    narrow = curve("b", y=Y * 100, validity=Validity(5, 5.1, "efficiency"))
    assert "cross-source distance" not in found(curve("a"), narrow)


def test_hostile_metadata_does_not_disturb_a_check() -> None:
    hostile = curve(experiment=HOSTILE, label=HOSTILE, notes=HOSTILE, provenance=Provenance(path=HOSTILE))
    assert found(hostile) == set()


positive = st.floats(1e-60, 1e60) | st.sampled_from([1.0, 1e-45, 5e-324, 1.7e308])


@settings(deadline=None)
@given(
    st.lists(st.tuples(positive, positive), min_size=1, max_size=12),
    st.sampled_from(sorted(QUANTITIES)),
    st.sampled_from(["line", "contour", "band", "grid"]),
)
def test_every_check_answers_for_any_table_of_positive_numbers(
    rows: list[tuple[float, float]], quantity: str, geometry: Any
) -> None:
    x, y = np.array(rows).T
    one = curve("one", x, y, quantity=quantity, geometry=geometry)
    two = curve("two", x, y[::-1].copy(), quantity=quantity, geometry=geometry)
    checks = {problem.check for problem in [*check(one), *check(two)]}
    assert checks <= set(CHECKS)
    if not checks & NUMBERS:
        assert {problem.curve for problem in check_together([one, two])} <= {"two"}


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=2, max_size=6))
def test_numbers_that_are_none_are_found_before_anything_is_computed(values: list[float]) -> None:
    checks = [problem.check for problem in check(curve(x=np.arange(1.0, len(values) + 1), y=values))]
    sound = all(0 < value < np.inf for value in values)
    assert ("positive finite values" in checks) is not sound
    assert sound or checks == ["positive finite values"]
