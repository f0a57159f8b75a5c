"""A fetch outlives the server that began it, however that ends; the next server sees it go on."""

import json
import urllib.request
from pathlib import Path
from typing import Any

from tests.browser.lab import Lab, on_lake
from tests.lake.jobs.terminal import DID, held
from tests.lakes import until
from tests.server.fetches import ORDER, whole
from vre_dm.lake.lake import Lake
from vre_dm.sandbox import LakeStatus


def asked(lab: Lab, path: str, body: object = None) -> Any:
    request = urllib.request.Request(
        f"{lab.url}/vre-dm/api/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"token {lab._token}"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.loads(answer.read())


def test_a_fetch_goes_on_when_its_server_is_stopped_or_killed(
    embedded_lake: LakeStatus, lake: Lake, tmp_path: Path
) -> None:
    lab = on_lake(embedded_lake, tmp_path).start()
    try:
        with held(lake, DID, lab.root / ORDER["target"]):
            job = asked(lab, "jobs", ORDER)
            assert job["state"] == "running"
            for kill in (False, True):
                lab.stop(kill=kill)
                assert Path("/proc", str(job["pid"])).exists()
                lab.start()
                (seen,) = asked(lab, "jobs")["jobs"]
                assert (seen["job"], seen["state"], seen["pid"]) == (job["job"], "running", job["pid"])
        until(lambda: asked(lab, f"jobs/{job['job']}")["state"] == "finished", 120)
        assert whole(lake, lab.root / ORDER["target"])
    finally:
        lab.stop()
