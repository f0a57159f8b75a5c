"""The plot as data: curves, areas, styles and view as plain JSON, without code, for every renderer alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Never, TypedDict

import numpy as np

from vre_dm.errors import InvalidCurve
from vre_dm.limits.checks.problem import Problem
from vre_dm.limits.checks.values import positive_finite
from vre_dm.limits.curve import Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.display import plain
from vre_dm.limits.metadata import PARAMETERS
from vre_dm.limits.plot import palette, styles
from vre_dm.limits.plot.assumed import assumptions, text
from vre_dm.limits.plot.axes import LARGEST, SMALLEST, Axis, mass_factor, padded, x_axis, y_axis
from vre_dm.limits.plot.labels import Points, place
from vre_dm.limits.plot.notes import notes
from vre_dm.limits.plot.regions import Band, Fill, Valid, band, fill, is_closed, outline, valid
from vre_dm.limits.plot.view import View
from vre_dm.limits.quantities import Quantity, quantity
from vre_dm.limits.scaling import FORMULA
from vre_dm.limits.technique import technique

Path = tuple[Points, Points]

VERSION = 2
# What a browser draws within a second or two; `extension/src/limits/parse.ts` refuses more.
MOST_CURVES, MOST_POINTS, MOST_VERTICES = 2000, 300_000, 50_000


class ScalingData(TypedDict):
    """How a line moves with a slider, see `vre_dm.limits.metadata.Scaling`."""

    parameter: str
    reference: float
    power: float
    form: str


class Slider(TypedDict):
    """A parameter that at least one line moves with; logarithmic."""

    parameter: str
    symbol: str
    unit: str
    value: float
    low: float
    high: float


class Line(TypedDict):
    """One drawn curve; every string is text, never markup or TeX."""

    id: str
    label: str
    experiment: str
    technique: str
    kind: str
    geometry: str
    year: int | None
    cl: float | None
    own: bool
    x: list[float]
    y: list[float]
    style: int
    style_technique: int
    fill: Fill
    visible: bool
    label_at: list[float] | None
    band: Band | None
    valid: Valid | None
    superseded_by: str
    scalings: list[ScalingData]
    assumptions: dict[str, str]
    text: dict[str, str]


class Model(TypedDict):
    """What ``application/vnd.vre.limits+json`` carries."""

    version: int
    title: str
    theme: str
    x: Axis
    y: Axis
    curves: list[Line]
    sliders: list[Slider]
    years: list[int] | None
    notes: list[str]
    colour_by: str
    palette: list[str]
    palette_dark: list[str]
    dashes: list[list[int]]


def build(curves: CurveSet, view: View, known: Iterable[Curve] = ()) -> Model:
    """Turn curves into the model.

    Parameters
    ----------
    curves
        What is drawn.
    view
        How.
    known
        Further curves, asked only which of the drawn ones they supersede.

    Raises
    ------
    InvalidCurve
        No curve, curves of different quantities, a grid, a number that no logarithmic axis can show, more
        than can be drawn, or an id in `view` that is not among the curves.
    """
    of = _quantity(curves)
    _require_drawable(curves)
    for name in (*view.highlight, *view.bands):
        curves[name]
    superseded = _superseded(curves, [*known, *curves])
    factor = mass_factor(of)
    outlines = [outline(curve) for curve in curves]
    paths = [(masses * factor, values) for masses, values in outlines]
    lines = _lines(curves, paths, view, factor, superseded)
    x = x_axis(of, view.x_range or padded(masses for masses, _ in paths))
    y = y_axis(of, view.y_range or padded(values for _, values in paths))
    _label(lines, paths, x, y)
    return Model(
        version=VERSION,
        title=plain(view.title),
        theme=view.theme,
        x=x,
        y=y,
        curves=lines,
        sliders=_sliders(curves),
        years=_years(curves),
        notes=notes(curves, superseded),
        colour_by=view.colour_by,
        palette=list(palette.LIGHT),
        palette_dark=list(palette.DARK),
        dashes=[list(code) for code in palette.DASHES],
    )


def _quantity(curves: CurveSet) -> Quantity:
    if not curves:
        msg = "an overlay needs at least one curve; dm.curves() shows what there is"
        raise InvalidCurve(msg)
    kinds = sorted({curve.quantity for curve in curves})
    if len(kinds) > 1:
        msg = f"one axis cannot show {' and '.join(kinds)}; convert them first or draw two overlays"
        raise InvalidCurve(msg)
    grid = next((curve.id for curve in curves if curve.geometry == "grid"), None)
    if grid is not None:
        msg = f"curve {grid} is a grid of values, not a line; overlay the contour made of it"
        raise InvalidCurve(msg)
    return quantity(kinds[0])


def _require_drawable(curves: CurveSet) -> None:
    """Refuse what a published curve never has, since its checks find it, and a user's own curve may have."""
    sizes = [curve.x.size for curve in curves]
    if len(curves) > MOST_CURVES or sum(sizes) > MOST_POINTS or max(sizes) > MOST_VERTICES:
        msg = (
            f"{len(sizes)} curves with {sum(sizes)} points, {max(sizes)} in one, are too many for one plot; "
            f"draw at most {MOST_CURVES} with {MOST_POINTS} points, {MOST_VERTICES} in one"
        )
        raise InvalidCurve(msg)
    # One look at all numbers settles the usual case: a NaN makes the least of them a NaN.
    every = np.concatenate([column.values for curve in curves for column in curve.columns])
    if not (every.min() >= SMALLEST and every.max() <= LARGEST):
        _refuse_number(curves)


def _refuse_number(curves: CurveSet) -> Never:
    """Name the first number that no logarithmic axis can show."""
    for curve in curves:
        for found in positive_finite(curve):
            raise Problem("positive finite values", curve.id, *found).error()
    curve, column = next(
        (curve, column)
        for curve in curves
        for column in curve.columns
        if column.values.min() < SMALLEST or column.values.max() > LARGEST
    )
    msg = f"curve {curve.id}, column {column.name}: beyond {SMALLEST:g} to {LARGEST:g}; wrong unit?"
    raise InvalidCurve(msg)


def _lines(
    curves: CurveSet, paths: Sequence[Path], view: View, factor: float, superseded: Mapping[str, Curve]
) -> list[Line]:
    """Draw highlighted curves in black and wide; style the others by experiment and by technique."""
    others = [curve for curve in curves if curve.id not in view.highlight]
    names = [curve.experiment if view.colour_by != "none" else curve.id for curve in others]
    projected = [curve.kind == "projection" for curve in others]
    first = dict(zip((c.id for c in others), styles.by_first_seen(names, projected), strict=True))
    lines = []
    for curve, path in zip(curves, paths, strict=True):
        line = _line(curve, path, factor)
        line["own"] = curve.id in view.highlight
        line["style"] = first.get(curve.id, styles.OWN)
        if newer := superseded.get(curve.id):
            reason = f": {newer.supersedes_reason}" if newer.supersedes_reason else ""
            line["superseded_by"] = plain(f"{newer.label} ({newer.id}){reason}")
        line["assumptions"] = assumptions(curve)
        if curve.id in view.bands or curve.geometry == "band":
            line["band"] = band(curve, factor)
        lines.append(line)
    published = [line for line in lines if not line["own"]]
    words = styles.by_technique([line["technique"] for line in published], projected)
    for line, style in zip(published, words, strict=True):
        line["style_technique"] = style
    return lines


def _line(curve: Curve, path: Path, factor: float) -> Line:
    """Everything that the curve says by itself."""
    masses, values = path
    return Line(
        id=plain(curve.id),
        label=plain(curve.label),
        experiment=plain(curve.experiment),
        technique=technique(curve),
        kind=curve.kind,
        geometry="contour" if is_closed(curve) else curve.geometry,
        year=curve.year,
        cl=curve.cl,
        own=False,
        x=masses.tolist(),
        y=values.tolist(),
        style=styles.OWN,
        style_technique=styles.OWN,
        fill=fill(curve),
        visible=True,
        label_at=None,
        band=None,
        valid=valid(curve, factor),
        superseded_by="",
        scalings=[
            ScalingData(parameter=s.parameter, reference=s.reference, power=s.power, form=s.form)
            for s in curve.scalings
        ],
        assumptions={},
        text=text(curve),
    )


def _label(lines: list[Line], paths: Sequence[Path], x: Axis, y: Axis) -> None:
    drawn = [(line["label"], *path) for line, path in zip(lines, paths, strict=True)]
    first = [i for i, line in enumerate(lines) if line["own"]]
    ends = ((x["range"][0], x["range"][1]), (y["range"][0], y["range"][1]))
    for line, at in zip(lines, place(drawn, first, *ends), strict=True):
        line["label_at"] = at


def _superseded(curves: Iterable[Curve], known: Iterable[Curve]) -> dict[str, Curve]:
    """For the id of a drawn curve, the one that replaces it."""
    newer = {curve.supersedes: curve for curve in known if curve.supersedes}
    found = {}
    for curve in curves:
        # A curve that was moved to another assumption is as old as the one it was made of.
        moved = curve.provenance.inputs if curve.provenance.formula == FORMULA else ()
        for name in (curve.id, *moved):
            if name in newer:
                found[curve.id] = newer[name]
    return found


def _sliders(curves: Iterable[Curve]) -> list[Slider]:
    references: dict[str, float] = {}
    for curve in curves:
        for scaling in curve.scalings:
            references.setdefault(scaling.parameter, scaling.reference)
    return [
        Slider(
            parameter=name,
            symbol=parameter.symbol,
            unit=parameter.unit,
            value=references[name],
            low=min(parameter.low, references[name]),
            high=max(parameter.high, references[name]),
        )
        for name, parameter in PARAMETERS.items()
        if name in references
    ]


def _years(curves: Iterable[Curve]) -> list[int] | None:
    years = [curve.year for curve in curves if curve.year is not None]
    return [min(years), max(years)] if years else None
