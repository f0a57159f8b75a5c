"""Fetches by HTTP as the tests start them, and how one knows that they are over and right."""

import zlib
from pathlib import Path
from typing import Any

from tests.lake.jobs.terminal import DID
from tests.server.conftest import Asked, said
from tests.server.listening import eventually
from vre_dm.lake.lake import Lake

ORDER = {
    "kind": "fetch",
    "did": DID,
    "target": "my data",
    "files": None,
    "rse": "CNAF-STORM",
    "mode": "folder",
}
LONG = {"request_timeout": 120}


async def started(api: Asked, **changes: object) -> dict[str, Any]:
    """The job of `ORDER` with some changes."""
    response = await api("jobs", method="POST", body=ORDER | changes, **LONG)
    assert response.code == 201, response.body
    return dict(said(response))


async def continued(api: Asked, name: str) -> dict[str, Any]:
    """The job that goes on with one."""
    response = await api("jobs", name, "continue", method="POST", **LONG)
    assert response.code == 201, response.body
    return dict(said(response))


async def over(api: Asked, name: str) -> dict[str, Any]:
    """A job when it is over."""

    async def look() -> dict[str, Any] | None:
        job = said(await api("jobs", name))
        return job if job["state"] != "running" else None

    return dict(await eventually(look))


def whole(lake: Lake, folder: Path) -> bool:
    """Whether every file is there with its registered checksum, and nothing else is."""
    files = {folder / file.did.path(): file.adler32 for file in lake.dataset(DID).files}
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(found) == sorted(files) and all(
        f"{zlib.adler32(path.read_bytes()):08x}" == adler32 for path, adler32 in files.items()
    )
