"""`--lake NAME`: the data lake that a command works on, by name or the default one."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from vre_dm.lake.lake import Lake

on_lake = click.option("--lake", "name", help="A configured lake, or embedded; else the default one.")


def lake_named(name: str | None) -> "Lake":
    """Connect to it; what is started for that is said beside the output, and it raises as `connect` does."""
    from vre_dm.session import connect  # heavy, and not needed for the help

    return connect(name, say=lambda text: click.echo(text, err=True))
