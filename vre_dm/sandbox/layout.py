"""Where everything of one embedded lake is kept: one private folder, spelled the same for every process.

Standard library only: this module is also read inside the lake's private environment.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The user's account, as on the ESCAPE lake one account a person.
USER = "dm"
# Exit code of a supervisor that found another one at work.
ALREADY_RUNNING = 3
# Exit code of the step that fills the catalogue, when the lake is usable but the seed data are not all there.
WITHOUT_DATA = 4


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths inside the folder of a lake; all of it is readable by its owner alone."""

    root: Path

    @property
    def lock(self) -> Path:
        """Held by the one supervisor that may run this lake."""
        return self.root / "lock"

    @property
    def state(self) -> Path:
        """What the supervisor says of itself: phase, process numbers, ports, timings."""
        return self.root / "state.json"

    @property
    def ports(self) -> Path:
        """TCP ports of the last run, taken again when they are free, so that addresses stay."""
        return self.root / "ports.json"

    @property
    def callbacks(self) -> Path:
        """Where its issuer may send a hub's users back to: ``{"hub": [address, …]}``."""
        return self.root / "callbacks.json"

    @property
    def secrets(self) -> Path:
        """Random passwords and keys, made once."""
        return self.root / "secrets.json"

    @property
    def seeded(self) -> Path:
        """What the catalogue was last brought up to: schema, addresses and seed data."""
        return self.root / "seeded.json"

    @property
    def activity(self) -> Path:
        """Touched at each use; the lake stops when it has been still for long enough."""
        return self.root / "activity"

    @property
    def transfers(self) -> Path:
        """The transfer tool's own book, so that a restart resumes what was moving."""
        return self.root / "transfers.db"

    @property
    def postgres(self) -> Path:
        """The database cluster; for root a link to a folder that an unprivileged user can reach."""
        return self.root / "postgres"

    @property
    def log(self) -> Path:
        """One log a process."""
        return self.root / "log"

    @property
    def tls(self) -> Path:
        """The local certificate authority and the server's certificate."""
        return self.root / "tls"

    @property
    def ca(self) -> Path:
        """Certificate of the local authority, which clients are told to trust."""
        return self.tls / "ca.pem"

    @property
    def server(self) -> Path:
        """Configuration of Rucio's server and daemons."""
        return self.root / "server"

    @property
    def client(self) -> Path:
        """Configuration and token for the user's clients."""
        return self.root / "client"

    @property
    def rucio_config(self) -> Path:
        """``rucio.cfg`` of the user, logging in with an OIDC token."""
        return self.client / "rucio.cfg"

    @property
    def userpass_config(self) -> Path:
        """``rucio.cfg`` of the user, logging in with a password."""
        return self.client / "userpass.cfg"

    @property
    def admin_config(self) -> Path:
        """``rucio.cfg`` of the lake's administrator (account ``root``)."""
        return self.server / "admin.cfg"

    @property
    def token(self) -> Path:
        """The user's OIDC access token, renewed while the lake runs."""
        return self.client / "token"

    def storage(self, rse: str) -> Path:
        """Folder that holds the files of one RSE."""
        return self.root / "rse" / rse


def read_json(path: Path) -> dict[str, Any]:
    """Content of a JSON file; empty when it does not exist or was cut short by a crash."""
    try:
        content = json.loads(path.read_text())
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError):
        return {}
    return content if isinstance(content, dict) else {}


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Replace a JSON file in one step, readable by its owner alone."""
    write_private(path, json.dumps(content, indent=1))


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner alone, and whole even after a power cut."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
