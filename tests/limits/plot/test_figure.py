"""The printed plot: journal sizes, fonts that stay text, every curve named, validity and fog shown."""

import re
from xml.etree import ElementTree

import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from tests.limits.conftest import HOSTILE, make
from vre_dm.errors import InvalidPlot
from vre_dm.limits.catalogue import curves, load
from vre_dm.limits.column import limit_column, mass_column
from vre_dm.limits.curve import Curve
from vre_dm.limits.metadata import Validity
from vre_dm.limits.overlay import overlay
from vre_dm.limits.plot import figure, palette

MM = 25.4


def texts(drawing: Figure) -> list[str]:
    (axes,) = drawing.axes
    legends = [text.get_text() for legend in drawing.legends for text in legend.get_texts()]
    return [text.get_text() for text in axes.texts] + legends


@pytest.mark.parametrize(("preset", "width"), [("single column", 86), ("double column", 178)])
def test_a_preset_has_the_width_of_a_column_and_text_that_can_be_read(preset: str, width: float) -> None:
    drawing = overlay(curves("si_lz_2024")).matplotlib(preset)  # type: ignore[arg-type]
    assert drawing.get_figwidth() * MM == pytest.approx(width)
    (axes,) = drawing.axes
    sizes = [text.get_fontsize() for text in (*axes.texts, axes.xaxis.label, axes.yaxis.label)]
    assert 5 <= min(sizes) <= max(sizes) <= 10


def test_an_unknown_preset_is_answered_with_those_there_are() -> None:
    with pytest.raises(InvalidPlot, match=r"unknown preset 'single'; near it: single column"):
        overlay(make()).matplotlib("single")  # type: ignore[arg-type]


def test_every_curve_in_view_is_named_on_the_plot_or_below_it() -> None:
    shown = overlay(load().select(quantity="sigma_SI")[:20])
    for preset in (None, "single column"):
        named = texts(shown.matplotlib(preset))  # type: ignore[arg-type]
        assert {line["label"] for line in shown.model["curves"]} <= set(named)


def test_names_that_no_list_can_hold_are_counted() -> None:
    crowd = [make(id=f"c{i}", label=f"a name of some length {i}") for i in range(80)]
    assert any("curves found no room for a name" in text for text in texts(overlay(crowd).matplotlib()))


def test_names_on_the_plot_do_not_lie_on_each_other() -> None:
    shown = overlay(load().select(quantity="sigma_SI")[:20]).matplotlib("double column")
    shown.canvas.draw()
    (axes,) = shown.axes
    boxes = [text.get_window_extent() for text in axes.texts]
    crossing = [(a, b) for i, a in enumerate(boxes) for b in boxes[:i] if a.overlaps(b)]
    assert len(crossing) <= 1


def test_what_must_be_said_is_written_on_the_plot() -> None:
    shown = overlay([make(cl=0.9), make(id="other", cl=0.95)])
    assert any("90 % and 95 % confidence levels are mixed" in text for text in texts(shown.matplotlib()))


def test_the_part_that_does_not_hold_is_faint_and_hatched() -> None:
    shown = overlay(make(validity=Validity(10, 100, "efficiency"))).matplotlib()
    (axes,) = shown.axes
    whole, holds = axes.lines
    assert whole.get_alpha() < 0.5
    assert (holds.get_alpha(), holds.get_xdata()[0], holds.get_xdata()[-1]) == (None, 10, 100)
    assert sum(area.get_hatch() is not None for area in axes.collections) == 2


def test_the_neutrino_fog_is_grey_and_an_exclusion_is_not() -> None:
    fog = make(id="fog", kind="theory", label="neutrino fog (Xe)", cl=None)
    (axes,) = overlay([make(), fog]).matplotlib().axes
    areas = {area.get_gid(): area for area in axes.collections if isinstance(area, PolyCollection)}
    grey = areas["fog fill"].get_facecolor()[0][:3]
    assert grey.tolist() == pytest.approx([int(palette.FOG[1:3], 16) / 255] * 3)
    own = areas["si_toy_2020 fill"].get_facecolor()[0][:3]
    assert max(own) - min(own) > 0.1
    assert [line.get_color() for line in axes.lines] == [palette.LIGHT[0], palette.GREY]
    # The fog lies below its line, the exclusion above.
    assert areas["fog fill"].get_paths()[0].vertices[:, 1].min() < fog.y.min() / 100
    assert areas["si_toy_2020 fill"].get_paths()[0].vertices[:, 1].max() > make().y.max() * 100


def test_text_in_a_picture_stays_text() -> None:
    svg = overlay(make(label="TOY $x^$ <b>")).matplotlib()
    (axes,) = svg.axes
    assert axes.texts[0].get_text() == "TOY $x^$ <b>"
    picture = figure.render(overlay(make(label="TOY $x^$ <b>")).model, "svg").decode()
    found = [
        "".join(node.itertext())
        for node in ElementTree.fromstring(picture).iter()
        if node.tag.endswith("text")
    ]
    assert "TOY $x^$ <b>" in found


def test_a_pdf_embeds_its_fonts_as_truetype() -> None:
    pdf = figure.render(overlay(make()).model, "pdf")
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf


@pytest.mark.parametrize("form", ["svg", "pdf"])
def test_the_same_plot_gives_the_same_bytes(form: str) -> None:
    model = overlay(make()).model
    assert figure.render(model, form) == figure.render(model, form)


def test_a_hostile_name_that_found_no_room_is_no_mathematics_either() -> None:
    crowd = [make(id=f"c{i}", label=f"{HOSTILE} {i}" * 3) for i in range(14)]
    drawing = overlay(crowd).matplotlib("single column")
    assert len(drawing.legends[0].get_texts()) > 1
    drawing.canvas.draw()


def narrow(name: str, at: float) -> Curve:
    return make(id=name, columns=(mass_column([at, at * 2]), limit_column([1e-45, 1e-45], "sigma_SI")))


def test_a_curve_out_of_view_is_not_named() -> None:
    shown = overlay([narrow("near", 10), narrow("far", 1e4)], x_range=(5, 50)).matplotlib()
    assert len(texts(shown)) == 1


def test_colour_by_none_leaves_only_the_own_curve_in_black() -> None:
    shown = overlay([narrow("one", 10), narrow("mine", 20)], highlight=["mine"], colour_by="none")
    (axes,) = shown.matplotlib().axes
    assert [line.get_color() for line in axes.lines] == [palette.GREY, palette.OWN]
    assert re.fullmatch("#[0-9a-f]{6}", palette.GREY)


@pytest.mark.parametrize("preset", ["single column", "double column", None])
def test_a_legend_of_long_names_stays_on_the_paper(preset: figure.Preset | None) -> None:
    crowd = [
        make(id=f"c{i}", label=f"experiment {i:02} of 2026 (limit translated from another)")
        for i in range(20)
    ]
    drawing = overlay(crowd).matplotlib(preset)
    drawing.canvas.draw()
    (legend,) = drawing.legends
    box = legend.get_window_extent()
    assert len(legend.get_texts()) > 1
    assert box.x0 >= 0
    assert box.x1 <= drawing.bbox.x1


def test_curves_with_one_label_are_all_named_in_print() -> None:
    twins = [
        make(id=f"twin{i}", label="the same words", validity=Validity(20, 30, "made up")) for i in range(20)
    ]
    (legend,) = figure.draw(overlay(twins).model).legends
    assert len(legend.legend_handles) == len(legend.get_texts()) > 1
