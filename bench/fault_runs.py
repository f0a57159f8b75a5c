"""One client, one fault, two runs: what stands at the final name after each, and what the client said."""

import itertools
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.fault_clients import Client
from tests.faults.matrix import BODY, SIZE, Fault
from tests.faults.server import Breaking, good
from tests.faults.world import registered

PATIENCE = 30.0
"""Seconds after which a run counts as endless."""
WORKERS, ALONE = 6, 2  # most of them wait for a timeout
Runs = tuple[str, str]
"""Outcomes of a first run and of a plain re-run."""


@dataclass(frozen=True)
class Task:
    """One fault for one client: once, or for ever."""

    fault: Fault
    client: Client
    lasting: bool


def outcome(target: Path, failed: bool | None) -> str:
    """What one run left; ``failed`` is None if it had to be ended. In capitals what no error tells of."""
    body = target.read_bytes() if target.is_file() else None
    if failed is None and body in (None, BODY):
        return "hang"
    if body == BODY:
        return "ok*" if failed else "ok"
    if body is None:
        return "err" if failed else "NONE"
    kind = "half" if BODY.startswith(body) else "wrong"
    return kind.upper() if failed is False else kind


def play(task: Task, server: Breaking, folder: Path, env: dict[str, str]) -> Runs:
    """Run a client twice, as a user does after an error."""
    path = f"/{folder.name}"
    fault = task.fault
    url = server.play(path, *fault.before, fault.act, *([] if task.lasting else [good(BODY)]))
    server.sizes[path] = SIZE
    target = folder / "test" / folder.name
    target.parent.mkdir(parents=True)
    words = task.client.words(url, target, registered(BODY, url))
    told = outcome(target, run(words, env)), outcome(target, run(words, env))
    shutil.rmtree(folder)
    return told


def run(words: list[str], env: dict[str, str]) -> bool | None:
    """Whether a command failed; None if it had no end."""
    with subprocess.Popen(
        words, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            return process.wait(PATIENCE) != 0
        except subprocess.TimeoutExpired:
            process.kill()
            return None


def all_runs(
    faults: Sequence[Fault], chosen: Sequence[Client], env: dict[str, str], server: Breaking
) -> dict[Task, Runs]:
    """Every fault on every client, once and for ever; what had no end is tried again beside fewer others."""
    tasks = [Task(*each) for each in itertools.product(faults, chosen, (False, True))]
    told = _runs(tasks, env, server, WORKERS)
    return told | _runs([task for task in tasks if "hang" in told[task]], env, server, ALONE)


def _runs(tasks: Sequence[Task], env: dict[str, str], server: Breaking, workers: int) -> dict[Task, Runs]:
    with tempfile.TemporaryDirectory() as root, ThreadPoolExecutor(workers) as pool:
        folders = [Path(root) / f"f{workers}.{number}" for number in range(len(tasks))]
        told = pool.map(lambda task, folder: play(task, server, folder, env), tasks, folders)
        return dict(zip(tasks, told, strict=True))
