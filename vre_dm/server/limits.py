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


class CurvesHandler(Handler):
    """Curves to choose from."""

    async def get(self) -> None:
        """List the catalogue, or what a folder or a file (``?folder=``) holds, with its problems."""
        named = self.text("folder", "")
        if not named:
            self.reply(await self.here(_catalogue))
            return
        # Both files of a curve are opened, and either may be a link.
        place, *_ = await self.below("folder", named, *(_pair(named) or ()))
        with self.blaming({InvalidCurve: "folder"}):
            self.reply(await self.here(lambda: _listed(place)))


class OverlayHandler(Handler):
    """A plot of curves."""

    largest_body = 500_000

    async def post(self) -> None:
        """Draw curves of the catalogue and of files: the same data as ``dm.overlay`` puts into a notebook."""
        wish = self.body("OverlayWish")
        files = await self.below("paths", *(file for path in wish["paths"] for file in _files(path)))
        with self.blaming({InvalidCurve: "paths"}):
            own = await self.here(lambda: _own(files))
        with self.blaming({InvalidCurve: "curves"}):
            self.reply(await self.here(lambda: _drawn(_shipped(wish["curves"]) + own)))


def _catalogue() -> dict[str, Any]:
    return {"curves": [_row(curve) for curve in catalogue.load()], "problems": []}


def _listed(place: Path) -> dict[str, Any]:
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


def _shipped(ids: list[str]) -> CurveSet:
    return catalogue.load().select(*dict.fromkeys(ids)) if ids else CurveSet()


def _own(files: list[Path]) -> CurveSet:
    # Both files of a curve may be named: it is one.
    sidecars = dict.fromkeys(file for file in files if file.suffix == ".json")
    own = [read(sidecar) for sidecar in sidecars]
    for problem in check_together(own):
        raise problem.error()
    return CurveSet(own)


def _files(path: str) -> tuple[str, str]:
    pair = _pair(path)
    if pair is None:
        msg = f"{ascii(path)[:200]} is no curve; a curve is a CSV and a JSON file of one name"
        raise InvalidRequest(msg, field="paths")
    return pair


def _pair(path: str) -> tuple[str, str] | None:
    """Sidecar and table of a curve, whichever is named; None for what is neither."""
    stem, dot, suffix = path.rpartition(".")
    return (f"{stem}.json", f"{stem}.csv") if dot and suffix in {"json", "csv"} else None


def _drawn(curves: CurveSet) -> dict[str, Any]:
    plot: Overlay = overlay(curves)
    return {"payload": payload(plot.model), "cell": plot.cell(), "bibtex": plot.bibtex()}


ROUTES = [("limits/curves", CurvesHandler), ("limits/overlay", OverlayHandler)]
