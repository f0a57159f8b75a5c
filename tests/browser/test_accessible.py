"""axe-core finds nothing to mend on a saved page, light or dark, with everything on it that can be opened."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.plot import Plot

AXE = Path(__file__).parents[2] / "extension" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOUND = """rules => axe.run({ runOnly: { type: "tag", values: rules } }).then(({ violations }) =>
  violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 90)).join(" | ")}`))"""

Show = Callable[..., Plot]


def complaints(plot: Plot) -> Any:
    """What axe finds; its script is read here, as the page may load nothing."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (make extension)")
    plot.page.evaluate("() => window.scrollTo(0, 0)")
    plot.page.evaluate(AXE.read_text(encoding="utf-8"))
    return plot.page.evaluate(FOUND, RULES)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_of_a_page_is_hard_to_reach_or_to_read(show: Show, scheme: str) -> None:
    plot = show(context={"color_scheme": scheme, "bypass_csp": True})
    for name in ("ALPHA 2020", "BETA 2024"):
        plot.page.get_by_label(f"Compare {name}").check()
    plot.page.locator("summary").click()
    plot.page.get_by_label("Show fog").uncheck()
    plot.page.get_by_role("button", name="BETA 2024", exact=True).focus()
    expect(plot.tip).to_be_visible()
    assert complaints(plot) == []


def test_a_narrow_page_is_no_worse(show: Show) -> None:
    plot = show(context={"bypass_csp": True})
    plot.page.set_viewport_size({"width": 500, "height": 800})
    plot.settle()
    assert complaints(plot) == []


def test_axe_does_find_what_is_wrong(show: Show) -> None:
    plot = show(context={"bypass_csp": True})
    plot.page.evaluate("() => document.querySelector('.vre-limits').append(document.createElement('input'))")
    assert [found.partition(":")[0] for found in complaints(plot)] == ["label"]
