"""All that a Dask cluster tells of itself, as text to look for a token in, and what its workers hold."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import requests


def kept_by(client: Any) -> str:
    """What a scheduler keeps: plugins, tasks, events, settings, environment."""

    def look(dask_scheduler: Any) -> bytes:
        import os
        import pickle

        import dask

        plugins = {**dask_scheduler.worker_plugins, **dask_scheduler.nanny_plugins}
        parts = [bytes(one) if isinstance(one, bytes) else pickle.dumps(one) for one in plugins.values()]
        specs = [repr(task.run_spec) for task in dask_scheduler.tasks.values()]
        for task in dask_scheduler.tasks.values():
            try:
                parts.append(pickle.dumps(task.run_spec))
            except Exception:  # seen in its repr
                continue
        told = [repr(dask_scheduler.get_events()), repr(dask.config.config), repr(dict(os.environ)), *specs]
        return b"\n".join([*parts, *(text.encode() for text in told)])

    return bytes(client.run_on_scheduler(look)).decode("latin-1")


def held_by(client: Any) -> str:
    """What workers have in plugins, settings and environment."""

    def look(dask_worker: Any) -> str:
        import os

        import dask

        plugins = [(vars(plugin), getattr(plugin, "_packed", b"")) for plugin in dask_worker.plugins.values()]
        return f"{plugins!r} {dask.config.config!r} {dict(os.environ)!r}"

    return str(client.run(look))


def told_by(client: Any, dashboard: str, folder: Path) -> dict[str, str]:
    """What a cluster tells of itself, by where it is told."""
    client.dump_cluster_state(str(folder / "dump"), write_from_scheduler=False)
    at = dashboard.removesuffix("/status")
    pages = ("status", "json/counts.json", "info/main/workers.html", "metrics", "info/main/logs.html")
    return {
        "dump": gzip.decompress((folder / "dump.msgpack.gz").read_bytes()).decode("latin-1"),
        "scheduler": kept_by(client),
        "workers": held_by(client),
        "logs": f"{client.get_worker_logs()} {client.get_scheduler_logs()}",
        "dashboard": "".join(requests.get(f"{at}/{page}", timeout=30).text for page in pages),
        "command lines": str([p.info["cmdline"] for p in psutil.process_iter(["cmdline"])]),
    }


def tokens_on(client: Any) -> int:
    """How many tokens its workers hold."""

    def look() -> int:
        from vre_dm.compute.reading import shelf

        permits = shelf.allowed._permits.values()
        loans = [getattr(permit.access, "_held", None) for permit in permits]
        return sum(len(held.loan.tokens) for held in loans if held is not None)

    return sum(client.run(look).values())


def waiting(gate: Path) -> Callable[[Any], Any]:
    """Sums that wait on a worker until a file is there."""

    me = os.getpid()

    def sums(events: Any) -> Any:
        import os
        import time

        found = float((events.x * events.weight).to_numpy().sum())
        while os.getpid() != me and not gate.exists():
            gate.with_name("at work").touch()
            time.sleep(0.02)
        return found

    return sums
