"""The palette: colours that everyone can tell apart, on both backgrounds, computed here anew."""

import json
from itertools import combinations

import numpy as np
import pytest

from tests.limits.conftest import make
from tests.limits.plot.colour import VISION, ciede2000, contrast, seen
from vre_dm.limits.overlay import overlay
from vre_dm.limits.plot import palette
from vre_dm.limits.plot.styles import by_first_seen, by_technique
from vre_dm.limits.technique import TECHNIQUES

THEMES = {
    "light": (palette.LIGHT, palette.OWN, palette.BACKGROUND),
    "dark": (palette.DARK, palette.OWN_DARK, palette.BACKGROUND_DARK),
}
# Sharma, Wu, Dalal (2005), table 1: pairs that every slip in an implementation gets wrong.
SHARMA = (
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, 3.1571, -77.2803), (50, 0, -82.7485), 2.8615),
    ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
    ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
    ((50, -0.001, 2.49), (50, 0.0011, -2.49), 4.7461),
    ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((50, 2.5, 0), (58, 24, 15), 19.4535),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
)


@pytest.mark.parametrize(("one", "other", "published"), SHARMA)
def test_the_colour_difference_is_the_published_one(
    one: tuple[float, ...], other: tuple[float, ...], published: float
) -> None:
    pair = np.array(one, dtype=float), np.array(other, dtype=float)
    assert ciede2000(*pair) == pytest.approx(published, abs=1e-4)
    assert ciede2000(*reversed(pair)) == pytest.approx(published, abs=1e-4)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("theme", THEMES)
def test_any_two_colours_are_told_apart_under_every_vision(theme: str, vision: str) -> None:
    colours, own, background = THEMES[theme]
    assert len(colours) == palette.COUNT == 8
    every = {colour: seen(colour, vision) for colour in (*colours, own, background)}
    least = min(combinations(every, 2), key=lambda pair: ciede2000(*(every[colour] for colour in pair)))
    assert ciede2000(*(every[colour] for colour in least)) >= 10, least


@pytest.mark.parametrize("theme", THEMES)
def test_every_colour_stands_out_from_its_background(theme: str) -> None:
    colours, own, background = THEMES[theme]
    assert min(contrast(colour, background) for colour in (*colours, own)) >= 3


def test_a_known_confusion_is_seen_as_one() -> None:
    # Red and green of one lightness: the arithmetic must not be blind to blindness.
    red, green = "#b8860b", "#6b8e23"
    normal, deuteranope = (
        ciede2000(seen(red, vision), seen(green, vision)) for vision in ("normal", "deuteranopia")
    )
    assert deuteranope < 10 < normal


def test_black_on_white_has_the_highest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_styles_differ_until_colours_and_dashes_are_used_up() -> None:
    count = palette.COUNT * len(palette.DASHES)
    looks = {(palette.colour(style), palette.dashes(style)) for style in range(count)}
    assert len(looks) == count


def test_one_experiment_has_one_colour_and_its_curves_different_dashes() -> None:
    styles = by_first_seen(["LZ", "XENONnT", "LZ"] * 3)
    assert [style % palette.COUNT for style in styles] == [0, 1, 0] * 3
    assert len(set(styles)) == 9


def test_up_to_eight_curves_have_a_colour_each() -> None:
    assert by_first_seen(["LZ"] * 8) == list(range(8))


def test_the_ninth_experiment_shares_a_colour_but_no_dashes() -> None:
    styles = by_first_seen([f"experiment {i}" for i in range(9)])
    assert styles[8] % palette.COUNT == styles[0]
    assert len(set(styles)) == 9


def test_a_technique_has_the_same_colour_in_every_plot() -> None:
    # The second and the last of the list.
    assert by_technique(["collider", "theory"]) == by_technique(list(TECHNIQUES))[1::6]
    assert len(TECHNIQUES) == palette.COUNT


def test_what_is_only_projected_is_never_solid() -> None:
    assert [palette.dashes(style) for style in by_first_seen(["LZ", "ARGO"], [False, True])] == [
        (),
        palette.DASHES[1],
    ]
    names, projected = ["LZ"] * 12, [True, False, True] * 4
    for styles in (by_first_seen(names, projected), by_technique(["collider"] * 12, projected)):
        assert len(set(styles)) == 12
        assert all(palette.dashes(style) for style, dashed in zip(styles, projected, strict=True) if dashed)
    assert by_technique(["collider"] * 3, [True, False, True])[1] == by_technique(["collider"])[0]


def test_both_palettes_travel_with_the_plot() -> None:
    model = json.loads(json.dumps(overlay(make()).model))
    assert tuple(model["palette"]) == palette.LIGHT
    assert tuple(model["palette_dark"]) == palette.DARK
    assert [tuple(code) for code in model["dashes"]] == list(palette.DASHES)


def test_the_dark_picture_is_dark() -> None:
    shown = overlay(make(), theme="dark")
    (axes,) = shown.matplotlib().axes
    (line,) = axes.lines
    assert line.get_color() in palette.DARK
    assert contrast(str(palette.BACKGROUND_DARK), shown.bokeh().title.text_color) > 7
