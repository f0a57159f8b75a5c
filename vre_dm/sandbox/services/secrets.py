"""The lake's random passwords and keys: made once, kept in one private file."""

import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from vre_dm.sandbox.layout import USER, Layout, read_json, write_json

# The confidential OIDC client that Rucio's server is, and the one a JupyterHub would be.
RUCIO_CLIENT = "rucio"
HUB_CLIENT = "hub"
# The public client that vre-dm itself is: without a secret, so it gets nothing without a user or his token.
OWN_CLIENT = "vre-dm"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Passwords by account, OIDC secrets by client, the users' OIDC subjects, the database's password."""

    accounts: dict[str, str]
    clients: dict[str, str]
    subjects: dict[str, str]
    database: str

    def __repr__(self) -> str:
        return "Secrets(…)"


def load(layout: Layout) -> Secrets:
    """Read the lake's secrets; make them where there are none."""
    stored = read_json(layout.secrets)
    if not stored:
        stored = _new()
        write_json(layout.secrets, stored)
    return Secrets(**stored)


def _new() -> dict[str, Any]:
    return {
        "accounts": {account: secrets.token_urlsafe(18) for account in ("root", USER)},
        "clients": {client: secrets.token_urlsafe(24) for client in (RUCIO_CLIENT, HUB_CLIENT)},
        "subjects": {USER: str(uuid.uuid4())},
        "database": secrets.token_urlsafe(18),
    }
