"""The matrix of faults on ours and on other clients: ``python -m bench.faults`` writes bench/faults.md."""

import argparse
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.fault_clients import Client, clients, environment
from tests.faults.kills import kills
from tests.faults.matrix import BODY, FAULTS, SIZE, Fault
from tests.faults.server import Breaking, breaking, good
from tests.faults.world import registered

PATIENCE = 15.0
"""Seconds after which a run counts as endless."""
ROWS = (Fault(0, "no fault", good(BODY)), *FAULTS)
VERDICTS = ("ok", "err", "hang", "e+b", "BAD")
"""From kept to broken promise; the worst of a fault's runs is shown."""
LEGEND = """\
`ok`: the right bytes at the name, or no file there and an error where the fault never ends.
`err`: no file and an error, though the next answer was good. `hang`: no end within {patience:.0f} s.
`e+b`: an error, and wrong or partial bytes at the final name.
`BAD`: such bytes, or no file, without any error."""


@dataclass(frozen=True)
class Task:
    """One fault for one client: once, or for ever."""

    fault: Fault
    client: Client
    lasting: bool


def verdict(target: Path, failed: bool | None, *, lasting: bool) -> str:
    """Judge one run; ``failed`` is None if it had to be ended."""
    here = target.is_file()
    if here and target.read_bytes() != BODY:
        return "e+b" if failed or failed is None else "BAD"
    if failed is None:
        return "hang"
    if here or (lasting and failed):
        return "ok"
    return "err" if failed else "BAD"


def play(task: Task, server: Breaking, folder: Path, env: dict[str, str]) -> list[str]:
    """Run a client twice, as a user does after an error."""
    path = f"/{folder.name}"
    fault = task.fault
    url = server.play(path, *fault.before, fault.act, *([] if task.lasting else [good(BODY)]))
    server.sizes[path] = SIZE
    target = folder / "test" / folder.name
    target.parent.mkdir(parents=True)
    words = task.client.words(url, target, registered(BODY, url))
    lasting = bool(task.lasting and fault.cause) or (fault.final and not target.exists())
    return [verdict(target, run(words, env), lasting=lasting) for _ in range(2)]


def run(words: list[str], env: dict[str, str]) -> bool | None:
    """Whether a command failed; None if it had no end."""
    with subprocess.Popen(
        words, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            return process.wait(PATIENCE) != 0
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            return None


def matrix(
    rows: Sequence[Fault], chosen: Sequence[Client], env: dict[str, str], server: Breaking
) -> dict[str, list[str]]:
    """Worst verdict of each fault, a list a client."""
    tasks = [Task(fault, client, lasting) for fault in rows for client in chosen for lasting in (False, True)]
    worst: dict[tuple[str, str], list[str]] = {}
    with tempfile.TemporaryDirectory() as root, ThreadPoolExecutor(3) as pool:
        folders = [Path(root) / f"f{number}" for number in range(len(tasks))]
        told = pool.map(lambda task, folder: play(task, server, folder, env), tasks, folders)
        for task, found in zip(tasks, told, strict=True):
            worst.setdefault((task.client.name, task.fault.name), []).extend(found)
    return {
        client.name: [max(worst[client.name, fault.name], key=VERDICTS.index) for fault in rows]
        for client in chosen
    }


def table(rows: Sequence[Fault], chosen: Sequence[Client], told: dict[str, list[str]]) -> Iterator[str]:
    names = [client.name for client in chosen]
    yield f"| fault | {' | '.join(f'{client.name} {client.version}' for client in chosen)} |"
    yield "|---" * (len(names) + 1) + "|"
    for row, fault in enumerate(rows):
        yield f"| {fault.number} {fault.name} | {' | '.join(told[name][row] for name in names)} |"
    for kind in VERDICTS:
        counts = [str(Counter(told[name])[kind]) for name in names]
        yield f"| **{kind}**, of {len(rows)} | {' | '.join(counts)} |"


def histogram(count: int) -> Iterator[str]:
    """Bytes moved by a killed run and the next together, over the size of the file."""
    with tempfile.TemporaryDirectory() as folder:
        told = list(kills(count, count, Path(folder)))
    wrong = sum(bool(killed.fault) for killed in told)
    yield f"{count} kills: {wrong} wrong, at most {max(killed.cost for killed in told):.3f} × the file moved."
    yield ""
    bins = Counter(int((killed.cost - 1) * 200) for killed in told)
    for step in range(max(bins) + 1):
        bar = "#" * -(-bins[step] * 50 // count)
        yield f"    {1 + step / 200:.3f}–{1 + (step + 1) / 200:.3f}  {bins[step]:5d}  {bar}"


@contextmanager
def lake(wanted: bool, port: int) -> Iterator[Path | None]:
    """An embedded lake that has the breaking server as a storage element, for Rucio's own client."""
    if not wanted:
        yield None
        return
    from tests.lakes import admin
    from vre_dm import sandbox

    root = sandbox.default_root().with_name("bench-faults-lake")
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


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--python", default="python3", help="interpreter that has requests, fsspec and pooch"
    )
    options.add_argument(
        "--rucio", action="store_true", help="also Rucio's DownloadClient, on an embedded lake"
    )
    options.add_argument("--only", default="", help="only clients whose name holds this")
    options.add_argument("--fault", default="", help="only faults whose name holds this")
    options.add_argument("--kills", type=int, default=50, help="kills of the histogram")
    options.add_argument("--out", type=Path, default=Path(__file__).with_name("faults.md"))
    given = options.parse_args()
    with breaking() as server, lake(given.rucio, server.port) as config:
        chosen = [client for client in clients(given.python, config) if given.only in client.name]
        rows = [fault for fault in ROWS if given.fault in fault.name]
        told = matrix(rows, chosen, environment(config), server)
    command = f"python -m bench.faults --python PYTHON{' --rucio' * given.rucio} --kills {given.kills}"
    lines = [
        "# Faults: what download clients leave behind",
        "",
        f"Written by `{command}`.",
        "Each fault once and for ever, each of these as a first run and a plain re-run; the cell is the",
        "worst of the four. A file of 3 MB over https; the clients as `bench/fault_clients.py` calls them:",
        "with resume, retries, timeouts and checksum where they have them.",
        "",
        LEGEND.format(patience=PATIENCE),
        "",
        *table(rows, chosen, told),
        "",
        "## Killed and run again",
        "",
        "SIGKILL at random bytes of a 12 MB file, a network that holds 256 kB on the way.",
        *histogram(given.kills),
    ]
    given.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
