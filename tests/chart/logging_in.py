# Runs in the environment of the chart's tests: the login of the hub, asked by requests as JupyterHub makes
# them to renew what is kept of a user; told by lines of JSON. Each answer has all that was logged or printed.
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
from jupyterhub import orm, roles
from jupyterhub.crypto import CryptKeeper
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.user import User
from tornado.httpclient import AsyncHTTPClient
from traitlets.config import Config

AsyncHTTPClient.configure("tornado.curl_httpclient.CurlAsyncHTTPClient")  # as that hub does
CryptKeeper.instance().keys = ["0" * 64]
DB = orm.new_session_factory("sqlite:///:memory:")()
for role in roles.get_default_roles():
    roles.create_role(DB, role)
for chatty in ("sqlalchemy", "alembic"):
    logging.getLogger(chatty).setLevel(logging.WARNING)


class Request:
    """A request of a user, as far as JupyterHub looks whether the login still holds."""

    refresh_auth, auth_to_user = BaseHandler.refresh_auth, BaseHandler.auth_to_user
    log = logging.getLogger("request")

    def __init__(self, login):
        self.authenticator, self.db = login, DB


def known(name):
    """A user of whom nothing is kept yet."""
    if there := orm.User.find(DB, name):
        DB.delete(there)
        DB.commit()
    DB.add(orm.User(name=name))
    DB.commit()
    return User(orm.User.find(DB, name))


async def renewed(order):
    config = Config()
    config.LakeAuthenticator.update(order["login"])
    config.LakeAuthenticator.enable_auth_state = True
    login = LakeAuthenticator(config=config)
    user = known("dm")
    user.sync_groups(order["groups"])
    await user.save_auth_state(order["state"])
    start = time.monotonic()
    requests = [Request(login).refresh_auth(user, force=True) for _ in range(order["times"])]
    if order["anew"]:
        requests.append(user.save_auth_state(order["anew"]))
    said = await asyncio.gather(*requests)
    took = time.monotonic() - start
    state = await user.get_auth_state()
    groups = sorted(group.name for group in user.orm_user.groups)
    held = [each is user for each in said[: order["times"]]]
    return {"held": held, "took": took, "state": state, "groups": groups, "admin": user.admin}


with asyncio.Runner() as loop:  # one for all, as in a hub: the client's connections belong to it
    for line in sys.stdin:
        log, printed = io.StringIO(), io.StringIO()
        logging.basicConfig(stream=log, level=logging.DEBUG, force=True)
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            said = loop.run(renewed(json.loads(line)))
        print(json.dumps(said | {"log": log.getvalue(), "printed": printed.getvalue()}), flush=True)
