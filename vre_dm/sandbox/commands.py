"""``vre-dm lake …``: the embedded lake from a terminal."""

import json
import os
import re
import shutil
import sys
from dataclasses import asdict
from pathlib import Path

import click

from vre_dm.sandbox import control, environment, generated
from vre_dm.sandbox.control import LakeStatus

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Duration(click.ParamType[float]):
    """A length of time in seconds, written ``90s``, ``30m``, ``2h`` or ``1d``; ``never`` is 0."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds."""
        if isinstance(value, float | int):
            return float(value)
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", str(value))
        if value == "never":
            return 0.0
        if not found:
            self.fail(f"{value!r} is no length of time; write for example 90s, 30m, 2h or never", param, ctx)
        return float(found[1]) * _SECONDS[found[2] or "s"]


_root = click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    help=f"Folder of the lake; default ${control.ROOT} or the user's data folder.",
)


def _absolute(root: Path | None) -> Path:
    return root.expanduser().absolute() if root else control.default_root()


@click.group()
def lake() -> None:
    """The embedded lake: a real Rucio data lake on this machine."""


@lake.command()
@_root
@click.option(
    "--idle", type=Duration(), default=control.IDLE, help="Stop after this long without use; default 2h."
)
@click.option(
    "--storage-audience",
    default="",
    metavar="AUDIENCE",
    help="Let the https storage take only tokens for this audience, as some sites do.",
)
def up(root: Path | None, idle: float, storage_audience: str) -> None:
    """Start the lake, made first where there is none, and print how to use it."""
    place, say = _absolute(root), lambda text: click.echo(f"… {text}", err=True)
    now = control.up(place, idle=idle, storage_audience=storage_audience, say=say)
    click.echo(_description(now))
    if (now.idle, now.storage_audience) != (idle, storage_audience):
        click.echo("It ran already, with other options; `vre-dm lake down` first changes that.", err=True)


@lake.command()
@_root
def down(root: Path | None) -> None:
    """Stop the lake; its content stays."""
    place = _absolute(root)
    ran = control.status(place).parts
    control.down(place)
    click.echo("The lake is stopped." if ran else "The lake was not running.")


@lake.command()
@_root
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
def status(root: Path | None, as_json: bool) -> None:
    """Say whether the lake runs, where, and how to use it; exit code 1 when it does not."""
    now = control.status(_absolute(root), measure=True)
    if as_json:
        paths = {"rucio_config": now.rucio_config, "userpass_config": now.userpass_config, "ca": now.ca}
        click.echo(json.dumps(asdict(now) | paths, default=str))
    else:
        click.echo(_description(now))
    if not now.running:
        raise SystemExit(1)


@lake.command()
@_root
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(root: Path | None, yes: bool) -> None:
    """Stop the lake and delete all it holds; the next start begins from nothing."""
    place = _absolute(root)
    if not yes:
        click.confirm(f"Delete the lake in {place} with everything that was uploaded to it?", abort=True)
    control.reset(place)
    click.echo("The lake is gone; `vre-dm lake up` makes a new one.")


@lake.command()
@_root
def shell(root: Path | None) -> None:
    """Open a shell in which the stock `rucio` command line talks to the lake."""
    now = control.up(_absolute(root), say=lambda text: click.echo(f"… {text}", err=True))
    click.echo("`rucio whoami` talks to the embedded lake now; `exit` leaves.", err=True)
    program = os.environ.get("SHELL") or shutil.which("sh") or "/bin/sh"
    # Also where vre-dm was called by its path and its environment is not active.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    environ = os.environ | {"RUCIO_CONFIG": str(now.rucio_config), "PATH": path}
    os.execve(program, [program], environ)  # noqa: S606


@lake.command("environment")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def make_environment(folder: Path) -> None:
    """Make the lake's private environment beforehand, for an image; VRE_DM_LAKE_ENVIRONMENT then names it."""
    python = environment.make(folder.absolute(), lambda text: click.echo(f"… {text}", err=True))
    click.echo(python.parent.parent)


@lake.group()
def generate() -> None:
    """Fill the lake with simulated data of any size."""


@generate.command()
@_root
@click.option("--files", type=click.IntRange(1), default=10, show_default=True)
@click.option("--events", type=click.IntRange(1), default=100_000, show_default=True, help="Events a file.")
@click.option("--name", default="simulated.dilepton", show_default=True, help="Dataset in the scope user.dm.")
@click.option("--seed", type=int, default=1, show_default=True)
def events(root: Path | None, files: int, events: int, name: str, seed: int) -> None:
    """Simulated Drell-Yan and Z' events with jagged electrons, muons and missing momentum, as a dataset."""
    now = control.up(_absolute(root), say=lambda text: click.echo(f"… {text}", err=True))
    click.echo(generated.events(now, name=name, files=files, events=events, seed=seed))


def _description(now: LakeStatus) -> str:
    if not now.running:
        return f"The lake in {now.root} is {now.phase}{': ' + now.problem if now.problem else ''}."
    lines = [f"The lake is up: Rucio {now.rucio} at {now.url}, started in {now.timings['total']:.1f} s."]
    if now.problem:
        lines.append(f"Problem: {now.problem}")
    memory = (
        f"{now.memory / 1e6:.0f} MB in {len(now.parts)} parts" if now.memory else f"{len(now.parts)} parts"
    )
    idle = f"stops after {now.idle / 60:.0f} min without use" if now.idle else "runs until it is told to stop"
    lines += [
        f"  in          {now.root} ({memory}, {idle})",
        f"  storage     {now.storage}   login at {now.issuer}",
        "  Python      import vre_dm as dm; lake = dm.connect()",
        f"  rucio       export RUCIO_CONFIG='{now.rucio_config}'   (logs in with a token)",
        f"              export RUCIO_CONFIG='{now.userpass_config}'   (logs in with a password)",
    ]
    return "\n".join(lines)
