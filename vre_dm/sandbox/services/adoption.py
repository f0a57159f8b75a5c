"""Take files that lie on this machine into the lake as a dataset of the user; run as a module.

The order is JSON on standard input: ``scope``, ``name``, ``files`` (paths, which are moved
away) and ``metadata``. All of it comes to be, or nothing.
"""

import hashlib
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rucio.client import Client
from rucio.common.exception import DataIdentifierNotFound, RucioException

from vre_dm.sandbox.services.copying import CHUNK, file_adler32

RSE = "CERN-EOSPILOT"
LFNS_A_CALL = 50
REPLICAS_A_CALL = 500


def main() -> int:
    """Carry the order out; a refusal is one line on standard error."""
    order: dict[str, Any] = json.load(sys.stdin)
    client = Client()
    with suppress(DataIdentifierNotFound):
        client.get_did(order["scope"], order["name"])
        print(
            f"{order['scope']}:{order['name']} is in the lake already; choose another name", file=sys.stderr
        )
        return 1
    places = _places(client, order["scope"], [Path(file) for file in order["files"]])
    try:
        _register(client, order, places)
    except (RucioException, OSError) as error:
        for path in places.values():
            path.unlink(missing_ok=True)
        print(f"{order['scope']}:{order['name']} was not made: {error}", file=sys.stderr)
        return 1
    return 0


def _places(client: Client, scope: str, files: list[Path]) -> dict[Path, Path]:
    """Where Rucio wants each file."""
    places = {}
    for first in range(0, len(files), LFNS_A_CALL):
        named = {f"{scope}:{file.name}": file for file in files[first : first + LFNS_A_CALL]}
        for lfn, pfn in client.lfns2pfns(RSE, list(named), scheme="file").items():
            places[named[lfn]] = Path(urlsplit(pfn).path)
    return places


def _register(client: Client, order: dict[str, Any], places: dict[Path, Path]) -> None:
    replicas = []
    for file, path in places.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        file.replace(path)
        did = {"scope": order["scope"], "name": file.name}
        replicas.append(
            {**did, "bytes": path.stat().st_size, "adler32": file_adler32(path), "md5": _md5(path)}
        )
    client.add_dataset(order["scope"], order["name"])
    for first in range(0, len(replicas), REPLICAS_A_CALL):
        some = replicas[first : first + REPLICAS_A_CALL]
        client.add_replicas(RSE, some)
        client.attach_dids(
            order["scope"], order["name"], [{"scope": r["scope"], "name": r["name"]} for r in some]
        )
    client.set_metadata_bulk(order["scope"], order["name"], order["metadata"])
    client.add_replication_rule([{"scope": order["scope"], "name": order["name"]}], 1, RSE)


def _md5(path: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
