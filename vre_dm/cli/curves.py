"""`vre-dm curves …`: check, list and show limit curves, begin one, take them from and give them to others."""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vre_dm.cli.interview import NUMBERS, Interview
from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.lake.tables import Table, clean, plural

if TYPE_CHECKING:
    from vre_dm.limits.checks.problem import Problem
    from vre_dm.limits.curve import Curve
    from vre_dm.limits.curveset import CurveSet
    from vre_dm.limits.inspection import Inspection

_FOLDER = click.Path(path_type=Path)
_as_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
_folder = click.option("--folder", type=_FOLDER, help="Your own curves instead of the shipped ones.")
_to = click.option("--to", type=_FOLDER, default=".", show_default=True, help="Folder that exists.")
_ANSWERS = {
    "quantity": "For example sigma_SI.",
    "channel": "Final state, form factor or signature, where the quantity asks for one.",
    "experiment": "Who.",
    "year": "Of publication.",
    "reference": "arXiv number with version, or DOI.",
    "cl": "Confidence level, for example 0.9.",
    "kind": "observed, expected, projection, theory or 'signal region'.",
    "geometry": "line, contour, band or grid.",
    "statistic": "How the limit was set.",
    "licence": "SPDX name of the numbers' licence.",
    "label": "Text for people.",
    "id": "Identifier, the name of the two files.",
    "x-unit": "Unit of the masses.",
    "y-unit": "Unit of the limits.",
}
_OPTION = {"format": "from"}
# Written out, since help must not wait for the formats; a test compares.
_WRITTEN = "hepdata, dd_limit_plot, dmtools, axionlimits, darkmatterlive, plain"


def _answers(command: Callable[..., None]) -> Callable[..., None]:
    """Options for what a file of numbers does not say."""
    for name, text in reversed(_ANSWERS.items()):
        command = click.option(f"--{name}", type=NUMBERS.get(name, str), help=text)(command)
    return command


@click.group()
def curves() -> None:
    """Published exclusion limits: look at them, check them, add one."""


@curves.command()
@click.argument("folder", type=_FOLDER, required=False)
@click.option("--accept", is_flag=True, help="First take tables that were edited after their sidecars.")
@_as_json
def check(folder: Path | None, accept: bool, as_json: bool) -> None:
    """Run every check on the curves of FOLDER, on the shipped ones when left out.

    The exit code is 1 when a curve must not be used. On a folder of your own a licence is only reported.
    """
    from vre_dm.limits.catalogue import SHIPPED
    from vre_dm.limits.inspection import inspect

    if accept:
        if folder is None:
            msg = "--accept needs the folder of your curves: vre-dm curves check --accept FOLDER"
            raise click.UsageError(msg)
        from vre_dm.limits.scaffold import accept as taken_from

        for name in taken_from(folder):
            click.echo(f"{clean(name, None)}: taken as it is now", err=True)
    inspection = inspect(folder or SHIPPED, to_ship=folder is None)
    if as_json:
        problems = [{"file": _file(found), **asdict(found)} for found in inspection.problems]
        click.echo(json.dumps({"curves": len(inspection.curves), "problems": problems}))
    else:
        for found in inspection.problems:
            click.echo(clean(_line(found), None))
        click.echo(str(_summary(inspection)))
    if not inspection.sound:
        raise click.exceptions.Exit(1)


def _file(found: "Problem") -> str:
    in_table = found.row or found.column or found.check in {"checksum", "header", "sidecar", "rows"}
    return f"{found.curve}.{'csv' if in_table else 'json'}"


def _line(found: "Problem") -> str:
    place = f", {found.place}" if found.place else ""
    return f"{_file(found)}{place}: {found.check}{'' if found.grave else ' (a remark)'}: {found.text}"


def _summary(inspection: "Inspection") -> Table:
    """Curves and problems of each quantity."""
    quantity = {curve.id: curve.quantity for curve in inspection.curves}
    curves = Counter(quantity.values())
    found = Counter(quantity.get(p.curve, "unreadable") for p in inspection.problems if p.grave)
    said = Counter(quantity.get(p.curve, "unreadable") for p in inspection.problems if not p.grave)
    rows = [(name, curves[name], found[name], said[name]) for name in dict.fromkeys([*curves, *found])]
    total = f"{plural(len(inspection.curves), 'curve')}, {plural(found.total(), 'problem')}"
    return Table(total, ("quantity", "curves", "problems", "remarks"), rows)


@curves.command("list")
@click.option("--quantity", help="For example sigma_SI.")
@click.option("--experiment", help="Part of the name.")
@click.option("--kind", help="observed, expected, projection, theory or 'signal region'.")
@click.option("--channel", help="Final state, form factor or signature.")
@click.option("--technique", help="For example 'direct detection'.")
@click.option("--year", help="2024, or first and last: 2018-2024.")
@click.option("--near", metavar="MASS,VALUE", help="Within a decade of this point, the nearest first.")
@_folder
@_as_json
def list_(
    folder: Path | None, year: str | None, near: str | None, as_json: bool, **words: str | None
) -> None:
    """List curves that match everything given."""
    from vre_dm.limits.catalogue import load
    from vre_dm.limits.display import overview, table_text

    years = _numbers(year, "-", int, (1, 2), "--year 2024 or --year 2018-2024") if year else None
    point = _numbers(near, ",", float, (2,), "--near 40,1e-46, a mass in GeV and a value") if near else None
    criteria: dict[str, Any] = {
        **words,
        "near": point,
        "year": years[0] if years and len(years) == 1 else years,
    }
    found = load(folder).select(**criteria)
    header, rows = overview(found)
    if as_json:
        click.echo(json.dumps([dict(zip(header, row, strict=True)) for row in rows]))
        return
    if found:
        click.echo(table_text(header, rows))
    click.echo(plural(len(found), "curve"), err=True)


def _numbers(
    text: str, mark: str, of: type[int] | type[float], how_many: tuple[int, ...], example: str
) -> tuple[float, ...]:
    parts = re.split(rf"(?<=\d){mark}", text)
    try:
        if len(parts) in how_many:
            return tuple(of(part) for part in parts)
    except ValueError:
        pass
    msg = f"{text[:40]!r} is not understood; write {example}"
    raise OutOfRange(msg)


@curves.command()
@click.argument("name", metavar="ID")
@_folder
@_as_json
def show(name: str, folder: Path | None, as_json: bool) -> None:
    """Show what is known of one curve, what is not, and how to cite it."""
    from vre_dm.limits.bibtex import bibtex
    from vre_dm.limits.catalogue import load
    from vre_dm.limits.sidecar import to_record

    curve = load(folder)[name]
    if as_json:
        click.echo(json.dumps(to_record(curve)))
        return
    for line in [*repr(curve).splitlines(), "", *bibtex([curve]).splitlines()]:
        click.echo(clean(line, None))


@curves.command()
@click.option(
    "--numbers", type=_FOLDER, help="Table of masses and limits; an empty one is made when left out."
)
@_answers
@_to
def new(numbers: Path | None, to: Path, **given: Any) -> None:
    """Begin a curve: write its table and its sidecar, never over files that exist.

    Asks what is needed unless --quantity and --experiment are given. What you do not know stays unknown.
    """
    from vre_dm.limits.interchange.answers import answers
    from vre_dm.limits.scaffold import write_blank, write_pairs

    interview = Interview(answers(_given(given)))
    asks = not (interview.said.quantity and interview.said.experiment)
    if asks:
        numbers = interview.about_curve(numbers)
    if numbers is None:
        made = write_blank(interview.said, to)
        then = f"write the points into {made[0].name}, then run: vre-dm curves check --accept {to}"
    else:
        found, refused = _read(numbers, "plain", interview, asks)
        if refused:
            raise refused[0]
        made = write_pairs(found, to)
        then = f"see what is left to say: vre-dm curves check {to}"
    for path in made:
        click.echo(clean(path, None))
    click.echo(clean(then, None), err=True)


@curves.command("import")
@click.argument("file", type=_FOLDER)
@click.option("--from", "format_", metavar="FORMAT", help="Recognised from the content when left out.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing, in a terminal neither.")
@_answers
@_to
def import_(file: Path, format_: str | None, yes: bool, to: Path, **given: Any) -> None:
    """Take curves from a FILE of another tool: HEPData, dd_limit_plot, DMTools, plain tables and others.

    The options say what the file does not; in a terminal the rest is asked. Curves that cannot be read or
    fail a check are refused, each with its reason, and the exit code is 1. Nothing is overwritten.
    """
    from vre_dm.limits.interchange.answers import answers
    from vre_dm.limits.scaffold import write_pairs

    found, refused = _read(file, format_, Interview(answers(_given(given))), sys.stdin.isatty() and not yes)
    if len(refused) == 1 and not found:
        raise refused[0]
    for path in write_pairs(found, to):
        click.echo(clean(path, None))
    for error in refused:
        click.echo(f"refused: {clean(error, None)}", err=True)
    if refused:
        click.echo(f"{plural(len(found), 'curve')} taken, {len(refused)} refused", err=True)
        raise click.exceptions.Exit(1)


@curves.command()
@click.argument("ids", nargs=-1, required=True)
@click.option("--format", "format_", metavar="FORMAT", required=True, help=f"One of: {_WRITTEN}.")
@click.option(
    "--limit-only", is_flag=True, help="Leave out bands and variants, which some formats cannot hold."
)
@_folder
@_to
def export(ids: tuple[str, ...], format_: str, limit_only: bool, folder: Path | None, to: Path) -> None:
    """Give the curves of these IDS to another tool."""
    from vre_dm.limits.catalogue import load
    from vre_dm.limits.interchange import write

    for path in write(load(folder).select(*ids), to, format_, limit_only=limit_only):
        click.echo(clean(path, None))


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _read(
    file: Path, format_: str | None, interview: Interview, asks: bool
) -> tuple[list["Curve"], list[InvalidCurve]]:
    """Curves of a file that pass every check, and why not the others, in the words of this command."""
    from vre_dm.limits.interchange import read_all
    from vre_dm.limits.scaffold import identifier

    given = interview.said.given
    try:
        reading = read_all(file, format_, ask=interview.about_file if asks else None, **given)
    except InvalidCurve as error:
        raise InvalidCurve(_as_options(str(error))) from None
    sound, refused = _parted(reading.curves)
    refused = [InvalidCurve(_as_options(str(error))) for error in (*reading.refused, *refused)]
    said = interview.said
    if len(sound) == 1 and not refused and said.id is None and said.experiment:
        sound = [replace(sound[0], id=identifier(replace(said, quantity=sound[0].quantity)))]
    return sound, refused


def _parted(curves: "CurveSet") -> tuple[list["Curve"], list[InvalidCurve]]:
    """Curves that pass every check, alone and together, and the first problem of each other one."""
    from vre_dm.limits.checks import check, check_together

    problems = [problem for curve in curves for problem in check(curve)]
    bad = {problem.curve for problem in problems}
    problems += check_together([curve for curve in curves if curve.id not in bad])
    first = {problem.curve: problem for problem in reversed(problems) if problem.grave}
    return [curve for curve in curves if curve.id not in first], [found.error() for found in first.values()]


def _as_options(text: str) -> str:
    """Name the keywords that a message of `read` asks for as this command's options."""
    words = "|".join(name.replace("-", "_") for name in (*_ANSWERS, *_OPTION))
    return re.sub(
        rf"\b({words})=(?:'(\w+)'|(?!\S*\w))",
        lambda found: (
            f"--{_OPTION.get(found[1], found[1]).replace('_', '-')}" + (f" {found[2]}" if found[2] else "")
        ),
        text,
    )
