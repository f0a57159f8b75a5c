"""Gunicorn's target for the lake's site: the OIDC issuer and the WebDAV storage, told apart by port.

It also plays the hub's part for the one user: it keeps a fresh access token in his token file.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from vre_dm.sandbox.layout import USER, Layout, write_private
from vre_dm.sandbox.services import endpoints, secrets
from vre_dm.sandbox.services.activity import Mark
from vre_dm.sandbox.services.issuer import Issuer
from vre_dm.sandbox.services.login_page import application as login_application
from vre_dm.sandbox.services.rses import WEBDAV
from vre_dm.sandbox.services.secrets import HUB_CLIENT, RUCIO_CLIENT
from vre_dm.sandbox.services.settings import AUDIENCE, OIDC_SCOPE
from vre_dm.sandbox.services.storage import Storage

_log = logging.getLogger("vre_dm.lake.site")


def _issuer(layout: Layout, where: endpoints.Endpoints, lifetime: int) -> Issuer:
    redirects = {RUCIO_CLIENT: [f"{where.rucio_url}/auth/oidc_code", f"{where.rucio_url}/auth/oidc_token"]}
    return Issuer(layout, where.issuer_url, secrets.load(layout), redirects, lifetime)


def _keep_token_fresh(layout: Layout, issuer: Issuer) -> None:
    while True:
        try:
            write_private(layout.token, issuer.access_token(USER, HUB_CLIENT, AUDIENCE, OIDC_SCOPE))
        except OSError:
            _log.exception("the user's token could not be renewed")
        time.sleep(max(1.0, issuer.lifetime / 3))


def _by_port() -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    layout = Layout(Path(os.environ["VRE_DM_LAKE"]))
    where = endpoints.load(layout)
    issuer = _issuer(layout, where, int(os.environ["VRE_DM_LAKE_TOKEN_SECONDS"]))
    login = login_application(issuer)
    storage = Storage(layout, issuer, WEBDAV, os.environ["VRE_DM_LAKE_STORAGE_AUDIENCE"])
    threading.Thread(target=_keep_token_fresh, args=(layout, issuer), daemon=True).start()

    in_use = Mark(layout.activity)

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        in_use()
        return (login if environ["SERVER_PORT"] == str(where.issuer) else storage)(environ, start_response)

    return serve


application = _by_port()
