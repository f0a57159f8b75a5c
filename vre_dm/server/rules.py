"""Replication rules: the user's or a dataset's, made, kept longer, tried again, moved and ended."""

from functools import partial
from typing import Any

from vre_dm.did import Did
from vre_dm.errors import Declined, InvalidDid, NoSpace
from vre_dm.lake.dataset import Dataset
from vre_dm.lake.rules import Rule, RuleList
from vre_dm.server.base import Handler


class _RulesHandler(Handler):
    async def changed(self) -> None:
        """Let the pages hear soon what becomes of it."""
        self.app.lake_events((await self.open_lake()).name).look_now()


class RulesHandler(_RulesHandler):
    """Rules of the user, or on a dataset."""

    async def get(self) -> None:
        """List them, the youngest first: the user's own where no ``did`` is given."""
        did = self.did() if self.text("did", "") else None
        if did is None:
            found = await self.ask(lambda lake: lake.rules())
        else:
            found = await self.ask_about(did, lambda lake: lake.dataset(did).rules())
        self.reply(await self.here(partial(_listed, found)))

    async def post(self) -> None:
        """Ask for copies."""
        order = self.body("RuleOrder")
        with self.blaming({InvalidDid: "did"}):
            did = Did.parse(order["did"])
        with self.blaming({NoSpace: "rse", Declined: "rse"}):
            rule = await self.ask_about(did, lambda lake: _made(lake.dataset(did), order))
        await self.changed()
        self.reply(rule.document(), 201)


class RuleHandler(_RulesHandler):
    """One rule."""

    async def get(self, identifier: str) -> None:
        """Tell how it stands."""
        self.reply((await self.ask(lambda lake: lake.rule(identifier))).document())

    async def patch(self, identifier: str) -> None:
        """Keep it longer, try again what is stuck, move it, or let it begin."""
        wish = self.body("RuleEdit")
        rule = await self.ask(lambda lake: lake.rule(identifier))
        with self.blaming({NoSpace: "rse"}):
            rule = await self.ask(lambda _: _edited(rule, wish))
        await self.changed()
        self.reply(rule.document())

    async def delete(self, identifier: str) -> None:
        """End it."""
        await self.ask(lambda lake: lake.rule(identifier).delete())
        await self.changed()
        self.set_status(204)
        self.finish()


def _listed(rules: RuleList) -> dict[str, Any]:
    return {"rules": [rule.document() for rule in rules], "left_out": list(rules.refused)}


def _made(dataset: Dataset, order: dict[str, Any]) -> Rule:
    wish = {key: order[key] for key in ("days", "copies")}
    return dataset.replicate(order["rse"], comment=order["comment"] or "", **wish)


def _edited(rule: Rule, wish: dict[str, Any]) -> Rule:
    if "days" in wish:
        return rule.extend(wish["days"])
    if "rse" in wish:
        return rule.move(wish["rse"])
    return rule.boost() if "boost" in wish else rule.approve()


ROUTES = [("rules", RulesHandler), ("rules/([0-9a-f]{32})", RuleHandler)]
