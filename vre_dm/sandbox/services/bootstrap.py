"""Bring the catalogue to what the lake promises: accounts, logins, scopes, storage elements, seed data.

Everything is said to Rucio through its public client and may be said again: after a kill, after a port
changed, after a new version of the seed data.
"""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from rucio.client import Client
from rucio.common.exception import Duplicate, RSEProtocolNotSupported

from vre_dm.errors import SandboxError
from vre_dm.sandbox.layout import USER, WITHOUT_DATA, Layout
from vre_dm.sandbox.services import endpoints as addresses
from vre_dm.sandbox.services import registration, secrets
from vre_dm.sandbox.services.endpoints import Endpoints
from vre_dm.sandbox.services.rses import RSES, Rse, distance

# Every file of the seed may be copied to any RSE but the small one, so root needs room.
UNLIMITED = -1


def main() -> int:
    """Run as a module, in the lake's folder, with Rucio's server up.

    Seed data that cannot be registered leave a lake that works without them; standard error says why.
    """
    layout = Layout(Path(os.environ["VRE_DM_LAKE"]))
    client = Client()
    where = addresses.load(layout)
    _accounts(client, secrets.load(layout), where)
    for rse in RSES:
        _rse(client, rse, layout, where)
    _distances(client)
    try:
        registration.register(client, layout)
    except SandboxError as error:
        sys.stderr.write(f"{error}\n")
        return WITHOUT_DATA
    return 0


def _accounts(client: Client, known: secrets.Secrets, where: Endpoints) -> None:
    mail = f"{USER}@localhost"
    _once(client.add_account, USER, "USER", mail)
    _once(client.add_identity, USER, USER, "USERPASS", mail, default=True, password=known.accounts[USER])
    # Rucio's spelling of an OIDC identity; the issuer's address changes when its port was taken.
    identity = f"SUB={known.subjects[USER]}, ISS={where.issuer_url}"
    _once(client.add_identity, USER, identity, "OIDC", mail)
    _once(client.add_scope, USER, f"user.{USER}")


def _rse(client: Client, rse: Rse, layout: Layout, where: Endpoints) -> None:
    _once(client.add_rse, rse.name, deterministic=True)
    _protocol(client, rse, layout, where)
    attributes = {"country": rse.country, "region": "ESCAPE", "greedyDeletion": "True", **rse.attributes}
    for key, value in attributes.items():
        _once(client.add_rse_attribute, rse.name, key, value)
    client.set_local_account_limit(USER, rse.name, rse.quota)
    client.set_local_account_limit("root", rse.name, UNLIMITED)


def _protocol(client: Client, rse: Rse, layout: Layout, where: Endpoints) -> None:
    wanted = rse.protocol(layout, where)
    keys = ("scheme", "hostname", "port", "prefix", "impl")
    try:
        known = client.get_protocols(rse.name)
    except RSEProtocolNotSupported:  # it has none
        known = []
    if any(all(protocol[key] == wanted[key] for key in keys) for protocol in known):
        return
    for protocol in known:
        client.delete_protocols(rse.name, protocol["scheme"], protocol["hostname"], protocol["port"])
    client.add_protocol(rse.name, wanted)


def _distances(client: Client) -> None:
    for source in RSES:
        for target in RSES:
            if source is not target:
                _once(client.add_distance, source.name, target.name, {"distance": distance(source, target)})


def _once(add: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    with suppress(Duplicate):
        add(*arguments, **options)


if __name__ == "__main__":
    sys.exit(main())
