"""A saved page is read with the pointer, the keyboard or a screen reader, and asks no host for anything."""

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.plot import NOTE, Plot
from tests.browser.toys import ALPHA, BETA, FOG, line

Show = Callable[..., Plot]


def test_hovering_a_curve_tells_who_and_the_value_between_its_points(show: Show) -> None:
    # A power law from (1, 1e-43) to (10, 1e-46): its middle in log space is exact.
    tip = show().hover(np.sqrt(10.0), 10**-44.5)
    for part in (
        "BETA 2024",
        "3.162 × 10⁻⁴⁵ cm²",
        "90%",
        "halo SHM",
        "collaboration file",
        "arXiv:2001.00001v2",
    ):
        expect(tip).to_contain_text(part)
    expect(tip).to_contain_text("3.1")


def test_hovering_far_from_every_curve_says_nothing(show: Show) -> None:
    plot = show()
    expect(plot.hover(100.0, 1e-46)).to_be_visible()
    expect(plot.hover(1.2, 1e-46)).to_be_hidden()


def test_outside_its_validity_a_curve_is_dashed_and_says_why(show: Show) -> None:
    plot = show()
    rows = plot.source()
    dashes = dict(zip((round(xs[0], 6) for xs in rows["xs"][:3]), rows["dash"][:3], strict=True))
    assert dashes == {1: "2 4", 3: "solid", 300: "2 4"}
    expect(plot.hover(700.0, 1e-44 * 7**2)).to_contain_text("outside its validity: efficiency not known")
    expect(plot.hover(30.0, 1e-44)).not_to_contain_text("validity")


def test_a_superseded_curve_says_by_what(show: Show) -> None:
    expect(show().hover(30.0, 1e-44)).to_contain_text("superseded by BETA 2024 (beta_2024): more exposure")


def test_the_excluded_side_is_filled_and_the_other_is_not(show: Show) -> None:
    plot = show(curves=[BETA])
    assert plot.pixel(5.0, 1e-41) != (255, 255, 255)
    assert plot.pixel(5.0, 1e-49) == (255, 255, 255)
    below = show(curves=[FOG])
    assert below.pixel(5.0, 1e-41) == (255, 255, 255)
    assert below.pixel(50.0, 1e-49 / 2) != (255, 255, 255)


def test_nothing_is_filled_where_a_curve_is_not_valid(show: Show) -> None:
    plot = show(curves=[ALPHA])
    assert plot.pixel(30.0, 1e-41) != (255, 255, 255)
    assert plot.pixel(1.5, 3e-41) == (255, 255, 255)


def test_every_visible_curve_has_its_name_beside_it_when_there_is_room(show: Show) -> None:
    assert set(show().labels()) == {"ALPHA 2020", "BETA 2024", "fog", "SPOT 2010", "mine"}


def test_two_hundred_names_never_lie_on_each_other(show: Show) -> None:
    many = [line(f"CURVE {i}", [1e-42 * 1.02**i] * 4, fill="none") for i in range(200)]
    names = show(curves=many).labels()
    assert 5 < len(names) < 60
    assert len(set(names)) == len(names)


def test_a_name_can_be_dragged_elsewhere_and_stays(show: Show) -> None:
    plot = show(curves=[BETA])
    before = plot.source("labels")
    x, y = plot.at(before["x"][0], before["y"][0])
    plot.page.mouse.move(x + 20, y - 10)
    plot.page.mouse.down()
    plot.page.mouse.move(x + 20 + 80, y - 10 + 60, steps=4)
    plot.page.mouse.up()
    plot.settle()
    after = plot.source("labels")
    np.testing.assert_allclose(plot.at(after["x"][0], after["y"][0]), (x + 80, y + 60), atol=1.5)
    assert plot.named("rows", "data") is not None


def place_of(plot: Plot, name: str) -> tuple[float, float]:
    """Pixel at which a name is anchored."""
    plot.settle()
    labels = plot.source("labels")
    i = labels["text"].index(name)
    return plot.at(labels["x"][i], labels["y"][i])


def test_a_name_is_moved_and_put_back_with_the_keyboard(show: Show) -> None:
    plot = show()
    x, y = place_of(plot, "BETA 2024")
    handle = plot.page.get_by_role("button", name="Name of BETA 2024")
    handle.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowLeft"):
        plot.page.keyboard.press(key)
    assert place_of(plot, "BETA 2024") == pytest.approx((x + 16 - 40, y + 8), abs=0.5)
    expect(plot.page.locator("[aria-live]").first).to_have_text("Name of BETA 2024 moved left")
    expect(handle).to_be_focused()
    plot.page.keyboard.press("Home")
    assert place_of(plot, "BETA 2024") == pytest.approx((x, y), abs=0.5)


def test_names_are_one_stop_of_the_tab_key_and_pages_go_from_one_to_the_next(show: Show) -> None:
    page = show().page
    assert page.locator('.vre-handles button[tabindex="0"]').count() == 1
    page.get_by_role("button", name="Name of ALPHA 2020").focus()
    page.keyboard.press("PageDown")
    expect(page.get_by_role("button", name="Name of BETA 2024")).to_be_focused()
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    expect(page.get_by_role("button", name="Name of mine")).to_be_focused()


def test_a_name_cannot_leave_the_plot(show: Show) -> None:
    plot = show(curves=[BETA])
    plot.page.get_by_role("button", name="Name of BETA 2024").focus()
    for _ in range(40):
        plot.page.keyboard.press("Shift+ArrowUp")
        plot.page.keyboard.press("Shift+ArrowRight")
    assert plot.labels() == ["BETA 2024"]


def test_a_name_on_which_the_focus_is_shows_its_curve(show: Show) -> None:
    plot = show()
    plot.page.get_by_role("button", name="Name of BETA 2024").focus()
    assert plot.source("marked")["ys"] == [BETA["y"]]
    plot.page.keyboard.press("Tab")
    assert plot.source("marked")["ys"] == []


def test_notes_are_said_on_the_plot(show: Show) -> None:
    text = show().page.evaluate("() => Bokeh.documents[0].get_model_by_name('notes 0').text.text")
    assert "90 % and 95 % confidence levels are mixed" in text


def test_a_note_too_long_for_a_line_goes_on_in_the_next_also_when_the_window_narrows(show: Show) -> None:
    note = "confidence level unknown: " + ", ".join(f"EXPERIMENT {i} 2024" for i in range(8))
    plot = show(notes=[note])
    wide = plot.note_lines()
    assert " ".join(wide) == f"⚠ {note}"
    plot.page.set_viewport_size({"width": 420, "height": 900})
    plot.page.wait_for_function(f"() => ({NOTE})().length > {len(wide)}")
    plot.settle()
    assert " ".join(plot.note_lines()) == f"⚠ {note}"
    assert max(map(len, plot.note_lines())) < 60


def test_the_arrows_walk_along_a_curve_and_it_is_spoken(show: Show) -> None:
    plot = show()
    plot.page.get_by_role("button", name="BETA 2024", exact=True).focus()
    expect(plot.tip).to_contain_text("10 GeV, 1.000 × 10⁻⁴⁶ cm²")
    plot.page.keyboard.press("ArrowRight")
    plot.page.keyboard.press("ArrowRight")
    expect(plot.tip).to_contain_text("1000 GeV, 1.000 × 10⁻⁴⁵ cm²")
    expect(plot.page.locator("[aria-live]").first).to_contain_text("BETA 2024: 1000 GeV")
    plot.page.keyboard.press("ArrowRight")
    expect(plot.tip).to_contain_text("1000 GeV")


def test_a_screen_reader_finds_the_plot_named_and_as_a_table(show: Show) -> None:
    page = show().page
    expect(
        page.get_by_role("img", name="Toy limits: σ SI (nucleon) against dark-matter mass, 5 curves")
    ).to_be_visible()
    page.get_by_text("All 5 curves as a table").click()
    table = page.get_by_role("region", name="Table of the curves")
    expect(table.get_by_role("row")).to_have_count(6)
    expect(table.get_by_role("row", name="BETA 2024")).to_contain_text("arXiv:2001.00001v2")
