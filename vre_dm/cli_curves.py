"""`vre-dm curves …`: check, list and show limit curves, begin one, take them from and give them to others."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vre_dm.errors import InvalidCurve, OutOfRange
from vre_dm.lake.tables import Table, clean, plural

if TYPE_CHECKING:
    from vre_dm.limits.checks.problem import Problem
    from vre_dm.limits.curveset import CurveSet
    from vre_dm.limits.inspection import Inspection
    from vre_dm.limits.interchange.answers import Answers

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
_TYPES = {"year": int, "cl": float}
# Written out, since help must not wait for the formats; a test compares.
_WRITTEN = "hepdata, dd_limit_plot, dmtools, axionlimits, darkmatterlive, plain"


def _answers(command: Callable[..., None]) -> Callable[..., None]:
    """Options for what a file of numbers does not say."""
    for name, text in reversed(_ANSWERS.items()):
        command = click.option(f"--{name}", type=_TYPES.get(name, str), help=text)(command)
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

    if accept and folder is not None:
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
    from vre_dm.limits.scaffold import write_blank

    said = answers(_given(given))
    if not (said.quantity and said.experiment):
        said, numbers = _asked(said, numbers)
    if numbers is None:
        made = write_blank(said, to)
        then = f"write the points into {made[0].name}, then run: vre-dm curves check --accept {to}"
    else:
        made = _taken(numbers, "plain", said, to)
        then = f"see what is left to say: vre-dm curves check {to}"
    for path in made:
        click.echo(clean(path, None))
    click.echo(clean(then, None), err=True)


def _asked(said: "Answers", numbers: Path | None) -> tuple["Answers", Path | None]:
    """Ask for what a curve needs, and for what its readers will want to know."""
    from vre_dm.limits.interchange.answers import answers
    from vre_dm.limits.quantities import QUANTITIES, quantity

    found = {name: value for name, value in asdict(said).items() if value is not None}
    if "quantity" not in found:
        click.echo(f"quantities: {', '.join(QUANTITIES)}", err=True)
        found["quantity"] = _ask("quantity", "")
    channels = quantity(str(found["quantity"])).channels
    questions = {"channel": ", ".join(channels)} if channels else {}
    questions |= {"experiment": "who", "year": "of publication", "reference": "arXiv number or DOI"}
    questions |= {"cl": "confidence level, such as 0.9"}
    if numbers is None:
        answer = _ask("file of numbers", "none, to fill in a table")
        numbers = Path(answer).expanduser() if answer else None
    if numbers is not None:
        questions |= {
            "x_unit": "of the masses, if the file does not say",
            "y_unit": "of the limits, likewise",
        }
    for name, hint in questions.items():
        answer = "" if name in found else _ask(name, hint)
        if answer and answer != "unknown":
            found[name] = _typed(name, answer)
    return answers(found), numbers


def _ask(name: str, hint: str) -> str:
    try:
        shown = f"{name} ({hint})" if hint else name
        answer: str = click.prompt(shown, default="", show_default=False, err=True)
    except click.Abort:
        click.echo(err=True)  # the question's line is still open
        msg = f"nobody answers what the {name} is; give --quantity and --experiment, see vre-dm curves new -h"
        raise InvalidCurve(msg) from None
    return answer.strip()


def _typed(name: str, answer: str) -> object:
    try:
        return _TYPES.get(name, str)(answer)
    except ValueError:
        msg = f"{name} {answer[:40]!r} is not a number"
        raise InvalidCurve(msg) from None


@curves.command("import")
@click.argument("file", type=_FOLDER)
@click.option("--from", "format_", metavar="FORMAT", help="Recognised from the content when left out.")
@_answers
@_to
def import_(file: Path, format_: str | None, to: Path, **given: Any) -> None:
    """Take curves from a FILE of another tool: HEPData, dd_limit_plot, DMTools, plain tables and others.

    The options say what the file does not. Curves that fail a check are refused; nothing is overwritten.
    """
    from vre_dm.limits.interchange.answers import answers

    for path in _taken(file, format_, answers(_given(given)), to):
        click.echo(clean(path, None))


@curves.command()
@click.argument("ids", nargs=-1, required=True)
@click.option("--format", "format_", metavar="FORMAT", required=True, help=f"One of: {_WRITTEN}.")
@_folder
@_to
def export(ids: tuple[str, ...], format_: str, folder: Path | None, to: Path) -> None:
    """Give the curves of these IDS to another tool."""
    from vre_dm.limits.catalogue import load
    from vre_dm.limits.interchange import write

    for path in write(load(folder).select(*ids), to, format_):
        click.echo(clean(path, None))


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _taken(file: Path, format_: str | None, said: "Answers", to: Path) -> list[Path]:
    """Read a file of another tool and write the catalogue's two files for each of its curves."""
    from vre_dm.limits.interchange import read
    from vre_dm.limits.scaffold import identifier, write_pairs

    given = {field.name: getattr(said, field.name) for field in fields(said)}
    try:
        found: CurveSet = read(file, format_, **_given(given))
    except InvalidCurve as error:
        raise InvalidCurve(_as_options(str(error))) from None
    if len(found) == 1 and said.id is None and said.quantity and said.experiment:
        return write_pairs([replace(found[0], id=identifier(said))], to)
    return write_pairs(found, to)


def _as_options(text: str) -> str:
    """Name the keywords that a message of `read` asks for as this command's options."""
    words = "|".join(name.replace("-", "_") for name in _ANSWERS)
    return re.sub(rf"\b({words})=(?!\S*\w)", lambda found: "--" + found[1].replace("_", "-"), text)
