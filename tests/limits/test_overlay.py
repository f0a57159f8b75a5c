"""The overlay: one model, the same vertices in every renderer, no network, hostile text as text."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from bokeh.models import HoverTool
from hypothesis import given
from hypothesis import strategies as st

import vre_dm
from tests.limits.conftest import HOSTILE, make
from vre_dm.errors import InvalidCurve, InvalidPlot, NotWritable, OutOfRange
from vre_dm.limits.catalogue import curves, load
from vre_dm.limits.checks import BANDS
from vre_dm.limits.column import Column, limit_column, mass_column
from vre_dm.limits.metadata import Assumptions, Scaling
from vre_dm.limits.overlay import MIME, overlay
from vre_dm.limits.plot.model import MOST_CURVES, MOST_VERTICES

SI = load().select(quantity="sigma_SI")
PUBLISHED = curves("si_lz_2024", "si_xenonnt_2025", "si_dama_iodine_2008")


def bokeh_vertices(plot: object) -> list[tuple[list[float], list[float]]]:
    data = next(r for r in plot.renderers if r.glyph.ys == "ys").data_source.data  # type: ignore[attr-defined]
    return list(zip(data["xs"], data["ys"], strict=True))


def printed(axes: object, gid: str) -> list[tuple[float, float]]:
    (line,) = [line for line in axes.lines if line.get_gid() == gid]  # type: ignore[attr-defined]
    return [tuple(point) for point in line.get_xydata().tolist()]


def test_both_renderers_draw_the_vertices_of_the_model() -> None:
    shown = overlay(SI, bands=["si_lz_2024"])
    (axes,) = shown.matplotlib().axes
    for line, (xs, ys) in zip(shown.model["curves"], bokeh_vertices(shown.bokeh()), strict=True):
        vertices = list(zip(line["x"], line["y"], strict=True))
        assert printed(axes, line["id"]) == vertices == list(zip(xs, ys, strict=True))


def test_the_model_holds_the_numbers_of_the_curves() -> None:
    for curve, line in zip(SI, overlay(SI).model["curves"], strict=True):
        if "ceiling_cm2" not in {column.name for column in curve.columns}:
            assert (line["x"], line["y"]) == (curve.x.tolist(), curve.y.tolist())


def test_both_renderers_draw_the_same_areas() -> None:
    shown = overlay(SI, bands=["si_lz_2024"])
    data = shown.bokeh().renderers[0].data_source.data
    (axes,) = shown.matplotlib().axes
    areas = {area.get_gid(): area.get_paths()[0].vertices for area in axes.collections if area.get_gid()}
    for i, line in enumerate(shown.model["curves"]):
        for name in ("fill", "band"):
            outline = list(zip(data[f"{name}_xs"][i], data[f"{name}_ys"][i], strict=True))
            drawn = areas.get(f"{line['id']} {name}", np.empty((0, 2)))
            assert {tuple(point) for point in drawn.tolist()} == set(outline)


def test_all_curves_share_one_data_source() -> None:
    sources = {id(r.data_source) for r in overlay(SI).bokeh().renderers}
    assert len(sources) == 1


def test_the_model_is_plain_json() -> None:
    model = overlay(SI, bands=["si_lz_2024"]).model
    assert json.loads(json.dumps(model, allow_nan=False)) == model


def test_a_front_end_is_offered_data_picture_and_table_and_no_page() -> None:
    shown = overlay(PUBLISHED)
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {MIME, "image/svg+xml", "text/plain"}
    assert bundle[MIME] == shown.model
    ElementTree.fromstring(bundle["image/svg+xml"])
    assert "si_lz_2024" in bundle["text/plain"]


def test_a_saved_page_loads_nothing_from_anywhere(tmp_path: Path) -> None:
    page = overlay(PUBLISHED, title=HOSTILE).save(tmp_path / "limits.html").read_text(encoding="utf-8")
    tags = re.sub(r"<script[^>]*>.*?</script>", "<script>", page, flags=re.DOTALL)
    assert not re.search(r"""(?:src|href|data|action)\s*=\s*["']?\s*(?:https?:)?//""", tags)
    assert not re.search(r"@import|url\(\s*['\"]?\s*(?:https?:)?//", page)
    # BokehJS alone: no MathJax (1.8 MB), widgets or tables.
    assert len(page) < 1_700_000


def test_hostile_text_stays_text_in_every_rendering() -> None:
    curve = make(
        label=HOSTILE, experiment=HOSTILE, statistic=HOSTILE, assumptions=Assumptions({"halo": HOSTILE})
    )
    bundle = overlay(curve, title=HOSTILE)._repr_mimebundle_()
    page = overlay(curve, title=HOSTILE).html()
    assert "<img src=x" not in page
    assert "<img" not in bundle["image/svg+xml"]
    assert "\x1b" not in json.dumps(bundle[MIME], ensure_ascii=False)
    labels = [node.text for node in ElementTree.fromstring(bundle["image/svg+xml"]).iter() if node.text]
    assert any("onerror" in text for text in labels)


def test_the_tooltip_takes_columns_as_text_and_never_as_markup() -> None:
    (hover,) = overlay(PUBLISHED).bokeh().select(HoverTool)
    assert isinstance(hover.tooltips, list)
    assert not any("{safe}" in value for _, value in hover.tooltips)
    shown = {value.strip("@{}") for _, value in hover.tooltips}
    assert {"curve", "kind", "CL", "reference", "licence"} <= shown


def test_the_users_own_curve_stands_out() -> None:
    shown = overlay([*PUBLISHED, make()], highlight=["si_toy_2020"])
    own = [line for line in shown.model["curves"] if line["own"]]
    others = [line for line in shown.model["curves"] if not line["own"]]
    assert [line["id"] for line in own] == ["si_toy_2020"]
    assert own[0]["style"] == own[0]["style_technique"] == -1 < min(line["style"] for line in others)
    widths = shown.bokeh().renderers[0].data_source.data["width"]
    assert widths[-1] > max(widths[:-1])


def test_a_curve_out_of_view_has_no_label() -> None:
    shown = overlay(PUBLISHED, x_range=(1e5, 1e6), y_range=(1e-48, 1e-47))
    assert all(line["label_at"] is None for line in shown.model["curves"])


def test_the_view_is_the_one_asked_for() -> None:
    shown = overlay(PUBLISHED, x_range=(6, 600), y_range=(1e-48, 1e-42))
    (axes,) = shown.matplotlib().axes
    assert axes.get_xlim() == (6, 600)
    assert (shown.bokeh().y_range.start, shown.bokeh().y_range.end) == (1e-48, 1e-42)


@given(st.lists(st.floats(1e-2, 1e5), min_size=2, max_size=5, unique=True))
def test_left_alone_the_view_holds_every_point(masses: list[float]) -> None:
    masses = sorted(masses)
    curve = make(columns=(mass_column(masses), limit_column([1e-44] * len(masses), "sigma_SI")))
    low, high = overlay(curve).model["x"]["range"]
    assert low < masses[0] < masses[-1] < high


@pytest.mark.parametrize("ending", [".png", ".pdf", ".svg", ".html"])
def test_saving_writes_what_the_ending_says(tmp_path: Path, ending: str) -> None:
    starts = {".png": b"\x89PNG", ".pdf": b"%PDF", ".svg": b"<?xml", ".html": b"<!DOCTYPE html>"}
    path = overlay(PUBLISHED).save(tmp_path / f"limits{ending}")
    assert path.read_bytes().lstrip().startswith(starts[ending])


def test_another_ending_is_refused_and_nothing_written(tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match=r"\.html, \.png, \.pdf or \.svg"):
        overlay(PUBLISHED).save(tmp_path / "limits.docx")
    assert list(tmp_path.iterdir()) == []


def test_an_ending_in_capitals_is_an_ending(tmp_path: Path) -> None:
    assert overlay(PUBLISHED).save(tmp_path / "limits.PNG").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("ending", [".pdf", ".html"])
def test_a_folder_that_is_missing_or_a_file_is_refused_by_name(tmp_path: Path, ending: str) -> None:
    (tmp_path / "file").write_text("mine")
    for folder in ("missing", "file"):
        with pytest.raises(NotWritable, match=rf"{folder}/limits\{ending}.*choose a folder"):
            overlay(make()).save(tmp_path / folder / f"limits{ending}")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "mine")]


def test_the_same_model_gives_the_same_picture() -> None:
    first, second = (overlay(PUBLISHED)._repr_mimebundle_()["image/svg+xml"] for _ in range(2))
    assert first == second


def test_two_quantities_on_one_axis_are_refused() -> None:
    with pytest.raises(InvalidCurve, match="sigma_SDp and sigma_SI"):
        overlay([make(), make(id="other", quantity="sigma_SDp")])


def test_an_empty_overlay_is_refused() -> None:
    with pytest.raises(InvalidCurve, match="at least one"):
        overlay([])


def test_an_id_in_place_of_curves_is_answered_with_the_call_to_write() -> None:
    with pytest.raises(InvalidCurve, match=r"write dm\.overlay\(dm\.curves\('si_lz_2024'\)\)"):
        vre_dm.overlay("si_lz_2024")


@pytest.mark.parametrize("argument", ["highlight", "bands"])
def test_one_id_in_place_of_a_list_is_refused(argument: str) -> None:
    with pytest.raises(InvalidPlot, match=rf"write {argument}=\['si_lz_2024'\]"):
        overlay(PUBLISHED, **{argument: "si_lz_2024"})  # type: ignore[arg-type]


@pytest.mark.parametrize("view", [(0, 1), (-1, 1), (100, 1), (1, 1), (1, float("inf")), (1,), 5, "ab"])
@pytest.mark.parametrize("argument", ["x_range", "y_range"])
def test_a_view_that_a_logarithmic_axis_cannot_show_is_refused(argument: str, view: object) -> None:
    with pytest.raises(OutOfRange, match=f"{argument}.*two positive numbers, the lower first"):
        overlay(make(), **{argument: view})  # type: ignore[arg-type]


@pytest.mark.parametrize("argument", ["highlight", "bands"])
def test_an_id_that_is_not_drawn_is_refused(argument: str) -> None:
    with pytest.raises(InvalidCurve, match="si_lz_2042"):
        overlay(PUBLISHED, **{argument: ["si_lz_2042"]})  # type: ignore[arg-type]


def test_a_band_needs_its_columns() -> None:
    with pytest.raises(InvalidCurve, match="si_toy_2020 has no band"):
        overlay(make(), bands=["si_toy_2020"])
    columns = [Column(f"{name}_cm2", "cm2", make().y) for name in (BANDS[1], BANDS[3])]
    shown = overlay(make(columns=(*make().columns, *columns)), bands=["si_toy_2020"])
    assert shown.model["curves"][0]["band"]


def test_the_facade_offers_the_overlay() -> None:
    assert repr(vre_dm.overlay(PUBLISHED)).startswith("Overlay of 3 curves")
    assert repr(vre_dm.overlay(PUBLISHED[0])).startswith("Overlay of 1 curve\n")


def test_the_citations_of_all_that_is_drawn_are_given() -> None:
    entries = overlay(PUBLISHED).bibtex()
    assert "2410.17036" in entries
    assert "2502.18005" in entries


@pytest.mark.parametrize(
    ("value", "what"),
    [(np.nan, "nan is not a positive"), (-1e-45, "-1e-45 is not"), (0.0, "0 is not"), (1e300, "wrong unit?")],
)
@pytest.mark.parametrize("column", ["m_GeV", "limit_cm2"])
def test_a_number_that_no_axis_can_show_is_refused_with_its_place(
    column: str, value: float, what: str
) -> None:
    numbers = {"m_GeV": [5.0, 10.0, 20.0], "limit_cm2": [1e-43, 1e-45, 2e-46]}
    numbers[column][1] = value
    own = make(columns=(mass_column(numbers["m_GeV"]), limit_column(numbers["limit_cm2"], "sigma_SI")))
    with pytest.raises(InvalidCurve, match=re.escape(what)) as refused:
        overlay([PUBLISHED[0], own])
    assert "si_toy_2020" in str(refused.value)
    assert column in str(refused.value)


def test_more_than_a_browser_can_draw_is_refused() -> None:
    crowd = [make(id=f"toy{i}") for i in range(MOST_CURVES + 1)]
    with pytest.raises(InvalidCurve, match=rf"{MOST_CURVES + 1} curves .* are too many"):
        overlay(crowd)
    masses = np.geomspace(1, 1e3, MOST_VERTICES + 1)
    with pytest.raises(InvalidCurve, match="are too many"):
        overlay(make(columns=(mass_column(masses), limit_column(masses * 1e-45, "sigma_SI"))))


@pytest.mark.parametrize(
    "choices",
    [
        {"title": 5},
        {"title": None},
        {"highlight": [5]},
        {"highlight": 5},
        {"bands": b"si_lz_2024"},
        {"theme": np.array([1, 2])},
        {"x_range": (1e-320, 1e308)},
        {"x_range": {"low": 10**400}},
        {"assume": 5},
        {"assume": [("rho0", 0.4)]},
        {"assume": {5: 1}},
        {"assume": {"rho0": "0.4"}},
        {"assume": {"rho0": None}},
        {"assume": {"rho0": np.array([0.3, 0.4])}},
        {"assume": {"rho0": 10**400}},
        {"assume": {"rho0": 1e-320}},
    ],
)
def test_a_choice_of_the_wrong_type_is_refused_in_one_line(choices: dict[str, Any]) -> None:
    with pytest.raises((InvalidCurve, InvalidPlot, OutOfRange)) as refused:
        overlay(make(scalings=(Scaling("rho0", 0.3, -20),)), **choices)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


def test_a_script_of_an_overlay_moved_by_a_numpy_number_runs() -> None:
    moved = overlay(curves("si_lz_2024"), assume={"rho0_ratio": np.float64(2)})
    scope: dict[str, Any] = {"__name__": "script"}
    exec(compile(moved.script(), "script", "exec"), scope)
    assert scope["plot"].model == moved.model
