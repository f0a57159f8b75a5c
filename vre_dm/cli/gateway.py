"""`vre-dm gateway up|down|status`: a real Dask Gateway on this machine."""

import click

from vre_dm.compute.cluster.server import control
from vre_dm.compute.cluster.server.control import GatewayStatus
from vre_dm.sandbox.commands import Duration


@click.group()
def gateway() -> None:
    """A real Dask Gateway on this machine, which `dm.cluster()` then uses."""


@gateway.command()
@click.option(
    "--idle",
    type=Duration(),
    default=control.IDLE,
    help="Stop after this long without a cluster; default 2h.",
)
def up(idle: float) -> None:
    """Start the gateway and print how to use it."""
    click.echo(_description(control.up(idle=idle)))


@gateway.command()
def down() -> None:
    """Stop the gateway, and every cluster it has."""
    click.echo("The gateway is stopped." if control.down() else "The gateway was not running.")


@gateway.command()
def status() -> None:
    """Say whether the gateway runs and where; exit code 1 when it does not."""
    now = control.status()
    if now is None:
        click.echo("No gateway runs; `vre-dm gateway up` starts one.")
        raise SystemExit(1)
    click.echo(_description(now))


def _description(now: GatewayStatus) -> str:
    clusters = f"{now.clusters} cluster{'' if now.clusters == 1 else 's'}"
    return (
        f"The gateway is up at {now.address}, with {clusters}.\n"
        "dm.cluster() in Python uses it. For other programs of yours: user name as you like, "
        f"password in {now.password_file}; schedulers at tls://{now.proxy}"
    )
