"""Gunicorn's target: Rucio's own REST application, with a cache and live database connections."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from vre_dm.sandbox.layout import Layout
from vre_dm.sandbox.services import rucio_patches
from vre_dm.sandbox.services.activity import Mark
from vre_dm.sandbox.services.joining import Joined

rucio_patches.cache_in_memory()

from rucio.web.rest.flaskapi.v1.main import application as _rucio  # noqa: E402

rucio_patches.check_connections_out()
rucio_patches.trust_own_schemas()

# Ways to log in that this lake does not have; the last two write a row for whoever asks.
_NOT_OFFERED = ("/auth/gss", "/auth/x509", "/auth/saml", "/auth/ssh")
_in_use = Mark(Layout(Path(os.environ["VRE_DM_LAKE"])).activity)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Serve one request; every one but the supervisor's ping counts as use of the lake."""
    path = environ.get("PATH_INFO", "")
    if path.startswith(_NOT_OFFERED):
        start_response("404 Not Found", [("Content-Length", "0")])
        return []
    if path != "/ping":
        _in_use()
    return Joined(_rucio(environ, start_response))
