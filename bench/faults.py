"""The matrix of faults on ours and on other clients: writes bench/faults.md."""

import argparse
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.fault_clients import Client, clients, environment
from bench.fault_runs import PATIENCE, Runs, Task, all_runs
from tests.faults.matrix import BODY, FAULTS, Fault
from tests.faults.server import breaking, good

ROWS = (Fault(0, "no fault", good(BODY)), *FAULTS)
LEGEND = f"""\
- `ok`: the right bytes at the name. `ok*`: the same, and yet an error.
- `err`: no file at the name, and an error. Right where the fault never ends.
- `half`, `wrong`: a part of the file (an empty one too), or other bytes, **at the final name**,
  with an error (aria2 keeps a control file beside such a file).
- `HALF`, `WRONG`: the same and **no error**. `NONE`: no file and no error.
- `hang`: twice no end within {PATIENCE:.0f} s, and no wrong bytes at the name."""
COUNTED = {
    "wrong or half bytes at the name, no error": ("WRONG", "HALF"),
    "wrong or half bytes at the name, an error": ("wrong", "half"),
    "no file and no error": ("NONE",),
    "no end": ("hang",),
}
All = Mapping[Task, Runs]


def cell(runs: Runs) -> str:
    """Both runs; one word where they are alike."""
    words = [f"**{word}**" if word.lower() in {"wrong", "half", "none"} else word for word in runs]
    return words[0] if words[0] == words[1] else " → ".join(words)


def head(names: Sequence[str], first: str) -> Iterator[str]:
    yield f"| {first} | {' | '.join(names)} |"
    yield "|---" * (len(names) + 1) + "|"


def table(chosen: Sequence[Client], told: All, *, lasting: bool) -> Iterator[str]:
    """One scenario: a row a fault, a column a client."""
    yield from head([client.name for client in chosen], "fault")
    for fault in dict.fromkeys(task.fault for task in told):
        cells = (cell(told[Task(fault, client, lasting)]) for client in chosen)
        yield f"| {fault.number} {fault.name} | {' | '.join(cells)} |"


def kept(task: Task, runs: Runs) -> bool:
    """Whether it did what a user may expect: right bytes, or none and an error while the fault lasts."""
    return set(runs) <= {"ok", "ok*", "err"} and (task.lasting or runs[1] in {"ok", "ok*"})


def summary(chosen: Sequence[Client], told: All) -> Iterator[str]:
    """How often each client broke the promise, of all its runs."""
    yield from head([f"{client.name} {client.version}" for client in chosen], "of all runs")
    own = {client: {task: runs for task, runs in told.items() if task.client == client} for client in chosen}
    for what, words in COUNTED.items():
        counts = [Counter(word for runs in own[client].values() for word in runs) for client in chosen]
        yield f"| {what} | {' | '.join(str(sum(count[word] for word in words)) for count in counts)} |"
    good_ones = [sum(kept(task, runs) for task, runs in own[client].items()) for client in chosen]
    yield f"| **faults met rightly**, of {len(told) // len(chosen)} | {' | '.join(map(str, good_ones))} |"


def configurations(chosen: Sequence[Client]) -> Iterator[str]:
    for client in chosen:
        yield f"**{client.name}** {client.version}"
        yield from ("", "```sh", client.shown(), "```", "")


@contextmanager
def lake(wanted: bool, port: int) -> Iterator[Path | None]:
    """An embedded lake that has the breaking server as a storage element, for Rucio's own client."""
    if not wanted:
        yield None
        return
    from tests.lakes import admin
    from vre_dm import sandbox

    root = sandbox.default_root().with_name("bench-faults-lake")
    sandbox.reset(root)  # a pass that was killed has left its own
    try:
        status = sandbox.up(root, idle=7200)
        rucio = admin(status)
        rucio.add_rse("FAULTS")
        ways = dict.fromkeys(("read", "write", "delete"), 1)
        way = {"hostname": "localhost", "scheme": "https", "port": port, "prefix": "/"}
        way |= {"impl": "rucio.rse.protocols.webdav.Default", "domains": {"lan": ways, "wan": ways}}
        rucio.add_protocol("FAULTS", way)
        with suppress(Exception):
            rucio.add_scope("root", "test")
        yield status.userpass_config
    finally:
        sandbox.reset(root)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default="python3", help="interpreter that has requests, fsspec and pooch")
    parser.add_argument(
        "--rucio", action="store_true", help="also Rucio's DownloadClient, on an embedded lake"
    )
    parser.add_argument("--only", default="", help="only clients whose name holds this")
    parser.add_argument("--fault", default="", help="only faults whose name holds this")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("faults.md"))
    return parser.parse_args()


def page(command: str, chosen: Sequence[Client], told: All) -> Iterator[str]:
    """What was done, how it ended, and how each client was called."""
    yield from ("# Faults: what download clients leave behind", "", f"Written by `{command}`.", "")
    yield "A file of 3 MB over https from a server that answers wrongly, once or for ever; each client runs,"
    yield "and runs again as a user does after an error. A cell shows the first run and the re-run."
    yield from ("", LEGEND, "", *summary(chosen, told), "")
    yield from ("## The fault happens once, then the server is well", "")
    yield from (*table(chosen, told, lasting=False), "", "## The fault never ends", "")
    yield from (*table(chosen, told, lasting=True), "", "## The clients, as they were called", "")
    yield "With retries, time-outs of two seconds, resume and checksum where they have them. `CA` is the"
    yield "certificate of the test server; MD5 and ADLER32 are what the catalogue says."
    yield from ("", *configurations(chosen))
    yield "How often a killed fetch costs how many bytes twice stands in [kills.md](kills.md)."


def main() -> None:
    given = options()
    with breaking() as server, lake(given.rucio, server.port) as config:
        chosen = [client for client in clients(given.python, config) if given.only in client.name]
        rows = [fault for fault in ROWS if given.fault in fault.name]
        told = all_runs(rows, chosen, environment(config), server)
    command = f"python -m bench.faults --python PYTHON{' --rucio' * given.rucio}"
    load = f"{os.cpu_count()} cores, load {os.getloadavg()[2]:.1f} in the last quarter of an hour."
    given.out.write_text("\n".join([*page(command, chosen, told), load]) + "\n")


if __name__ == "__main__":
    main()
