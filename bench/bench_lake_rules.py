"""From a rule to its last file: small files that really move, from a plain path to an https storage."""

import itertools
import os
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bench.figures import Figures
from bench.lakes import FILE_RSE, HTTPS_RSE, OTHER_HTTPS_RSE, SCOPE, store
from vre_dm.did import Did
from vre_dm.lake.lake import Lake
from vre_dm.sandbox import LakeStatus

LOOK = 0.05  # seconds between two looks at a rule


@pytest.fixture
def datasets(embedded_lake: LakeStatus, rucio: Any) -> Callable[[int, int], list[Did]]:
    """Make datasets of small files that are on the plain path only."""

    def made(count: int, files: int) -> list[Did]:
        names = [f"bench.rule.{uuid.uuid4().hex[:8]}" for _ in range(count)]
        return [
            store(embedded_lake, rucio, Did(SCOPE, name), _contents(name, files), [FILE_RSE])
            for name in names
        ]

    return made


def _contents(name: str, files: int) -> dict[str, bytes]:
    return {f"{name}.{number:03d}": os.urandom(20_000) for number in range(files)}


@pytest.mark.parametrize(("files", "rounds"), [(1, 5), (20, 3), (300, 1)])
def test_rule_to_ok(
    benchmark: Any, figures: Figures, lake: Lake, rucio: Any, datasets: Any, files: int, rounds: int
) -> None:
    # Both move the same files, each to a storage element of its own.
    made = datasets(rounds, files)
    for_us, for_them = iter(made), iter(made)
    figures.compare(
        benchmark, f"rule of {files} {'file' if files == 1 else 'files'} to OK", lambda: _ours(lake, for_us),
        {"add_replication_rule, get_replication_rule": lambda: _theirs(rucio, for_them)},
        rounds=rounds, warmup=0,
    )  # fmt: skip


def _ours(lake: Lake, datasets: Iterator[Did]) -> None:
    rule = lake.dataset(next(datasets)).replicate(HTTPS_RSE)
    _wait(lambda: rule.refresh().state.state)


def _theirs(rucio: Any, datasets: Iterator[Did]) -> None:
    did = next(datasets)
    rule = rucio.add_replication_rule([{"scope": did.scope, "name": did.name}], 1, OTHER_HTTPS_RSE)[0]
    _wait(lambda: rucio.get_replication_rule(rule)["state"])


def _wait(state: Callable[[], str]) -> None:
    for _ in itertools.count():
        found = state()
        assert found != "STUCK"
        if found == "OK":
            return
        time.sleep(LOOK)
