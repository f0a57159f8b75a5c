"""Data of the lake that stories need: a dataset that takes a while, and the process that fetches it."""

import json
import os
import signal
from typing import Any

from tests.browser.lab import Lab
from tests.lakes import inside
from vre_dm.did import Did
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

HTTPS_RSE = "CNAF-STORM"
_MINT = """
import sys
from pathlib import Path
from vre_dm.sandbox.layout import Layout
from vre_dm.sandbox.services import secrets
from vre_dm.sandbox.services.issuer import Issuer
root, url, life = sys.argv[1:]
layout = Layout(Path(root))
issuer = Issuer(layout, url, secrets.load(layout), {}, int(life))
print(issuer.access_token("dm", "vre-dm", "rucio", "openid profile"))
"""


def zeros(lake: LakeStatus, rucio: Any, name: str, size: int) -> Did:
    """A dataset of one file of zeros, which takes no room in the lake but travels like any other."""
    did, file = Did("user.dm", name), f"{name}.bin"
    (pfn,) = rucio.lfns2pfns(HTTPS_RSE, [f"{did.scope}:{file}"]).values()
    path = Layout(lake.root).storage(HTTPS_RSE) / pfn.split(f"/{HTTPS_RSE}/", 1)[1]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.truncate(size)
    entry = {"scope": did.scope, "name": file}
    # Of n zeros Adler's first sum stays 1, and the second is n.
    rucio.add_replicas(HTTPS_RSE, [entry | {"bytes": size, "adler32": f"{(size % 65521 << 16) + 1:08x}"}])
    rucio.add_dataset(did.scope, did.name)
    rucio.attach_dids(did.scope, did.name, [entry])
    return did


def kill_job(lab: Lab, did: Did) -> None:
    """End the process that fetches a dataset as the kernel does when memory is short."""
    for about in (lab.folder / "XDG_STATE_HOME").rglob("job.json"):
        job = json.loads(about.read_text())
        if job["about"]["what"] == str(did):
            os.kill(int(job["owner"].split("-")[1]), signal.SIGKILL)


def token(lake: LakeStatus, seconds: int) -> str:
    """A token of the lake's user that lives so long, signed by the lake's own issuer."""
    done = inside(lake, _MINT, str(lake.root), lake.issuer, str(seconds))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
