# Runs in the environment of the chart's tests: the login of the hub, asked to renew what it keeps of a user.
import asyncio
import json
import logging
import sys
import time
from pathlib import Path

order = json.load(sys.stdin)
sys.path.insert(0, order["files"])
logging.basicConfig(stream=sys.stderr, level=logging.DEBUG)

from hub_login import LakeAuthenticator, _left  # noqa: E402
from traitlets.config import Config  # noqa: E402


class User:
    def __init__(self, state):
        self.name, self.state = order.get("user", "dm"), state

    async def get_auth_state(self):
        return self.state


async def main():
    config = Config()
    config.LakeAuthenticator.update(order["login"])
    config.Authenticator.enable_auth_state = True
    login = LakeAuthenticator(config=config)
    start = time.monotonic()
    said = await login.refresh_user(User(order["state"]))
    took = time.monotonic() - start
    answer = {"said": said if isinstance(said, bool) else "model", "took": took}
    if isinstance(said, dict):
        answer |= {"name": said["name"], "state": said["auth_state"]}
    return answer | {"left": _left(order["state"]["access_token"]) if order["state"] else None}


Path(order["answer"]).write_text(json.dumps(asyncio.run(main())))
