"""Run inside of a container by its Python, which gets it on standard input: opens what a user opens there.

usage: python3 - lab | smoke PROFILE | tour STARTED | lake | memory

The last line that it prints is a JSON document. It needs nothing but what an image brings.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from jupyter_client import BlockingKernelClient, find_connection_file

SERVER = "http://127.0.0.1:8888" + os.environ.get("VRE_DM_TEST_BASE", "/")
TOUR = "vre-dm/00_tour.ipynb"
PROFILES = "/opt/kernels/profiles"
STARTED = 120  # seconds that a kernel may take
CELL = 300
SETTINGS = '<script id="jupyter-config-data" type="application/json">'
GROUPS = Path("/sys/fs/cgroup")


def ask(path: str, said: object = None, method: str = "GET") -> bytes:
    """Ask the Jupyter server."""
    body = None if said is None else json.dumps(said).encode()
    # on a Binder the server is told by its command, and this has to be told otherwise
    token = os.environ.get("VRE_DM_TEST_TOKEN") or os.environ["JUPYTER_TOKEN"]
    head = {"Authorization": f"token {token}"}
    request = urllib.request.Request(SERVER + path, body, head, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return bytes(answer.read())


def lab() -> dict[str, object]:
    """Open JupyterLab, Notebook 7 and vre-dm's routes, ask the doctor, start each kernel that there is."""
    page = ask("lab").decode()
    settings = json.loads(page.split(SETTINGS)[1].split("<")[0])
    (ours,) = [each for each in settings["federated_extensions"] if each["name"] == "vre-dm-lab"]
    assert ask(f"lab/extensions/vre-dm-lab/{ours['load']}"), "the extension is not served"
    assert "jupyter-config-data" in ask("tree").decode(), "Notebook 7 does not open"
    assert json.loads(ask("vre-dm/api/openapi.json"))["openapi"], "the routes of vre-dm do not answer"
    assert "clusters" in json.loads(ask("vre-dm/api/clusters")), "the panel of clusters does not answer"
    assert not (said := lacking()), f"vre-dm doctor --hub finds a fault of the image: {said}"
    assert json.loads(ask(f"api/contents/{TOUR}?content=0"))["type"] == "notebook", "the tour is not there"
    kernels = sorted(json.loads(ask("api/kernelspecs"))["kernelspecs"])
    return {"kernels": {name: started(name) for name in kernels}}


def lacking() -> list[str]:
    """What the doctor of a hub's servers finds wrong here, but for the hub, which there is none of."""
    done = subprocess.run(
        ["vre-dm", "doctor", "--hub", "--json"], capture_output=True, text=True, check=False
    )
    # of a gateway that it cannot look at for want of Dask it only warns
    wrong = [
        each
        for each in json.loads(done.stdout)
        if (each["state"] == "FAIL" and each["what"] != "hub")
        or (each["state"] == "warn" and each["what"] == "gateway")
    ]
    return [f"{each['what']}: {each['text']}" for each in wrong]


def started(name: str) -> float:
    """Start a kernel as the launcher does, wait until it answers, and end it; returns the seconds."""
    start = time.monotonic()
    kernel = json.loads(ask("api/kernels", {"name": name}, "POST"))["id"]
    connected(kernel).stop_channels()
    taken = round(time.monotonic() - start, 1)
    ask(f"api/kernels/{kernel}", method="DELETE")
    return taken


def connected(kernel: str) -> BlockingKernelClient:
    """Connect to a kernel of the server, once it answers."""
    client = BlockingKernelClient()
    client.load_connection_file(find_connection_file(f"kernel-{kernel}.json"))
    client.start_channels(hb=False)  # one that is busy with its start has no heart yet
    client.wait_for_ready(timeout=STARTED)
    return client


def smoke(profile: str) -> dict[str, object]:
    """Run the smoke notebooks of a profile; that of base in the environment of JupyterLab itself."""
    start = time.monotonic()
    if profile == "base":
        from vre_dm.kernels import profile as profiles
        from vre_dm.kernels.trying import try_profile

        cells = try_profile(profiles.profile(profile), Path(sys.executable), lambda text: None)
        return {"seconds": round(time.monotonic() - start, 1), "said": f"{cells} cells ran"}
    words = ["vre-dm", "kernels", "check", profile, "--prefix", "/opt/kernels", "--profiles", PROFILES]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    # one that is not installed is no failure of the command
    if done.returncode or "cells ran" not in done.stdout:
        sys.exit(done.stdout + done.stderr)
    return {"seconds": round(time.monotonic() - start, 1), "said": done.stdout.strip()}


def tour(began: float) -> dict[str, object]:
    """Open the tour, run its cells in the kernel that it gets, and tell when the plot was there."""
    notebook = json.loads(ask(f"api/contents/{TOUR}"))["content"]
    kernel = {"name": notebook["metadata"]["kernelspec"]["name"]}
    about = {"path": TOUR, "name": "00_tour.ipynb", "type": "notebook", "kernel": kernel}
    session = json.loads(ask("api/sessions", about, "POST"))
    client = connected(session["kernel"]["id"])
    marks = {"kernel": since(began)}
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        shown = run(client, cell["source"])
        for tag in cell["metadata"].get("tags", ()):
            marks[tag] = since(began)
            if tag == "plot" and not any("svg" in kind or "png" in kind for kind in shown):
                sys.exit(f"the plot is not shown: {sorted(shown)}")
    client.stop_channels()
    ask(f"api/sessions/{session['id']}", method="DELETE")
    return {"marks": marks} | memory()


def run(client: BlockingKernelClient, code: str) -> set[str]:
    """Run a cell; returns the kinds of what it shows."""
    shown: set[str] = set()

    def see(message: dict) -> None:
        shown.update(message["content"].get("data", ()))

    reply = client.execute_interactive(code, timeout=CELL, output_hook=see)["content"]
    if reply["status"] != "ok":
        sys.exit(f"the tour stops: {reply.get('ename')}: {reply.get('evalue')}")
    return shown


def since(began: float) -> float:
    """Seconds since the container was asked for."""
    return round(time.time() - began, 1)


def lake() -> dict[str, object]:
    """Start the embedded lake, which takes no folder that others can write; returns the seconds."""
    start = time.monotonic()
    done = subprocess.run(["vre-dm", "lake", "up"], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return {"seconds": round(time.monotonic() - start, 1)}


def memory() -> dict[str, object]:
    """What the container has used at most, pages of files included, and how often that was too much."""
    old, new = GROUPS / "memory" / "memory.max_usage_in_bytes", GROUPS / "memory.peak"
    peak = next((int(path.read_text()) for path in (old, new) if path.exists()), None)
    control, events = GROUPS / "memory" / "memory.oom_control", GROUPS / "memory.events"
    said = next((path.read_text() for path in (control, events) if path.exists()), "")
    killed = [int(line.split()[1]) for line in said.splitlines() if line.startswith("oom_kill ")]
    return {"peak": peak, "killed": killed[0] if killed else None}


if __name__ == "__main__":
    words = sys.argv[1:]
    found = {
        "lab": lab,
        "smoke": lambda: smoke(words[1]),
        "tour": lambda: tour(float(words[1])),
        "lake": lake,
        "memory": memory,
    }[words[0]]()
    print(json.dumps(found))
