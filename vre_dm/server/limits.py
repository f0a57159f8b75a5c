"""Limit curves of the catalogue and of files below the server's root, and the overlay of any of them."""

from pathlib import Path
from typing import Any

from vre_dm.errors import InvalidCurve, InvalidRequest
from vre_dm.limits import catalogue
from vre_dm.limits.catalogue.entry import read
from vre_dm.limits.checks import Problem, check_together
from vre_dm.limits.curve import Curve
from vre_dm.limits.curveset import CurveSet
from vre_dm.limits.display import plain
from vre_dm.limits.inspection import Inspection, inspect, inspect_file
from vre_dm.limits.overlay import Overlay, overlay
from vre_dm.limits.plot.payload import payload
from vre_dm.limits.quantities import quantity
from vre_dm.limits.technique import technique
from vre_dm.server.base import Handler
from vre_dm.server.below import below


class CurvesHandler(Handler):
    """Curves to choose from."""

    async def get(self) -> None:
        """List the catalogue, or what a folder or a file (``?folder=``) holds, with its problems."""
        named = self.text("folder", "")
        with self.blaming({InvalidCurve: "folder"}):
            self.reply(await self.here(lambda: _listed(self.root, named)))


class OverlayHandler(Handler):
    """A plot of curves."""

    async def post(self) -> None:
        """Draw curves of the catalogue and of files: the same data as ``dm.overlay`` puts into a notebook."""
        wish = self.body("OverlayWish")
        with self.blaming({InvalidCurve: "curves"}):
            self.reply(await self.here(lambda: _drawn(_chosen(self.root, wish["curves"], wish["paths"]))))


def _listed(root: Path, named: str) -> dict[str, Any]:
    if not named:
        return {"curves": [_row(curve) for curve in catalogue.load()], "problems": []}
    place = below(root, named, "folder")
    found: Inspection = inspect(place) if place.is_dir() else inspect_file(place)
    return {
        "curves": [_row(curve) for curve in found.usable],
        "problems": [{"file": problem.curve, "message": _sentence(problem)} for problem in found.problems],
    }


def _sentence(problem: Problem) -> str:
    where = f"{problem.place}: " if problem.place else ""
    return f"check {problem.check!r}: {where}{problem.text}"


def _row(curve: Curve) -> dict[str, Any]:
    return {
        "id": curve.id,
        "label": plain(curve.label),
        "experiment": plain(curve.experiment),
        "year": curve.year,
        "technique": technique(curve),
        "quantity": curve.quantity,
        "symbol": quantity(curve.quantity).symbol,
        "kind": curve.kind,
        "channel": curve.channel or None,
        "complete": list(curve.completeness),
        "unknown": list(curve.unknowns),
    }


def _chosen(root: Path, ids: list[str], paths: list[str]) -> CurveSet:
    shipped = catalogue.load().select(*dict.fromkeys(ids)) if ids else CurveSet()
    # Both files of a curve may be named: it is one.
    own = [read(sidecar) for sidecar in dict.fromkeys(_sidecar(root, path) for path in paths)]
    for problem in check_together(own):
        raise problem.error()
    return shipped + own


def _sidecar(root: Path, path: str) -> Path:
    if not path.endswith((".json", ".csv")):
        msg = f"{ascii(path)[:200]} is no curve; a curve is a CSV and a JSON file of one name"
        raise InvalidRequest(msg, field="paths")
    return below(root, path, "paths").with_suffix(".json")


def _drawn(curves: CurveSet) -> dict[str, Any]:
    plot: Overlay = overlay(curves)
    return {"payload": payload(plot.model), "cell": plot.cell(), "bibtex": plot.bibtex()}


ROUTES = [("limits/curves", CurvesHandler), ("limits/overlay", OverlayHandler)]
