"""`vre-dm combine`: the limit of several instruments from files of their likelihoods."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vre_dm.cli.fitting import show
from vre_dm.errors import OutOfRange
from vre_dm.lake.tables import Table, clean

if TYPE_CHECKING:
    from vre_dm.limits.curve import Curve
    from vre_dm.physics.combination import Combination, LikelihoodTable
    from vre_dm.physics.dwarfs.roster import JFactor

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--channel", help="Of the files' channels; needed where they share several.")
@click.option("--cl", default=0.95, show_default=True, help="One-sided confidence level.")
@click.option(
    "--j", "given", multiple=True, metavar="TARGET=LOG10J,SIGMA", help="J factor to use for all instruments."
)
@click.option("--own-region", "own", multiple=True, metavar="TARGET", help="Instruments keep their J of it.")
@click.option("--resample", is_flag=True, help="Put tables with other cross sections on one grid.")
@click.option("--to", type=click.Path(path_type=Path), help="Folder to write the combined curve to.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def combine(
    files: tuple[Path, ...],
    channel: str | None,
    cl: float,
    given: tuple[str, ...],
    own: tuple[str, ...],
    resample: bool,
    to: Path | None,
    as_json: bool,
) -> None:
    """Combine the likelihoods in FILES, one of each instrument, into one limit on the cross section.

    Files are .parquet, or .csv with a .json beside it; help(vre_dm.physics.combination) says what is in them.
    """
    from vre_dm.physics.combination import Combination, combined_curve, on_one_grid

    tables = _tables(files, channel)
    if resample:
        tables = on_one_grid(tables)
    combination = Combination(tables, dict(map(_jfactor, given)), own)
    curve = combined_curve(combination, cl=cl, inputs=tuple(path.name for path in files))
    alone = [_alone(table, cl) for table in tables]
    if as_json:
        click.echo(json.dumps(_document(combination, curve, alone)))
    else:
        show(_shown(combination, curve, alone))
    if to is not None:
        from vre_dm.limits.scaffold import write_pairs

        for path in write_pairs([curve], to):
            click.echo(clean(path, None), err=True)


def _tables(files: tuple[Path, ...], channel: str | None) -> list["LikelihoodTable"]:
    """The one table of each file that is meant."""
    from vre_dm.limits.spelling import require
    from vre_dm.physics.combination import read_likelihoods

    read = [read_likelihoods(path) for path in files]
    shared = [name for name in read[0] if all(name in other for other in read)]
    if channel is None and len(shared) != 1:
        listed = ", ".join(shared) or "none"
        msg = f"the files share the channels: {listed}; choose one with --channel"
        raise OutOfRange(msg)
    wanted = channel or shared[0]
    for path, found in zip(files, read, strict=True):
        require(wanted, found, f"channel of {path.name}", error=OutOfRange)
    return [found[wanted] for found in read]


def _jfactor(text: str) -> tuple[str, "JFactor"]:
    from vre_dm.physics.dwarfs.roster import JFactor

    target, _, numbers = text.partition("=")
    try:
        log10_j, sigma_dex = map(float, numbers.split(","))
    except ValueError:
        msg = f"--j {text!r} should read TARGET=LOG10J,SIGMA, as in --j draco=18.83,0.12"
        raise OutOfRange(msg) from None
    return target, JFactor(log10_j, sigma_dex, "given")


def _alone(table: "LikelihoodTable", cl: float) -> dict[float, float]:
    """Limits of one instrument by mass; none where its table does not reach any, which a combination may."""
    from vre_dm.physics.combination import Combination

    limits = {}
    for mass in table.mass_gev:
        at_mass = replace(table, lnl=table.lnl.sel(mass=[mass]))
        with suppress(OutOfRange):
            limits[float(mass)] = float(Combination([at_mass]).scan(cl=cl)["limit"][0])
    return limits


def _cells(curve: "Curve", alone: list[dict[float, float]]) -> list[list[float | None]]:
    """Mass, combined limit and each instrument's own, where it has one."""
    rows = zip(curve.x.tolist(), curve.y.tolist(), strict=True)
    return [[mass, limit, *(of.get(mass) for of in alone)] for mass, limit in rows]


def _shown(combination: "Combination", curve: "Curve", alone: list[dict[float, float]]) -> Table:
    names = [table.instrument for table in combination.tables]
    rows = [
        [f"{row[0]:g}", *("" if value is None else f"{value:.4g}" for value in row[1:])]
        for row in _cells(curve, alone)
    ]
    title = f"{curve.channel}: upper limits on sigma_v in cm3/s, {curve.cl:.0%} CL, {curve.statistic}"
    targets = f"{len(combination.shared)} targets, J of each profiled once"
    return Table(title, ("mass in GeV", "combined", *names), rows, targets)


def _document(
    combination: "Combination", curve: "Curve", alone: list[dict[float, float]]
) -> dict[str, object]:
    names = [table.instrument for table in combination.tables]
    heads = ("m_GeV", "combined_cm3_s", *(f"{name}_cm3_s" for name in names))
    rows = [dict(zip(heads, row, strict=True)) for row in _cells(curve, alone)]
    return {
        "channel": curve.channel,
        "cl": curve.cl,
        "statistic": curve.statistic,
        "assumptions": dict(curve.assumptions),
        "limits": rows,
    }
