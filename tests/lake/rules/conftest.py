"""What the tests of rules share: bytes where the catalogue says that files are."""

from typing import Any

from vre_dm.did import Did
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout


def put(lake: LakeStatus, rucio: Any, did: Did, rse: str, content: bytes | None = None) -> None:
    """Write the files of a dataset where the catalogue says they are; the registered bytes when left out."""
    for file in rucio.list_files(did.scope, did.name):
        asked = [{"scope": file["scope"], "name": file["name"]}]
        (row,) = rucio.list_replicas(asked, rse_expression=rse)
        path = Layout(lake.root).storage(rse) / row["rses"][rse][0].split(f"/{rse}/", 1)[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        number = int(file["name"].split(".")[-2])
        path.write_bytes(f"{number}".encode() if content is None else content)
