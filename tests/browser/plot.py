"""What a test asks of a plot in a page: where a value is on the screen, what Bokeh holds, what is drawn."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

VIEW = "const view = Bokeh.index.roots ? Bokeh.index.roots[0] : [...Bokeh.index][0];"
AT = f"""([x, y]) => {{ {VIEW}
  const box = view.el.getBoundingClientRect();
  return [box.left + view.frame.x_scale.compute(x), box.top + view.frame.y_scale.compute(y)] }}"""
NAMED = "([name, field]) => Bokeh.documents[0].get_model_by_name(name)[field]"
NOTE = """() => Bokeh.documents[0].get_model_by_name('notes 0').text.text.split('\\n')"""
SOURCE = """name => Object.fromEntries(Object.entries(Bokeh.documents[0].get_model_by_name(name).data)
  .map(([key, column]) => [key, Array.from(column, item => item.length === undefined || item.substring
    ? item : Array.from(item))]))"""


class Plot:
    """The overlay of a saved page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def wait(self) -> Plot:
        self.page.get_by_role("button", name="Save PNG").wait_for()
        self.settle()
        return self

    def settle(self) -> None:
        """Two frames: one in which changes are drawn, one in which labels follow."""
        self.page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Pixel of a value."""
        px, py = self.page.evaluate(AT, [x, y])
        return px, py

    def hover(self, x: float, y: float) -> Locator:
        """Move the pointer there; give the box that tells of the curve."""
        self.page.mouse.move(*self.at(x, y))
        return self.tip

    @property
    def tip(self) -> Locator:
        return self.page.locator(".vre-tip")

    def source(self, name: str = "rows") -> dict[str, list[Any]]:
        """Columns of a source."""
        found: dict[str, list[Any]] = self.page.evaluate(SOURCE, name)
        return found

    def named(self, name: str, field: str) -> Any:
        return self.page.evaluate(NAMED, [name, field])

    def note_lines(self) -> list[str]:
        """The first note as it is broken into lines."""
        found: list[str] = self.page.evaluate(NOTE)
        return found

    def labels(self) -> list[str]:
        """The names that stand on the curves."""
        self.settle()
        return self.source("labels")["text"]

    def pixel(self, x: float, y: float) -> tuple[int, int, int]:
        """Colour on the screen, away from the pointer."""
        self.page.mouse.move(1, 1)
        self.settle()
        px, py = self.at(x, y)
        shot = self.page.screenshot(clip={"x": int(px), "y": int(py), "width": 1, "height": 1})
        return colour(shot)


def colour(png: bytes) -> tuple[int, int, int]:
    """Colour of a picture of one pixel."""
    from io import BytesIO

    from matplotlib.image import imread

    red, green, blue = (round(255 * float(part)) for part in imread(BytesIO(png))[0, 0, :3])
    return red, green, blue
