"""The overlay of 200 curves in headless Chromium beside Bokeh with a glyph a curve: first paint, a toggle."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from bokeh.embed import file_html
from bokeh.plotting import figure
from bokeh.resources import INLINE
from playwright.sync_api import Browser, Page

from bench.figures import Figures
from tests.browser.toys import line, model
from vre_dm.limits.plot.model import Model
from vre_dm.limits.plot.page import page as document

CURVES, POINTS, ROUNDS = 200, 200, 5
# Milliseconds from the start of the navigation to the frame after everything is drawn.
PAINTED = """async () => {
  while (!(globalThis.Bokeh?.documents.length && Bokeh.documents[0].is_idle)) {
    await new Promise(resolve => setTimeout(resolve, 2))
  }
  await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))
  return performance.now()
}"""
# Milliseconds from a choice to the frame after it is drawn.
TOGGLED = """async choose => {
  const toggle = new Function(choose), times = []
  for (let i = 0; i < 20; i++) {
    await new Promise(resolve => setTimeout(resolve, 50))
    const start = performance.now()
    toggle()
    await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))
    times.push(performance.now() - start)
  }
  return times
}"""
OURS = """document.querySelectorAll(".vre-side tbody input[type=checkbox]")[0].click()"""
PEER = """const one = Bokeh.documents[0].get_model_by_name("first"); one.visible = !one.visible"""


def many() -> Model:
    """Curves of the shape of a direct-detection limit."""
    masses = np.geomspace(5, 1e4, POINTS)
    shape = 1e-47 * (np.exp(30 / masses) + masses / 50)
    curves = [
        line(f"CURVE {i}", (shape * 1.03**i).tolist(), x=masses.tolist(), style=i, label_at=None)
        for i in range(CURVES)
    ]
    return model(curves=curves)


def one_glyph_a_curve(data: Model) -> str:
    """The peer: what most notebooks do."""
    plot = figure(x_axis_type="log", y_axis_type="log", sizing_mode="stretch_width", height=560)
    for i, curve in enumerate(data["curves"]):
        plot.line(curve["x"], curve["y"], legend_label=curve["label"], name="first" if i == 0 else None)
    return str(file_html(plot, INLINE, title="peer"))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, data = tmp_path_factory.mktemp("pages"), many()
    texts = {"ours": document(data), "peer": one_glyph_a_curve(data)}
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.fixture
def opened(browser: Browser, pages: dict[str, Path]) -> Iterator[Callable[[str], tuple[Page, float]]]:
    """Open a page; give it and the seconds to its first whole picture."""
    contexts = []

    def make(name: str) -> tuple[Page, float]:
        # The page's own policy forbids what the clock needs; nothing of the drawing does.
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True))
        page = contexts[-1].new_page()
        page.goto(pages[name].as_uri(), wait_until="commit")
        return page, page.evaluate(PAINTED) / 1e3

    yield make
    for context in contexts:
        context.close()


def test_first_paint_of_200_curves(
    figures: Figures, opened: Callable[[str], tuple[Page, float]], pages: dict[str, Path]
) -> None:
    times: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(ROUNDS):
        for name, found in times.items():
            found.append(opened(name)[1])
    figures.add(
        "first paint of 200 curves",
        times["ours"],
        times["peer"],
        note="Bokeh, one glyph a curve; page included",
    )
    sizes = {name: [path.stat().st_size / 1e6] for name, path in pages.items()}
    figures.add(
        "HTML of 200 curves", sizes["ours"], sizes["peer"], unit="MB", note="Bokeh, one glyph a curve"
    )


def test_toggling_one_of_200_curves(figures: Figures, opened: Callable[[str], tuple[Page, float]]) -> None:
    ours, theirs = (
        [ms / 1e3 for ms in opened(name)[0].evaluate(TOGGLED, choose)]
        for name, choose in (("ours", OURS), ("peer", PEER))
    )
    figures.add("toggle one of 200 curves", ours, theirs, note="Bokeh, one glyph a curve; to the next frame")
