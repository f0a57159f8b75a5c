"""What the reader can change: which curves, in what colour and unit, known when, assuming what."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.plot import Plot
from tests.browser.toys import BETA, OWN, line, model

Show = Callable[..., Plot]
FOCUSED = """() => { const focus = document.activeElement
  return focus.ariaLabel ?? focus.labels?.[0]?.textContent ?? focus.textContent }"""


def shown(plot: Plot) -> list[str]:
    """Names of the curves whose tick box and row say that they are drawn, by the flags Bokeh draws with."""
    names = [line["label"] for line in model()["curves"]]
    flags = plot.named("shown", "booleans")
    pieces = {0: [0, 1, 2], 1: [3], 2: [4], 3: [5], 4: [6]}
    return [name for i, name in enumerate(names) if all(flags[row] for row in pieces[i])]


def test_unticking_a_curve_takes_its_line_its_area_its_name_and_its_hover_away(show: Show) -> None:
    plot = show(curves=[BETA, OWN])
    expect(plot.hover(50.0, 1e-46)).to_be_visible()
    assert plot.pixel(5.0, 1e-41) != (255, 255, 255)
    plot.page.get_by_label("Show BETA 2024").uncheck()
    assert plot.pixel(5.0, 1e-41) == (255, 255, 255)
    expect(plot.hover(50.0, 1e-46)).to_be_hidden()
    assert plot.labels() == ["mine"]


def test_a_technique_or_a_kind_is_shown_or_not(show: Show) -> None:
    plot = show()
    technique = plot.page.get_by_role("group", name="technique")
    technique.get_by_label("theory").uncheck()
    assert shown(plot) == ["ALPHA 2020", "BETA 2024", "SPOT 2010", "mine"]
    plot.page.get_by_role("group", name="kind").get_by_label("signal region").uncheck()
    assert shown(plot) == ["ALPHA 2020", "BETA 2024", "mine"]
    plot.page.get_by_role("button", name="Show all").click()
    assert len(shown(plot)) == 5
    expect(technique.get_by_label("theory")).to_be_checked()


def test_one_curve_alone_and_back(show: Show) -> None:
    plot = show()
    only = plot.page.get_by_role("button", name="Only BETA 2024")
    only.click()
    assert shown(plot) == ["BETA 2024"]
    expect(only).to_have_attribute("aria-pressed", "true")
    only.click()
    assert len(shown(plot)) == 5


def test_the_year_slider_shows_what_was_known_then(show: Show) -> None:
    plot = show()
    year = plot.page.get_by_label("Year")
    year.fill("2020")
    assert shown(plot) == ["ALPHA 2020", "fog", "SPOT 2010", "mine"]
    expect(plot.page.get_by_text("known in 2020")).to_be_visible()
    year.fill("2024")
    assert len(shown(plot)) == 5


def test_the_search_finds_words_of_any_field_in_the_table(show: Show) -> None:
    page = show(curves=[BETA, line("GAMMA 2021", [1e-43] * 4, text={"reference": "arXiv:2101.55555"})]).page
    page.get_by_label("Search curves").fill("55555 gam")
    expect(page.get_by_label("Show GAMMA 2021")).to_be_visible()
    expect(page.get_by_label("Show BETA 2024")).to_be_hidden()


def test_a_slider_moves_a_limit_by_the_right_factor_and_back(show: Show) -> None:
    plot = show()
    before = plot.source()
    slider = plot.page.get_by_label("ρ₀")
    slider.fill("1000")  # the top: 1.0 GeV/cm³, and σ ∝ 1/ρ₀
    after = plot.source()
    for column in ("ys", "fill_ys", "band_ys"):
        expected = 0.3 * np.array(before[column][3], dtype=float)
        np.testing.assert_allclose(np.array(after[column][3], dtype=float), expected, rtol=1e-12)
    assert after["ys"][4] == before["ys"][4], "the fog does not scale with the halo"
    assert after["xs"] == before["xs"]
    expect(plot.hover(50.0, 0.3e-46)).to_contain_text("3.000 × 10⁻⁴⁷ cm²")
    plot.page.get_by_role("button", name="As published").click()
    assert plot.source()["ys"] == before["ys"]
    expect(slider).to_have_attribute("aria-valuetext", re.compile("as published"))


def test_a_branching_ratio_enters_as_odds(show: Show) -> None:
    odds = line(
        "H to inv",
        [1e-44] * 4,
        scalings=[{"parameter": "BR", "reference": 0.1, "power": 1.0, "form": "odds"}],
    )
    slider = {"parameter": "BR", "symbol": "BR", "unit": "1", "value": 0.1, "low": 0.05, "high": 0.5}
    plot = show(curves=[odds], sliders=[slider])
    plot.page.get_by_label("BR").fill("1000")
    # BR/(1-BR) goes from 1/9 to 1.
    np.testing.assert_allclose(plot.source()["ys"][0], [9e-44] * 4, rtol=1e-12)


def test_curves_of_different_references_stay_as_published_until_the_slider_is_moved(show: Show) -> None:
    other = line(
        "OTHER",
        [1e-45] * 4,
        scalings=[{"parameter": "rho0", "reference": 0.4, "power": -1.0, "form": "power"}],
    )
    plot = show(curves=[BETA, other])
    assert plot.source()["ys"][1] == [1e-45] * 4
    plot.page.get_by_label("ρ₀").fill("1000")
    np.testing.assert_allclose(plot.source()["ys"][1], [0.4e-45] * 4, rtol=1e-12)


def test_another_unit_changes_ticks_labels_and_readings_but_no_number(show: Show) -> None:
    plot = show()
    before = plot.source()
    plot.page.get_by_label("y unit").select_option("pb")
    plot.page.get_by_label("x unit").select_option("TeV")
    assert plot.source() == before
    label = plot.page.evaluate("() => Bokeh.documents[0].get_model_by_name('y axis').axis_label.text")
    assert label == "σ SI (nucleon) [pb]"
    tip = plot.hover(50.0, 1e-46)
    expect(tip).to_contain_text("TeV, 1.000 × 10⁻¹⁰ pb")


def test_ticks_are_decades_of_the_unit_that_is_shown(show: Show) -> None:
    plot = show()
    ticks = (
        "name => Bokeh.documents[0].get_model_by_name(name).get_ticks_no_defaults(1e-47, 1e-44, 0, 6).major"
    )
    drawn = "([name, at]) => Bokeh.documents[0].get_model_by_name(name).doFormat(at)"
    at = plot.page.evaluate(ticks, "y axis ticker")
    assert plot.page.evaluate(drawn, ["y axis formatter", at]) == ["10⁻⁴⁷", "10⁻⁴⁶", "10⁻⁴⁵", "10⁻⁴⁴"]
    plot.page.get_by_label("y unit").select_option("zb")
    at = plot.page.evaluate(ticks, "y axis ticker")
    assert plot.page.evaluate(drawn, ["y axis formatter", at]) == ["0.01", "0.1", "1", "10"]


def test_colours_follow_the_experiment_the_technique_or_nothing(show: Show) -> None:
    plot = show()
    assert plot.source()["colour"][3:] == ["#af4e00", "#767676", "#d75898", "#000000"]
    choice = plot.page.get_by_label("colour by")
    choice.select_option("technique")
    assert plot.source()["colour"][3:] == ["#0a61c3", "#767676", "#0a61c3", "#000000"]
    choice.select_option("none")
    assert set(plot.source()["colour"]) == {"#767676", "#000000"}


@pytest.mark.parametrize(("asked", "system"), [("auto", "dark"), ("dark", "light")])
def test_in_a_dark_theme_ground_lines_and_own_curve_change(show: Show, asked: str, system: str) -> None:
    plot = show(context={"color_scheme": system}, theme=asked)
    assert max(plot.pixel(1.2, 1e-47)) < 40
    assert plot.source()["colour"][3:] == ["#f3802f", "#9a9a9a", "#ec98c7", "#ffffff"]


def test_the_theme_follows_while_the_page_is_open(show: Show) -> None:
    plot = show(context={"color_scheme": "light"})
    plot.page.emulate_media(color_scheme="dark")
    plot.settle()
    assert max(plot.pixel(1.2, 1e-47)) < 40


def test_two_curves_argue_about_what_they_assume(show: Show) -> None:
    plot = show()
    plot.page.get_by_label("Compare ALPHA 2020").check()
    region = plot.page.get_by_role("region", name="Compared curves")
    expect(region).to_contain_text("Tick a second curve")
    plot.page.get_by_label("Compare BETA 2024").check()
    expect(region).to_contain_text("They differ in 2 of 4 assumptions")
    expect(region.get_by_role("row", name="CL")).to_have_text("CL90%95%")
    expect(region.get_by_role("row", name="halo")).to_have_text("haloSHMSHM++")
    expect(region).to_contain_text("they may differ here too: statistic, figure")
    # In the middle of 1 to 1000 GeV both are flat: 1e-44 and 1e-46.
    expect(region).to_contain_text("at 31.6 GeV BETA 2024 is 0.01 times ALPHA 2020")


def test_a_third_curve_takes_the_place_of_the_first(show: Show) -> None:
    page = show().page
    for name in ("ALPHA 2020", "BETA 2024", "SPOT 2010"):
        page.get_by_label(f"Compare {name}").check()
    expect(page.get_by_label("Compare ALPHA 2020")).not_to_be_checked()
    expect(page.get_by_role("region", name="Compared curves")).to_contain_text("no common range")


def test_everything_can_be_done_with_the_keyboard_alone(show: Show) -> None:
    plot = show()
    seen: set[str] = set()
    for _ in range(60):
        plot.page.keyboard.press("Tab")
        name = plot.page.evaluate(FOCUSED)
        seen.add(name.strip())
        if name == "Show BETA 2024":
            plot.page.keyboard.press("Space")
    assert "BETA 2024" not in shown(plot)
    wanted = {"Save PNG", "Save SVG", "Search curves", "Only BETA 2024", "Compare BETA 2024", "As published"}
    assert wanted <= seen
    assert {"Year", "ρ₀", "colour by", "y unit"} <= {
        re.split(r"[\d(]| experiment| cm|all", name)[0].strip() for name in seen
    }


@pytest.mark.parametrize(("form", "start"), [("PNG", b"\x89PNG"), ("SVG", b"<svg")])
def test_the_plot_is_saved_as_a_picture(show: Show, form: str, start: bytes, tmp_path: Path) -> None:
    page = show().page
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"Save {form}").click()
    target = tmp_path / "saved"
    waiting.value.save_as(target)
    assert waiting.value.suggested_filename == f"Toy_limits.{form.lower()}"
    assert target.read_bytes().startswith(start)
