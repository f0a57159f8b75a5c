"""What an account may use and what the lake offers: quota and storage elements as tables."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from vre_dm.lake.connection import Connection
from vre_dm.lake.storage import Endpoint
from vre_dm.lake.tables import Table, Tabular, clean, size_text


@dataclass(frozen=True)
class Allowance:
    """Space of an account at a storage element (or an expression of several).

    Attributes
    ----------
    rse
        Storage element, or RSE expression of a global limit.
    used, limit
        Bytes; ``limit`` is ``None`` where the account has no limit set.
    files
        Files kept by the account's rules.
    """

    rse: str
    used: int
    limit: int | None
    files: int

    @property
    def left(self) -> int | None:
        """Bytes that can still be asked for."""
        return None if self.limit is None else max(0, self.limit - self.used)


class Quota(Tabular):
    """Space of an account, by storage element.

    Attributes
    ----------
    account, allowances
        Whose, and one entry a storage element.
    """

    def __init__(self, account: str, allowances: Iterable[Allowance]) -> None:
        self.account = account
        self.allowances = sorted(allowances, key=lambda allowance: allowance.rse)

    def table(self) -> Table:
        """One row a storage element."""
        rows = [
            (a.rse, size_text(a.used), size_text(a.limit) or "not set", size_text(a.left), a.files)
            for a in self.allowances
        ]
        note = "" if rows else "No limit is set: the account may not make rules. Ask the admins of the lake."
        return Table(f"Quota of {self.account}", ("RSE", "used", "limit", "left", "files"), rows, note)


class StorageElements(Tabular):
    """Storage elements of a lake.

    Attributes
    ----------
    rows
        As Rucio lists them.
    endpoints
        Their protocols.
    """

    def __init__(self, rows: list[dict[str, Any]], endpoints: list[Endpoint]) -> None:
        self.rows, self.endpoints = sorted(rows, key=lambda row: str(row["rse"])), endpoints

    @property
    def names(self) -> list[str]:
        """Names, sorted."""
        return [row["rse"] for row in self.rows]

    def table(self) -> Table:
        """One row a storage element."""
        shown = [
            (row["rse"], row.get("rse_type"), ", ".join(self.schemes(row["rse"])), _rights(row))
            for row in self.rows
        ]
        return Table(f"{len(shown)} storage elements", ("RSE", "type", "protocols", "allows"), shown)

    def schemes(self, rse: str) -> list[str]:
        """Protocols of one of them, sorted."""
        return sorted({endpoint.scheme for endpoint in self.endpoints if endpoint.rse == rse})


def quota(connection: Connection, account: str) -> Quota:
    """Space of an account."""

    def question(rucio: Any) -> list[Allowance]:
        local, overall = rucio.get_local_account_usage(account), rucio.get_global_account_usage(account)
        named = [(row["rse"], row) for row in local] + [(row["rse_expression"], row) for row in overall]
        return [Allowance(name, row["bytes"], row["bytes_limit"], row["files"]) for name, row in named]

    return Quota(account, connection.ask(f"the quota of {account}", question))


def storage_elements(
    connection: Connection, expression: str | None, endpoints: list[Endpoint]
) -> StorageElements:
    """Storage elements that fit an RSE expression, with those of the endpoints that are theirs."""
    what = "the storage elements" + (f" that fit {clean(expression)}" if expression else "")
    return connection.ask(what, lambda rucio: StorageElements(list(rucio.list_rses(expression)), endpoints))


def _rights(row: dict[str, Any]) -> str:
    return ", ".join(right for right in ("read", "write", "delete") if row.get(f"availability_{right}"))
