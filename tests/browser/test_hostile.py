"""Metadata is text: nothing a curve says becomes an element, a script, a style or a formula."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.plot import Plot
from tests.browser.toys import line, model
from tests.limits.conftest import HOSTILE as RAW
from vre_dm.limits.display import plain
from vre_dm.limits.plot.page import page as document

Show = Callable[..., Plot]
# As Python writes it: control characters made visible, all the rest as it came.
HOSTILE = plain(RAW)


SLIDER = {"parameter": "rho0", "symbol": "ρ", "unit": "", "value": 0.3, "low": 0.1, "high": 1.0}


def hostile(value: object) -> object:
    """Replace every free text of a curve."""
    if isinstance(value, dict):
        return {key: hostile(item) for key, item in value.items()}
    return HOSTILE if isinstance(value, str) else value


def spoiled() -> dict[str, object]:
    """Hostile text wherever a curve carries text; what is chosen from a list stays."""
    plain = line("X", [1e-44] * 4, superseded_by="x", valid={"low": 2.0, "high": 50.0, "reason": "x"})
    kept = {key: plain[key] for key in ("geometry", "fill", "scalings")}
    return {**hostile(plain), **kept}  # type: ignore[dict-item]


def test_hostile_text_is_shown_as_text_everywhere(show: Show) -> None:
    slider = {"parameter": "rho0", "symbol": HOSTILE, "unit": HOSTILE, "value": 0.3, "low": 0.1, "high": 1.0}
    axis = {
        **model()["x"],
        "label": HOSTILE,
        "units": [{"name": HOSTILE, "factor": 1.0}, {"name": "b", "factor": 2.0}],
    }
    other = spoiled() | {"id": "other", "label": f"other {HOSTILE}"}
    plot = show(title=HOSTILE, notes=[HOSTILE], curves=[spoiled(), other], sliders=[slider], x=axis)
    expect(plot.hover(100.0, 1e-44)).to_contain_text("<img src=x onerror=alert(1)>")
    for box in plot.page.get_by_role("checkbox").all():
        box.check()
    plot.page.locator("summary").first.click()
    assert plot.page.locator("img, mjx-container").count() == 0
    assert plot.page.evaluate("() => document.title").startswith("</script>")


def test_pictures_of_hostile_text_are_well_formed(show: Show, tmp_path: Path) -> None:
    from xml.etree import ElementTree

    page = show(title=HOSTILE, curves=[spoiled()]).page
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save SVG").click()
    waiting.value.save_as(tmp_path / "saved.svg")
    found = {element.tag.rpartition("}")[2] for element in ElementTree.parse(tmp_path / "saved.svg").iter()}
    assert not found & {"script", "foreignObject"}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"version": 1}, "version is 1"),
        ({"curves": [line("X", [1e-44] * 3)]}, "curves[0] x, y differ in length"),
        ({"curves": [line("X", [1e-44, 0.0, 1e-44, 1e-44])]}, "curves[0].y[1] must be a positive number"),
        ({"palette": ["red;background:url(//x)"]}, "palette[0] must be a colour"),
        ({"curves": [line("X", [1e-44] * 4)] * 50_000}, "curves has 50000 items"),
        ({"notes": ["x"] * 10_000}, "notes has 10000 items"),
        ({"version": {"toString": 1}}, "version is not stated"),
        ({"sliders": [SLIDER | {"parameter": "__proto__"}]}, "sliders[0].parameter must be a parameter"),
    ],
)
def test_a_model_that_cannot_be_drawn_says_what_is_wrong(
    watch: Callable[..., Watched], tmp_path: Path, change: dict[str, object], place: str
) -> None:
    from json import dumps

    good = document(model())
    start, middle, rest = good.partition('id="model">')
    broken = start + middle + dumps(model(**change)) + rest[rest.index("</script>") :]
    path = tmp_path / "broken.html"
    path.write_text(broken)
    watched = watch()
    watched.page.goto(path.as_uri())
    expect(watched.page.get_by_role("alert")).to_contain_text(f"this overlay cannot be drawn: {place}")
    assert len(watched.errors) == 1
    watched.errors.clear()


def test_keys_that_every_object_has_are_facts_like_others_and_change_no_object(show: Show) -> None:
    keys = {"__proto__": "polluted", "constructor": "built", "toString": "spelled"}
    plot = show(curves=[line("X", [1e-44] * 4, text=keys, assumptions=keys), line("Y", [1e-45] * 4)])
    for box in plot.page.get_by_role("checkbox", name="Compare").all():
        box.check()
    plot.page.locator("summary").first.click()
    assert plot.page.get_by_text("polluted").count() == 2
    assert plot.page.evaluate("() => Object.keys(Object.prototype).length === 0 && ({}).text === undefined")


def test_an_axis_that_spans_all_numbers_is_drawn_and_can_be_zoomed(show: Show) -> None:
    wide = {**model()["x"], "range": [1e-150, 1e150], "units": [{"name": "a", "factor": 1e308}] * 2}
    plot = show(x=wide)
    plot.page.get_by_label("x unit").select_option(index=1)
    plot.settle()
