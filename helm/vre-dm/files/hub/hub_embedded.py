"""The issuer of an embedded lake that runs beside the hub in its pod, to try the chart with nothing outside.

The two containers share a folder; the hub waits until the lake has written there who it is.
"""

import json
import socket
import time
from pathlib import Path
from typing import Any

FOLDER = Path("/lake/data")
WAIT = 240.0  # seconds; the hub's chart gives it 300 to answer


def embedded_login(login: dict[str, Any], folder: Path | None = None, wait: float = WAIT) -> dict[str, Any]:
    """Complete the settings of the login by what the lake says of itself."""
    end = time.monotonic() + wait
    while not (found := _found(folder or FOLDER)):
        if time.monotonic() > end:
            msg = f"no embedded lake came up within {wait:.0f} s; see the log of the container lake"
            raise SystemExit(msg)
        time.sleep(1)
    return {**login, **found, "allowAll": True, "authorizeUrl": "", "tokenUrl": "", "userdataUrl": ""}


def _found(folder: Path) -> dict[str, Any] | None:
    try:
        port = json.loads(Path(folder, "ports.json").read_text())["issuer"]
        secret = json.loads(Path(folder, "secrets.json").read_text())["clients"]["hub"]
        ca = Path(folder, "tls", "ca.pem")
        ca.stat()
        socket.create_connection(("127.0.0.1", port), 2).close()
    except (OSError, ValueError, KeyError):
        return None
    return {
        "issuer": f"https://127.0.0.1:{port}/",
        "clientId": "hub",
        "clientSecret": secret,
        "ca": str(ca),
    }
