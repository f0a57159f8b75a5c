"""`vre-dm rules`: what the lake keeps where, why something does not arrive, and what to do about it."""

import json
from typing import TYPE_CHECKING

import click

from vre_dm.cli.choosing import lake_named, on_lake
from vre_dm.cli.fitting import show

if TYPE_CHECKING:
    from vre_dm.lake.rules import Causes, Rule, RuleList


@click.command()
@click.argument("what", required=False, metavar="[SCOPE:NAME|ID]")
@click.option("--why", is_flag=True, help="Look at its files that have not arrived.")
@click.option(
    "--extend", type=float, metavar="DAYS", help="Keep the copies longer: for so many days from now."
)
@click.option("--shorten", type=float, metavar="DAYS", help="End it earlier: so many days from now.")
@click.option("--boost", is_flag=True, help="Try what is stuck again now; start a suspended rule again.")
@click.option("--move", metavar="RSE", help="Keep the copies at another storage element instead.")
@click.option("--approve", is_flag=True, help="Let it begin, where you approve rules for its storage.")
@click.option("--deny", metavar="REASON", help="Do not let it begin; its owner gets the reason.")
@click.option("--delete", is_flag=True, help="End it now.")
@on_lake
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def rules(
    what: str | None,
    why: bool,
    extend: float | None,
    shorten: float | None,
    boost: bool,
    move: str | None,
    approve: bool,
    deny: str | None,
    delete: bool,
    name: str | None,
    as_json: bool,
) -> None:
    """Say how replication rules stand: your own, those on a dataset, or one.

    The options act on one rule, named by its ID.
    """
    from vre_dm.lake.rule_orders import Order

    lake = lake_named(name)
    found = Order(what, why, extend, shorten, boost, move, approve, deny, delete).carry_out(lake)
    if as_json:
        click.echo(json.dumps(_documents(found), default=str))
    else:
        show(found)


def _documents(found: "RuleList | Rule | Causes | str") -> list[dict[str, object]]:
    from vre_dm.lake.rules import Rule

    if isinstance(found, str):
        return []
    return [found.document()] if isinstance(found, Rule) else [entry.document() for entry in found]
