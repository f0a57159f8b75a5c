"""Which lakes there are, which of them is used, and how the login to it stands."""

from datetime import UTC, datetime
from typing import Any

from vre_dm.errors import InvalidConfiguration, LakeStarting, VreDmError
from vre_dm.lake import instances
from vre_dm.lake.instances import EMBEDDED
from vre_dm.lake.lake import Lake
from vre_dm.lake.spans import stamp
from vre_dm.server.base import Handler


class LakesHandler(Handler):
    """What is configured, and what would be used."""

    async def get(self) -> None:
        """List the lakes; asks none of them."""
        self.reply(await self.here(self._configured))

    async def post(self) -> None:
        """Open a lake, anew with what is configured now; the embedded one is started."""
        name = self.body("LakeChoice")["name"]
        with self.blaming({InvalidConfiguration: "name"}):
            chosen = await self.here(lambda: self.app.lakes.choose(name))
        try:
            await self.ask_of(chosen, lambda lake: lake)
        except LakeStarting as error:
            self.reply({"name": chosen.name, "state": "starting", "message": str(error)}, 202)
        else:
            self.reply({"name": chosen.name, "state": "open", "message": ""})

    def _configured(self) -> dict[str, Any]:
        rows, chosen, problem = [], None, None
        try:
            found = instances.known()
            rows = [
                {"name": i.name, "url": i.url, "embedded": i.embedded, "source": i.source}
                for i in found.instances
            ]
            problem = "; ".join(found.notes) or None
            chosen = self.app.lakes.default()
        except VreDmError as error:
            problem = " ".join(str(error).split())
        own = instances.embedded_if_running()
        rows.append(
            {
                "name": EMBEDDED,
                "url": own.url if own else None,
                "embedded": True,
                "source": "this machine",
            }
        )
        return {"lakes": rows, "chosen": chosen, "problem": problem}


class LoginHandler(Handler):
    """The login at the lake, without anything of the token itself."""

    async def get(self) -> None:
        """How the login stands."""
        self.reply(await self.ask(login))


def login(lake: Lake) -> dict[str, Any]:
    """Account, and how long its token lives; what is wrong with it is said, not raised."""
    said: dict[str, Any] = {
        "lake": lake.instance.name,
        "account": lake.instance.account,
        "auth": lake.instance.auth,
        "source": f"{lake.tokens}",
        "expires": None,
        "seconds_left": None,
        "problem": None,
        "next_step": None,
    }
    try:
        said["account"] = lake.account
        ends = lake.tokens.expires()
        if ends is not None:
            said["expires"] = stamp(ends)
            said["seconds_left"] = int((ends - datetime.now(UTC)).total_seconds())
    except VreDmError as error:
        problem, _, step = " ".join(str(error).split()).rpartition("; ")
        said["problem"], said["next_step"] = problem or step, step if problem else None
    return said


ROUTES = [("lakes", LakesHandler), ("login", LoginHandler)]
