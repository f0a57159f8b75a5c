"""Draw the model with Matplotlib, for print: PDF, SVG and PNG without a browser and without LaTeX."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from vre_dm.errors import InvalidPlot
from vre_dm.limits.plot import areas, palette, styles
from vre_dm.limits.plot.axes import titled
from vre_dm.limits.plot.labels import Room, place
from vre_dm.limits.plot.model import Line, Model
from vre_dm.limits.plot.styles import colour_of, style_of
from vre_dm.limits.spelling import require

Preset = Literal["single column", "double column"]
MM = 1 / 25.4
PATH = re.compile(rb'(<path [^>]*?\bd=")([^"]*)(")')
NUMBER = re.compile(rb"-?\d+\.\d+")
# A longer list of names would leave no room for the plot.
LEGEND = 24
# Characters of a column of it, and how many the sample of a line takes.
LEGEND_TEXT, LEGEND_LINE = 34, 8
# What is given to whoever keeps the file: text that can be selected, fonts that a journal accepts.
OUTPUT: Any = {"pdf.fonttype": 42, "ps.fonttype": 42, "svg.fonttype": "none", "svg.hashsalt": "vre-dm"}


@dataclass(frozen=True, slots=True)
class Page:
    """Size of a figure in inches, its text in points, and the width of its lines in points."""

    width: float
    height: float
    text: float
    label: float
    line: float

    @property
    def room(self) -> Room:
        """How many characters and lines of a label's text the plot holds; the axes take the rest."""
        wide, high = (inches * 72 / self.label for inches in (self.width, self.height))
        return Room(rows=int(0.8 * high / 1.4), characters=0.85 * wide / 0.6)

    def columns(self, labels: Collection[str]) -> int:
        """Of a legend below the plot that holds these labels, each with a sample of its line."""
        widest = max([LEGEND_TEXT, *(len(label) + LEGEND_LINE for label in labels)])
        return max(int(self.room.characters // widest), 1)

    def beside(self, lines: int) -> float:
        """Inches that lines of small text above and below the plot add to the height."""
        return 1.4 * self.label / 72 * lines


SCREEN = Page(8.0, 5.6, 10, 7, 1.4)
# The column widths of the physics journals, with the smallest text that they accept on print.
PRESETS: dict[str, Page] = {
    "single column": Page(86 * MM, 68 * MM, 7, 5, 0.9),
    "double column": Page(178 * MM, 115 * MM, 8, 6, 1.1),
}


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours of everything that is no curve."""

    dark: bool

    @property
    def text(self) -> str:
        """Of axes and writing."""
        return palette.OWN_DARK if self.dark else palette.OWN

    @property
    def paper(self) -> str:
        """Of the background."""
        return palette.BACKGROUND_DARK if self.dark else palette.BACKGROUND

    def of(self, model: Model, line: Line) -> str:
        """Colour of a curve."""
        return colour_of(model, line, dark=self.dark)


def draw(model: Model, preset: Preset | None = None) -> Figure:
    """Make a Matplotlib figure of a model; labels are text and never parsed as mathematics.

    Parameters
    ----------
    model
        The plot.
    preset
        Size and text of a journal's column, 86 or 178 mm wide; 8 by 5.6 inches when left out.

    Raises
    ------
    InvalidPlot
        There is no such preset.
    """
    if preset is not None:
        require(preset, PRESETS, "preset", error=InvalidPlot)
    page = SCREEN if preset is None else PRESETS[preset]
    ink = Ink(dark=model["theme"] == "dark")
    places = _label_places(model, page)
    notes = [part for note in model["notes"] for part in textwrap.wrap(note, int(page.room.characters))]
    rest = _unplaced(model, places)
    if len(rest) > LEGEND:
        notes, rest = [*notes, f"{len(rest)} curves found no room for a name"], {}
    more = page.beside(len(notes) + math.ceil(len(rest) / page.columns(rest.values())))
    drawing = Figure(figsize=(page.width, page.height + more), layout="constrained", facecolor=ink.paper)
    axes = _axes(drawing, model, page, ink)
    _draw_areas(axes, model, ink)
    for line, at in zip(model["curves"], places, strict=True):
        _draw_line(axes, model, line, page, ink)
        if at:
            _draw_label(axes, line["label"], at, ink.of(model, line), page, ink)
    _say(axes, notes, page, ink)
    _legend(drawing, axes, rest, page, ink)
    return drawing


def render(model: Model, form: str, preset: Preset | None = None) -> bytes:
    """Write the figure as ``png``, ``pdf`` or ``svg``; the same model gives the same bytes."""
    buffer = BytesIO()
    undated: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(form, {})
    with rc_context(OUTPUT):
        draw(model, preset).savefig(buffer, format=form, dpi=300 if preset else 200, metadata=undated)
    data = buffer.getvalue()
    return PATH.sub(_shortened, data) if form == "svg" else data


def _shortened(path: re.Match[bytes]) -> bytes:
    """Write coordinates to a tenth of a point (0.04 mm) and on one line: less than half the size."""
    numbers = NUMBER.sub(lambda found: b"%g" % round(float(found[0]), 1), path[2])
    return path[1] + b" ".join(numbers.split()) + path[3]


def _axes(drawing: Figure, model: Model, page: Page, ink: Ink) -> Axes:
    axes: Axes = drawing.subplots()
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(*model["x"]["range"])
    axes.set_ylim(*model["y"]["range"])
    text: dict[str, Any] = {"parse_math": False, "fontsize": page.text, "color": ink.text}
    axes.set_xlabel(titled(model["x"]), **text)
    axes.set_ylabel(titled(model["y"]), **text)
    if model["title"]:
        drawing.suptitle(model["title"], **text)
    axes.tick_params(which="both", labelsize=page.text - 1, colors=ink.text, direction="in")
    axes.grid(visible=True, which="major", alpha=0.25, lw=page.line / 3)
    axes.set_facecolor(ink.paper)
    axes.spines[:].set_color(ink.text)
    return axes


def _draw_areas(axes: Axes, model: Model, ink: Ink) -> None:
    outlines, faint = areas.shaded(model["curves"])
    for line, outline in zip(model["curves"], outlines, strict=True):
        colour, fog = ink.of(model, line), styles.is_fog(line)
        if outline[0]:
            alpha = 0.3 if fog else faint
            _polygon(axes, outline, palette.FOG if fog else colour, alpha, f"{line['id']} fill")
        if line["band"]:
            _polygon(axes, areas.band(line), colour, 0.2, f"{line['id']} band")
        for part in areas.failing(line):
            hatched = PolyCollection(
                [list(zip(*part, strict=True))],
                facecolor="none",
                edgecolor=colour,
                hatch="////",
                alpha=0.35,
                lw=0,
            )
            axes.add_collection(hatched, autolim=False)


def _polygon(axes: Axes, outline: areas.Path, colour: str, alpha: float, name: str) -> None:
    vertices = list(zip(*outline, strict=True))
    area = PolyCollection([vertices], facecolor=colour, edgecolor="none", alpha=alpha, gid=name, lw=0)
    axes.add_collection(area, autolim=False)


def _draw_line(axes: Axes, model: Model, line: Line, page: Page, ink: Ink) -> None:
    """Draw every vertex; where the line does not hold, faintly."""
    code = palette.dashes(style_of(model, line))
    style: Any = (0, code) if code else "solid"
    width = page.line * (2 if line["own"] else 1)
    colour = ink.of(model, line)
    if areas.has_limits(line):
        axes.plot(line["x"], line["y"], color=colour, lw=width, alpha=0.25, gid=line["id"])
        axes.plot(*areas.holding(line), color=colour, lw=width, ls=style, gid=f"{line['id']} holds")
    else:
        axes.plot(line["x"], line["y"], color=colour, lw=width, ls=style, gid=line["id"])


def _label_places(model: Model, page: Page) -> list[list[float] | None]:
    """Where labels stand: as in the model on a screen, chosen anew where text is larger against the plot."""
    lines = model["curves"]
    if page is SCREEN:
        return [line["label_at"] for line in lines]
    drawn = [(line["label"], np.array(line["x"]), np.array(line["y"])) for line in lines]
    first = [i for i, line in enumerate(lines) if line["own"]]
    (a, b), (c, d) = model["x"]["range"], model["y"]["range"]
    return place(drawn, first, (a, b), (c, d), page.room)


def _draw_label(axes: Axes, label: str, at: list[float], colour: str, page: Page, ink: Ink) -> None:
    axes.annotate(
        label,
        (at[0], at[1]),
        xytext=(3, 2),
        textcoords="offset points",
        fontsize=page.label,
        color=colour,
        parse_math=False,
        annotation_clip=True,
        clip_on=True,
        # A halo would turn text into outlines, which nobody can select and which take ten times the room.
        bbox={"facecolor": ink.paper, "alpha": 0.6, "edgecolor": "none", "pad": 0.3},
        zorder=3,
    )


def _say(axes: Axes, notes: list[str], page: Page, ink: Ink) -> None:
    """Write the notes between title and plot."""
    if notes:
        axes.annotate(
            "\n".join(notes),
            (0, 1),
            xycoords="axes fraction",
            xytext=(0, 3),
            textcoords="offset points",
            fontsize=page.label,
            style="italic",
            color=ink.text,
            parse_math=False,
        )


def _unplaced(model: Model, places: list[list[float] | None]) -> dict[str, str]:
    """Id and label of the lines in view that found no room for their label on the plot."""
    lines = zip(model["curves"], places, strict=True)
    return {line["id"]: line["label"] for line, at in lines if at is None and _in_view(model, line)}


def _legend(drawing: Figure, axes: Axes, names: dict[str, str], page: Page, ink: Ink) -> None:
    if not names:
        return
    # A curve may be drawn in pieces; its first one stands for it.
    drawn = {line.get_gid(): line for line in reversed(axes.lines)}
    below = drawing.legend(
        [drawn[name] for name in names],
        list(names.values()),
        loc="outside lower center",
        ncols=page.columns(names.values()),
        fontsize=page.label,
        frameon=False,
        labelspacing=0.25,
        columnspacing=1.0,
        labelcolor=ink.text,
    )
    for text in below.get_texts():
        text.set_parse_math(False)


def _in_view(model: Model, line: Line) -> bool:
    (a, b), (c, d) = model["x"]["range"], model["y"]["range"]
    return any(a <= x <= b and c <= y <= d for x, y in zip(line["x"], line["y"], strict=True))
