# Runs in the environment of the chart's tests: the login of the hub, asked by lines of JSON to renew what it
# keeps of a user; with each answer goes all that was logged and printed meanwhile.
import asyncio
import contextlib
import io
import json
import logging
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "helm" / "vre-dm" / "files" / "hub"))

from hub_login import LakeAuthenticator
from traitlets.config import Config


class User:
    name = "dm"

    def __init__(self, state):
        self.state = state

    async def get_auth_state(self):
        return self.state


async def renewed(order):
    config = Config()
    config.LakeAuthenticator.update(order["login"])
    config.Authenticator.enable_auth_state = True
    start = time.monotonic()
    login = LakeAuthenticator(config=config)
    said = await login.refresh_user(User(order["state"]))
    answer = {"said": said if isinstance(said, bool) else "model", "took": time.monotonic() - start}
    if isinstance(said, dict):
        answer |= {"name": said["name"], "state": said["auth_state"]}
        answer["allowed"] = bool(await login.check_allowed(said["name"], said))
    return answer


for line in sys.stdin:
    log, printed = io.StringIO(), io.StringIO()
    logging.basicConfig(stream=log, level=logging.DEBUG, force=True)
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        said = asyncio.run(renewed(json.loads(line)))
    print(json.dumps(said | {"log": log.getvalue(), "printed": printed.getvalue()}), flush=True)
