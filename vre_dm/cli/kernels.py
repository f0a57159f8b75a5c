"""`vre-dm kernels list|install|remove|check|lock`: kernels of experiments, each from a lock and tried."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from vre_dm.kernels.place import Place
    from vre_dm.kernels.profile import Profile
    from vre_dm.kernels.record import Installed

_OLDER = "installed, older than this profile: install it again"
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
    from vre_dm.kernels.profile import profiles
    from vre_dm.kernels.record import installed

    there = {each.profile: each for each in installed(_place(user, sys_prefix, prefix))}
    found = profiles(folder)
    others = [each for name, each in there.items() if name not in {profile.name for profile in found}]
    if as_json:
        said = [_described(each, there.get(each.name)) for each in found]
        said += [{"name": each.profile, "state": "other", "kernels": each.kernels} for each in others]
        click.echo(json.dumps(said, indent=1))
        return
    for profile in found:
        promises = {each.package: each.version for each in profile.card.promises}
        click.echo(f"{profile.name:<8} {profile.card.title} ({_state(profile, there.get(profile.name))})")
        click.echo(f"{'':<8} {', '.join(f'{name} {version}' for name, version in promises.items())}")
    for each in others:
        click.echo(f"{each.profile:<8} {', '.join(each.kernels)} (installed from other --profiles)")


def _described(profile: "Profile", one: "Installed | None") -> dict[str, Any]:
    return {
        "name": profile.name,
        "title": profile.card.title,
        "about": profile.card.about,
        "promises": {each.package: each.version for each in profile.card.promises},
        "state": "absent" if one is None else "current" if one.current(profile) else "older",
        "kernels": one.kernels if one else [],
    }


def _state(profile: "Profile", one: "Installed | None") -> str:
    if one is None:
        return "not installed"
    return f"installed with vre-dm {one.version}" if one.current(profile) else _OLDER


@kernels.command()
@click.argument("name")
@_where
@_PROFILES
@click.option(
    "--python",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Python to make it with, which stays where it is; for --prefix, one that every machine has there.",
)
def install(
    name: str, user: bool, sys_prefix: bool, prefix: Path | None, folder: Path | None, python: Path | None
) -> None:
    """Make the environment of a profile, run its smoke notebooks in it, then show its kernels to Jupyter."""
    from vre_dm.kernels.installing import install as install_
    from vre_dm.kernels.profile import profile

    place = _place(user, sys_prefix, prefix)
    found = install_(profile(name, folder), place, _say, python.absolute() if python else None)
    click.echo(f"{', '.join(found.kernels)} in {place.kernels}")


@kernels.command()
@click.argument("name")
@_where
def remove(name: str, user: bool, sys_prefix: bool, prefix: Path | None) -> None:
    """Remove the kernels of a profile, and their environment."""
    from vre_dm.kernels.installing import remove as remove_

    found = remove_(name, _place(user, sys_prefix, prefix), _say)
    click.echo(f"removed {', '.join(found) or f'what was left of {name}'}")


@kernels.command()
@click.argument("name", required=False)
@_where
@_PROFILES
def check(name: str | None, user: bool, sys_prefix: bool, prefix: Path | None, folder: Path | None) -> None:
    """Hold what profiles promise against their locks; of those that are installed run the smoke notebooks."""
    from vre_dm.errors import KernelFailed
    from vre_dm.kernels.checks import check_profile
    from vre_dm.kernels.profile import profile, profiles
    from vre_dm.kernels.record import installed

    place = _place(user, sys_prefix, prefix)
    there, older = {each.profile: each for each in installed(place)}, []
    for each in [profile(name, folder)] if name else profiles(folder):
        check_profile(each)
        ran, one = "not installed, so not run", there.get(each.name)
        if one is not None and one.current(each):
            ran = _ran(each, one, place)
        elif one is not None:
            older.append(each.name)
            ran = _OLDER
        click.echo(f"{each.name}: {len(each.card.promises)} promises hold in the lock; {ran}")
    if older:  # its notebooks are not those of what is installed
        msg = f"{', '.join(older)}: what is installed is older than the profile, and was not tried"
        raise KernelFailed(msg)


def _ran(profile: "Profile", one: "Installed", place: "Place") -> str:
    from vre_dm.kernels.trying import require_whole, try_profile

    place.require_guarded()
    require_whole(Path(one.environment))
    return f"{try_profile(profile, one.python, _say)} cells ran in {len(profile.specs)} kernels"


@kernels.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def lock(folder: Path) -> None:
    """Solve the profile in FOLDER, together with what vre-dm needs, and write its requirements.txt."""
    from vre_dm.kernels.solving import solve

    click.echo(solve(folder))
