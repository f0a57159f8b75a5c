"""What stories need of the lake: data that take a while, tokens of any life, a storage that stands still."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.browser.lab import Lab
from tests.lakes import inside, started_inside, until
from vre_dm.did import Did
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.layout import Layout

HTTPS_RSE = "CNAF-STORM"
_MINT = """
import sys, time
from pathlib import Path
from vre_dm.sandbox.layout import Layout, write_private
from vre_dm.sandbox.services import secrets
from vre_dm.sandbox.services.issuer import Issuer
root, url, life, *kept = sys.argv[1:]
layout = Layout(Path(root))
issuer = Issuer(layout, url, secrets.load(layout), {}, int(life))
mint = lambda: issuer.access_token("dm", "vre-dm", "rucio", "openid profile")
print(mint(), flush=True)
while kept:
    write_private(Path(kept[0]), mint())
    time.sleep(1)
"""


def zeros(lake: LakeStatus, rucio: Any, name: str, size: int, files: int = 1) -> Did:
    """A dataset of files of zeros, which take no room in the lake but travel like any other."""
    did = Did("user.dm", name)
    entries = [{"scope": did.scope, "name": f"{name}.{number}.bin"} for number in range(files)]
    pfns = rucio.lfns2pfns(HTTPS_RSE, [f"{did.scope}:{entry['name']}" for entry in entries])
    for pfn in pfns.values():
        path = Layout(lake.root).storage(HTTPS_RSE) / pfn.split(f"/{HTTPS_RSE}/", 1)[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            stream.truncate(size)
    # Of n zeros Adler's first sum stays 1, and the second is n.
    about = {"bytes": size, "adler32": f"{(size % 65521 << 16) + 1:08x}"}
    rucio.add_replicas(HTTPS_RSE, [entry | about for entry in entries])
    rucio.add_dataset(did.scope, did.name)
    rucio.attach_dids(did.scope, did.name, entries)
    return did


def files_below(folder: Path) -> Iterator[Path]:
    """Files of a folder of which others may be deleted meanwhile."""
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names)


def kill_job(lab: Lab, did: Did) -> None:
    """End the process that fetches a dataset as the kernel does when memory is short."""
    for about in files_below(lab.folder / "XDG_STATE_HOME"):
        if about.name != "job.json":
            continue
        job = json.loads(about.read_text())
        if job["about"]["what"] == str(did):
            os.kill(int(job["owner"].split("-")[1]), signal.SIGKILL)


def token(lake: LakeStatus, seconds: int) -> str:
    """A token of the lake's user that lives so long, signed by the lake's own issuer."""
    done = inside(lake, _MINT, str(lake.root), lake.issuer, str(seconds))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@contextmanager
def keeping_tokens(lake: LakeStatus, file: Path, seconds: int) -> Iterator[None]:
    """As a hub does: a token that lives so long is in a file, and the next one a second later."""
    before = file.read_text()
    hub = started_inside(lake, _MINT, str(lake.root), lake.issuer, str(seconds), str(file))
    try:
        until(lambda: file.read_text() != before)
        yield
    finally:
        hub.kill()
        hub.wait(60)


@contextmanager
def storage_at_rest(lake: LakeStatus) -> Iterator[Callable[[], None]]:
    """The storage stands still: what it sends stops in the middle, and goes on after.

    Gives what lets a few percent of some hundred megabytes through.
    """
    site = psutil.Process(lake.parts["site"])
    everything = [site, *site.children(recursive=True)]

    def rest() -> None:
        for process in everything:
            process.suspend()

    def go_on() -> None:
        for process in everything:
            process.resume()

    def let_through() -> None:
        go_on()
        time.sleep(0.05)
        rest()

    try:
        rest()
        yield let_through
    finally:
        go_on()
