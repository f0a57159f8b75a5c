"""A job that is forgotten by HTTP takes with it what only its next run would have used."""

import os
import signal
import uuid
from pathlib import Path

import pytest

from tests.server import half_way
from tests.server.conftest import Asked, said
from tests.server.fetches import LONG, over
from tests.server.listening import eventually
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout
from vre_dm.server import launching

pytestmark = pytest.mark.usefixtures("no_job_is_left")

RSE = "CNAF-STORM"
SIZE = 60_000_000  # more than one piece; of zeros, it takes no room here


async def test_a_killed_upload_that_is_forgotten_leaves_no_bytes_on_the_storage(
    api: Asked, on_lake: LakeStatus, jp_root_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "_COMMAND", half_way.COMMAND)
    name = f"forgotten.{uuid.uuid4().hex[:8]}"
    source = f"{name}.bin"
    with (jp_root_dir / source).open("wb") as file:
        file.truncate(SIZE)
    storage = Layout(on_lake.root).storage(RSE)

    def there(begin: str) -> list[str]:
        """Files of the storage whose names begin so; folders may go meanwhile."""
        names = (name for _, _, names in os.walk(storage) for name in names)
        return [name for name in names if name.startswith(begin)]

    order = {
        "files": [source],
        "did": f"user.dm:{name}",
        "rse": RSE,
        "days": 1,
        "metadata": dict.fromkeys(("title", "experiment", "technique", "arxiv", "licence"), "unknown"),
        "prefix": None,
        "comment": None,
        "dry_run": False,
    }
    job = said(await api("publish", method="POST", body=order, **LONG))
    await eventually(lambda: there(".vre-dm-upload."))
    os.kill(job["pid"], signal.SIGKILL)
    died = await over(api, job["job"])
    assert died["can"] == ["continue", "delete"]
    answer = await api("jobs", job["job"], method="DELETE", **LONG)
    assert answer.code == 204, answer.body
    assert [*there(".vre-dm-upload."), *there(source)] == []
    assert said(await api("jobs"))["jobs"] == []
