"""`vre-dm kernels list|install|remove|check`: kernels of experiments, each from a lock and tried."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from vre_dm.kernels.place import Place

_PROFILES = click.option(
    "--profiles",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of other profiles than those of vre-dm.",
)


def _say(text: str) -> None:
    click.echo(f"… {text}", err=True)


def _where(command: Any) -> Any:
    command = click.option("--prefix", type=click.Path(path_type=Path, file_okay=False), help="A folder.")(
        command
    )
    command = click.option("--sys-prefix", is_flag=True, help="The environment that vre-dm is in.")(command)
    return click.option("--user", is_flag=True, help="Your own kernels, as when nothing is said.")(command)


def _place(user: bool, sys_prefix: bool, prefix: Path | None) -> "Place":
    from vre_dm.kernels.place import Place

    if user + sys_prefix + (prefix is not None) > 1:
        msg = "say one of --user, --sys-prefix and --prefix"
        raise click.UsageError(msg)
    if prefix is not None:
        return Place.shared(prefix)
    return Place.environment() if sys_prefix else Place.user()


@click.group()
def kernels() -> None:
    """Install kernels of experiments beside this environment, each solved, locked and tried by itself.

    They are installed for you (--user), for all who use this environment (--sys-prefix), or in a folder that
    machines share (--prefix), which Jupyter finds by JUPYTER_PATH=FOLDER/share/jupyter.
    """


@kernels.command("list")
@_where
@_PROFILES
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def list_(user: bool, sys_prefix: bool, prefix: Path | None, folder: Path | None, as_json: bool) -> None:
    """List the profiles there are, what each promises, and which are installed."""
    from vre_dm.kernels.installing import installed
    from vre_dm.kernels.profile import profiles

    place = _place(user, sys_prefix, prefix)
    there = {each.profile: each for each in installed(place)}
    found = profiles(folder)
    if as_json:
        said = [
            {
                "name": each.name,
                "title": each.card.title,
                "about": each.card.about,
                "promises": {promise.package: promise.version for promise in each.card.promises},
                "kernels": list(there[each.name].kernels) if each.name in there else [],
            }
            for each in found
        ]
        click.echo(json.dumps(said, indent=1))
        return
    for each in found:
        state = f"installed with vre-dm {there[each.name].version}" if each.name in there else "not installed"
        click.echo(f"{each.name:<8} {each.card.title} ({state})")
        click.echo(f"{'':<8} {', '.join(f'{p.package} {p.version}' for p in each.card.promises)}")


@kernels.command()
@click.argument("name")
@_where
@_PROFILES
def install(name: str, user: bool, sys_prefix: bool, prefix: Path | None, folder: Path | None) -> None:
    """Make the environment of a profile, run its smoke notebooks in it, then show its kernels to Jupyter."""
    from vre_dm.kernels.installing import install as install_
    from vre_dm.kernels.profile import profile

    place = _place(user, sys_prefix, prefix)
    found = install_(profile(name, folder), place, _say)
    click.echo(f"{', '.join(found.kernels)} in {place.kernels}")


@kernels.command()
@click.argument("name")
@_where
def remove(name: str, user: bool, sys_prefix: bool, prefix: Path | None) -> None:
    """Remove the kernels of a profile, and their environment."""
    from vre_dm.kernels.installing import remove as remove_

    found = remove_(name, _place(user, sys_prefix, prefix))
    click.echo(f"removed {', '.join(found.kernels)}")


@kernels.command()
@click.argument("name", required=False)
@_where
@_PROFILES
def check(name: str | None, user: bool, sys_prefix: bool, prefix: Path | None, folder: Path | None) -> None:
    """Hold what profiles promise against their locks; of those that are installed run the smoke notebooks."""
    from vre_dm.kernels.checks import check_profile
    from vre_dm.kernels.installing import installed
    from vre_dm.kernels.profile import profile, profiles
    from vre_dm.kernels.smoke import run

    there = {each.profile: each for each in installed(_place(user, sys_prefix, prefix))}
    for each in [profile(name, folder)] if name else profiles(folder):
        check_profile(each)
        tried = [run(spec, there[each.name].python) for spec in each.specs] if each.name in there else []
        ran = f"; {sum(tried)} cells ran in {len(tried)} kernels" if tried else "; not installed, so not run"
        click.echo(f"{each.name}: {len(each.card.promises)} promises hold in the lock{ran}")
