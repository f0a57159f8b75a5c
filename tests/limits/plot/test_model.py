"""The plot as data: axes and units, sides and bands, notes, years, techniques, what replaces what."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.limits.conftest import HOSTILE, make
from vre_dm.errors import InvalidCurve, InvalidPlot, OutOfRange
from vre_dm.limits.catalogue import load
from vre_dm.limits.column import Column, limit_column, mass_column
from vre_dm.limits.curve import Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.metadata import Assumptions, Provenance, Scaling, Validity
from vre_dm.limits.overlay import overlay
from vre_dm.limits.plot import areas
from vre_dm.limits.plot.axes import titled
from vre_dm.limits.plot.model import Line, Model
from vre_dm.limits.plot.regions import fill, outline
from vre_dm.limits.quantities import QUANTITIES, header
from vre_dm.limits.scaling import moved


def of(quantity: str, **changes: object) -> Curve:
    """A curve of any quantity, in the middle of its range."""
    known = QUANTITIES[quantity]
    middle = (known.low * known.high) ** 0.5
    columns = (mass_column([1e-6, 1e-3, 10]), Column(header("limit", known.unit), known.unit, [middle] * 3))
    return make(**{"id": quantity.lower(), "quantity": quantity, "columns": columns, **changes})


def line(curve: Curve) -> Line:
    return overlay(curve).model["curves"][0]


def units(model: Model, axis: str) -> dict[str, float]:
    return {unit["name"]: unit["factor"] for unit in model[axis]["units"]}  # type: ignore[literal-required]


@pytest.mark.parametrize("name", QUANTITIES)
def test_every_quantity_can_be_drawn_and_its_axis_starts_in_the_unit_of_the_data(name: str) -> None:
    model = overlay(of(name)).model
    for axis in (model["x"], model["y"]):
        assert axis["units"][0] == {"name": axis["unit"], "factor": 1.0}
    assert json.loads(json.dumps(model, allow_nan=False)) == model


def test_cross_sections_switch_between_square_centimetres_picobarns_and_zeptobarns() -> None:
    # 1 b = 1e-24 cm² (SI brochure, table 8).
    assert units(overlay(make()).model, "y") == {"cm²": 1.0, "pb": 1e36, "zb": 1e45}
    assert units(overlay(of("sigma_fid_B")).model, "y") == {"fb": 1.0, "pb": 1e-3}


def test_masses_are_shown_in_the_unit_of_the_technique() -> None:
    model = overlay(of("g_ae")).model
    assert model["curves"][0]["x"] == pytest.approx([1, 1e3, 1e7])
    assert units(model, "x") == {"keV": 1.0, "eV": 1e3, "MeV": 1e-3}
    assert units(overlay(make()).model, "x") == {"GeV": 1.0, "MeV": 1e3, "TeV": 1e-3}


def test_a_validity_and_a_view_follow_the_unit_of_the_axis() -> None:
    shown = overlay(of("kappa", validity=Validity(1e-5, 1e-4, "threshold")), x_range=(1, 100))
    known = shown.model["curves"][0]["valid"]
    assert known is not None
    assert (known["low"], known["high"]) == pytest.approx((10, 100))
    assert shown.model["x"]["range"] == [1, 100]


def test_a_pure_number_has_no_brackets_on_its_axis() -> None:
    assert titled(overlay(of("kappa")).model["y"]) == "kinetic mixing κ"
    assert titled(overlay(make()).model["x"]) == "dark-matter mass [GeV]"


def test_a_mediator_contour_has_the_mediator_on_x_and_dark_matter_on_y() -> None:
    model = overlay(of("mediator_plane", geometry="contour")).model
    assert (model["x"]["label"], model["y"]["label"]) == ("mediator mass", "dark-matter mass")
    assert model["curves"][0]["fill"] == "inside"
    assert units(model, "y") == {"GeV": 1.0, "MeV": 1e3, "TeV": 1e-3}


@pytest.mark.parametrize(
    ("ends", "corner"),
    [
        (
            ((100.0, 50.0), (500.0, 300.0), (700.0, 10.0)),
            [(100.0, 10.0)],
        ),  # left to lower edge
        (((700.0, 10.0), (500.0, 300.0), (100.0, 50.0)), [(100.0, 10.0)]),
        (((100.0, 10.0), (500.0, 300.0), (700.0, 10.0)), []),  # both on the lower one
        (((100.0, 50.0), (500.0, 300.0), (700.0, 60.0), (400.0, 10.0)), [(100.0, 10.0)]),
        (
            ((100.0, 50.0), (400.0, 10.0), (500.0, 90.0), (700.0, 60.0)),
            [],
        ),  # on opposite edges: no corner between
    ],
)
def test_an_open_contour_is_shaded_round_the_corner_that_its_ends_enclose(
    ends: tuple[tuple[float, float], ...], corner: list[tuple[float, float]]
) -> None:
    x, y = map(list, zip(*ends, strict=True))
    columns = (mass_column(x), limit_column(y, "mediator_plane"))
    curve = of("mediator_plane", geometry="contour", columns=columns)
    xs, ys = outline(curve)
    assert list(zip(xs.tolist(), ys.tolist(), strict=True)) == [*ends, *corner]


@pytest.mark.parametrize(
    ("curve", "side"),
    [
        (make(), "above"),
        (of("lifetime"), "below"),
        (make(kind="projection"), "none"),
        (make(kind="expected"), "none"),
        (make(kind="theory"), "none"),
        (make(kind="theory", label="neutrino fog (Xe)"), "below"),
        (make(kind="signal region", geometry="contour"), "inside"),
        (make(geometry="contour"), "inside"),
        (of("mediator_plane"), "none"),
    ],
)
def test_the_side_that_is_shaded_is_the_one_that_is_excluded(curve: Curve, side: str) -> None:
    assert fill(curve) == side
    assert line(curve)["fill"] == side


def test_a_grid_is_refused() -> None:
    with pytest.raises(InvalidCurve, match=r"si_toy_2020 is a grid of values.*contour"):
        overlay(make(geometry="grid"))


def test_bands_of_any_name_are_found_and_called_by_it() -> None:
    columns = [Column(f"{name}_cm2", "cm2", make().y) for name in ("jfactor_m1sigma", "jfactor_p1sigma")]
    curve = make(columns=(*make().columns, *columns))
    band = overlay(curve, bands=["si_toy_2020"]).model["curves"][0]["band"]
    assert band is not None
    assert band["name"] == "±1σ jfactor"
    assert band["low"] == band["high"] == make().y.tolist()


def test_a_curve_that_is_a_band_is_drawn_as_one() -> None:
    high = Column("upper_cm2", "cm2", make().y * 3)
    band = line(make(geometry="band", columns=(*make().columns, high)))["band"]
    assert band is not None
    assert (band["low"], band["high"]) == (make().y.tolist(), (make().y * 3).tolist())


@pytest.mark.parametrize(
    ("curve", "technique"),
    [
        (make(), "direct detection"),
        (of("sigma_e"), "DM-electron"),
        (of("g_ae"), "absorption"),
        (of("sigmav"), "gamma rays"),
        (of("sigmav", experiment="IceCube"), "neutrinos"),
        (of("sigma_SDp", experiment="ATLAS"), "collider"),
        (of("g_q"), "collider"),
        (make(kind="theory"), "theory"),
        (
            make(assumptions=Assumptions({"technique": "astrophysics and cosmology"})),
            "astrophysics and cosmology",
        ),
        (make(assumptions=Assumptions({"technique": HOSTILE})), "direct detection"),
    ],
)
def test_each_curve_has_its_technique(curve: Curve, technique: str) -> None:
    assert line(curve)["technique"] == technique


def test_mixed_confidence_levels_channels_and_form_factors_are_said() -> None:
    mixed = [make(cl=0.9), make(id="b", cl=0.95), make(id="c", cl=None)]
    notes = overlay(mixed).model["notes"]
    assert notes == [
        "90 % and 95 % confidence levels are mixed",
        "confidence level unknown: TOY 2020",
    ]
    pairs = [of("sigmav", channel="bb"), of("sigmav", id="b", channel="tautau")]
    assert overlay(pairs).model["notes"] == ["channels bb and tautau are mixed"]
    factors = [of("sigma_e", channel="F=1"), of("sigma_e", id="b", channel="F~1/q2")]
    assert overlay(factors).model["notes"] == ["form factors F=1 and F~1/q2 are mixed"]
    reflected = [*factors[:1], of("sigma_e", id="b", channel="solar reflected")]
    said = "form factors and signals F=1 and solar reflected are mixed"
    assert overlay(reflected).model["notes"] == [said]


def test_different_values_of_a_parameter_are_said() -> None:
    pair = [
        make(scalings=(Scaling("rho0", 0.3, -1.0),)),
        make(id="b", scalings=(Scaling("rho0", 0.4, -1.0),)),
    ]
    assert overlay(pair).model["notes"] == ["ρ₀ differs: 0.3 and 0.4 GeV/cm³"]


def test_many_superseded_curves_are_counted_and_not_listed() -> None:
    old = [make(id=f"old{i}") for i in range(5)]
    new = [make(id=f"new{i}", supersedes=f"old{i}") for i in range(5)]
    (note,) = overlay([*old, *new]).model["notes"]
    assert note == "5 curves are superseded by newer ones: TOY 2020, TOY 2020, TOY 2020 and 2 more"


def test_a_line_for_any_channel_mixes_with_all() -> None:
    assert overlay([of("sigmav", channel="bb"), of("sigmav", id="b", channel="any")]).model["notes"] == []


def test_nothing_is_said_where_nothing_is_mixed() -> None:
    theory = make(id="theory", kind="theory", cl=None)
    assert overlay([make(), make(id="b"), theory]).model["notes"] == []


def test_a_superseded_curve_says_by_what() -> None:
    new = make(id="new", label="TOY 2024", supersedes="si_toy_2020")
    model = overlay([make(), new]).model
    assert [drawn["superseded_by"] for drawn in model["curves"]] == ["TOY 2024 (new)", ""]
    assert "TOY 2020 is superseded by TOY 2024 (new)" in model["notes"]


def test_a_moved_curve_is_as_superseded_as_the_published_one() -> None:
    old = make(scalings=(Scaling("rho0", 0.3, -1.0),))
    model = overlay([old, make(id="new", supersedes="si_toy_2020")], assume={"rho0": 0.4}).model
    assert model["curves"][0]["superseded_by"] == "TOY 2020 (new)"


def test_the_catalogue_knows_what_replaced_a_curve_that_is_drawn_alone() -> None:
    newer = [curve for curve in load() if curve.supersedes and curve.supersedes in load().ids]
    for curve in newer:
        old = load()[curve.supersedes]
        if old.geometry != "grid":
            assert line(old)["superseded_by"].startswith(curve.label)


def test_years_span_what_is_drawn() -> None:
    assert overlay([make(year=2012), make(id="b", year=None), make(id="c", year=2024)]).model["years"] == [
        2012,
        2024,
    ]
    assert overlay(make(year=None)).model["years"] is None


def test_a_curve_states_what_it_should_and_what_it_does_and_not_what_another_one_does() -> None:
    pair = [
        make(assumptions=Assumptions({"halo": "SHM"})),
        make(id="b", assumptions=Assumptions({"BR_inv": 0.1})),
    ]
    first, second = (drawn["assumptions"] for drawn in overlay(pair).model["curves"])
    assert (first["halo"], second["halo"], second["BR(H → invisible)"]) == ("SHM", "unknown", "0.1")
    assert "BR(H → invisible)" not in first


def test_unknown_stays_unknown() -> None:
    said = line(Curve(id="bare", experiment="X", quantity="sigma_SI", columns=make().columns))
    assert {said["text"][key] for key in ("CL", "statistic", "reference", "DOI", "licence", "year")} == {
        "unknown"
    }
    assert (said["cl"], said["year"], said["valid"]) == (None, None, None)


def test_a_derived_curve_says_formula_and_inputs() -> None:
    made = Provenance(type="derived", formula="higgs_portal", inputs=("BR = 0.107",))
    assert line(make(provenance=made))["text"]["provenance"] == "derived: higgs_portal from BR = 0.107"


@pytest.mark.parametrize(("argument", "word"), [("colour_by", "rainbow"), ("theme", "sepia")])
def test_an_unknown_choice_is_answered_with_those_there_are(argument: str, word: str) -> None:
    with pytest.raises(InvalidPlot, match=f"unknown {argument} '{word}'; .*known are"):
        overlay(make(), **{argument: word})  # type: ignore[arg-type]


@given(st.floats(1.0, 900.0), st.floats(1.01, 10.0))
def test_the_part_that_holds_lies_on_the_curve_and_ends_at_its_limits(low: float, ratio: float) -> None:
    curve = make(validity=Validity(low, low * ratio, "reason"))
    xs, ys = areas.holding(line(curve))
    if not xs:
        assert low * ratio <= curve.x[0]
        return
    assert xs[0] == max(low, curve.x[0])
    assert xs[-1] == min(low * ratio, curve.x[-1])
    assert ys == pytest.approx(replace(curve, validity=None).at(xs), rel=1e-9)


def test_a_curve_without_a_stated_validity_is_drawn_whole() -> None:
    whole = line(make())
    assert not areas.has_limits(whole)
    assert areas.holding(whole) == (whole["x"], whole["y"])
    assert areas.failing(whole) == []


@pytest.mark.parametrize("count", [1, 2, 9, areas.MOST_SHADED])
def test_all_exclusions_over_each_other_still_let_the_lines_show(count: int) -> None:
    outlines, alpha = areas.shaded([line(make())] * count)
    assert all(xs for xs, _ in outlines)
    assert alpha > 0
    assert 1 - (1 - alpha) ** count < 0.3


def test_of_too_many_exclusions_none_is_shaded_but_the_fog_still_is() -> None:
    fog = line(make(id="fog", kind="theory", label="neutrino fog (Xe)"))
    outlines, _ = areas.shaded([line(make()), fog] * (areas.MOST_SHADED + 1))
    assert [bool(xs) for xs, _ in outlines] == [False, True] * (areas.MOST_SHADED + 1)


def test_nothing_is_shaded_where_a_limit_does_not_hold() -> None:
    ((xs, _),), _ = areas.shaded([line(make(validity=Validity(7.0, 20.0, "reason")))])
    assert (min(xs), max(xs)) == (7.0, 20.0)


def with_ceiling(**changes: object) -> Curve:
    """A limit above which rock stops dark matter, a hundred times weaker."""
    return make(columns=(*make().columns, Column("ceiling_cm2", "cm2", make().y * 100)), **changes)


def test_an_exclusion_ends_at_its_ceiling() -> None:
    curve, drawn = with_ceiling(), line(with_ceiling())
    ((xs, ys),), _ = areas.shaded([drawn])
    assert (drawn["geometry"], drawn["fill"]) == ("contour", "inside")
    assert xs == [*curve.x, *curve.x[::-1]]
    assert ys == [*curve.y, *curve.y[::-1] * 100]
    assert line(with_ceiling(kind="projection"))["fill"] == "none"


def test_the_ceiling_is_in_view_and_the_curve_itself_stays_a_line() -> None:
    model = overlay(with_ceiling()).model
    low, high = model["y"]["range"]
    assert low < with_ceiling().y.min()
    assert high > with_ceiling().y.max() * 100
    assert with_ceiling().at(10.0) == make().at(10.0)


def test_the_exclusion_of_tesseract_is_closed() -> None:
    drawn = line(load()["si_tesseract_2025"])
    assert drawn["fill"] == "inside"
    assert len(drawn["x"]) == 2 * load()["si_tesseract_2025"].x.size


def test_what_is_said_of_a_curve_is_in_words_and_not_in_names_of_fields() -> None:
    said = line(
        make(
            assumptions=Assumptions({"form_factor": "Helm", "rho0": 0.4, "own_word": "x"}),
            provenance=Provenance(type="digitised", error_dex=0.03),
        )
    )
    expected = "nuclear form factor: Helm, local density ρ₀ [GeV/cm³]: 0.4, own word: x"
    assert said["text"]["assumptions"] == expected
    assert said["assumptions"]["nuclear form factor"] == "Helm"
    assert not any("_" in word for word in (*said["text"], *said["assumptions"]))


def test_a_band_that_was_asked_for_by_its_old_id_moves_with_its_curve() -> None:
    columns = [Column(f"sensitivity_{s}1sigma_cm2", "cm2", make().y) for s in "mp"]
    curve = make(columns=(*make().columns, *columns), scalings=(Scaling("rho0", 0.3, -1.0),))
    (again,) = moved(CurveSet([curve]), {"rho0": 0.6})
    band = overlay(curve, bands=[curve.id], assume={"rho0": 0.6}).model["curves"][0]["band"]
    assert band is not None
    assert band["low"] == again.column("sensitivity_m1sigma_cm2").tolist()


def test_a_view_in_another_order_is_refused_before_anything_is_drawn() -> None:
    with pytest.raises(OutOfRange, match="x_range"):
        overlay(of("kappa"), x_range=(10, 1))


def test_limits_in_any_unit_column_are_the_numbers_of_the_curve() -> None:
    assert line(make(columns=(mass_column([1, 2]), limit_column([3e-45, 4e-45], "sigma_SI"))))["y"] == [
        3e-45,
        4e-45,
    ]


def test_a_superseded_curve_says_by_what_and_why() -> None:
    newer = make(id="newer", label="Newer 2025", supersedes="si_toy_2020", supersedes_reason="more data")
    old, _ = overlay([make(), newer]).model["curves"]
    assert old["superseded_by"] == "Newer 2025 (newer): more data"
