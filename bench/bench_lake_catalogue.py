"""Questions to the catalogue, each put by ours and by the stock client in turns."""

from typing import Any

import pytest

from bench.figures import Call, Figures
from bench.lakes import MANY
from vre_dm.lake.lake import Lake

SCOPE, PATTERN = MANY.scope, f"{MANY.scope}:*"


@pytest.mark.parametrize("question", ["ping", "whoami"])
def test_one_small_question(benchmark: Any, figures: Figures, lake: Lake, rucio: Any, question: str) -> None:
    peer = {f"Client.{question}": getattr(rucio, question)}
    figures.compare(benchmark, question, getattr(lake, question), peer, rounds=50, warmup=3)


@pytest.mark.parametrize(("pattern", "count"), [("file.00*", 1000), ("file.*", 10_000)])
def test_list(benchmark: Any, figures: Figures, lake: Lake, rucio: Any, pattern: str, count: int) -> None:
    def ours() -> None:
        assert len(lake.search(f"{SCOPE}:{pattern}", kind="file")) == count

    def named(**options: Any) -> Call:
        found = rucio.list_dids
        return lambda: list(found(SCOPE, [{"name": pattern}], did_type="file", **options))

    peers = {"list_dids(long=True)": named(long=True), "list_dids, names only": named()}
    figures.compare(benchmark, f"list {count} DIDs", ours, peers, rounds=7)


@pytest.mark.parametrize(
    ("what", "count", "ours", "theirs"),
    [
        ("column equal", 1429, {"run_number": 3}, {"run_number": 3}),
        ("column in a range", 200, {"events": (1000, 1199)}, {"events.gte": 1000, "events.lte": 1199}),
    ],
)
def test_filter_on_a_column_of_10_000(
    benchmark: Any, figures: Figures, lake: Lake, rucio: Any,
    what: str, count: int, ours: dict[str, Any], theirs: dict[str, Any],
) -> None:  # fmt: skip
    def asked() -> None:
        assert len(lake.search(PATTERN, kind="file", **ours)) == count

    peer = {
        "list_dids(long=True)": lambda: list(rucio.list_dids(SCOPE, [theirs], did_type="file", long=True))
    }
    figures.compare(benchmark, f"filter 10 000, {what}: {count} found", asked, peer, rounds=9)


@pytest.mark.parametrize(
    ("what", "count", "ours", "theirs"),
    [
        ("free text", 200, {"technique": "direct detection"}, {"technique": "direct detection"}),
        ("free range", 201, {"mass": (100, 120)}, {"mass.gte": 100, "mass.lte": 120}),
    ],
)
def test_filter_on_free_metadata_of_10_000(
    benchmark: Any, figures: Figures, lake: Lake, rucio: Any,
    what: str, count: int, ours: dict[str, Any], theirs: dict[str, Any],
) -> None:  # fmt: skip
    def asked() -> None:
        assert len(lake.search(PATTERN, kind="file", **ours)) == count

    def names() -> list[dict[str, str]]:
        # Rucio does not tell the kind of what it found by free metadata.
        found = list(rucio.list_dids(SCOPE, [theirs], did_type="file"))
        return [{"scope": SCOPE, "name": name} for name in found]

    peers = {
        "list_dids, then get_metadata_bulk for the kinds": lambda: list(rucio.get_metadata_bulk(names())),
        "list_dids, names only": names,
    }
    figures.compare(benchmark, f"filter 10 000, {what}: {count} found", asked, peers, rounds=9)


def test_files_of_a_dataset_of_10_000(benchmark: Any, figures: Figures, lake: Lake, rucio: Any) -> None:
    def ours() -> None:
        assert len(lake.dataset(MANY).files) == 10_000

    peer = {"list_files": lambda: list(rucio.list_files(MANY.scope, MANY.name))}
    figures.compare(benchmark, "files of a dataset of 10 000", ours, peer, rounds=7)


def test_replicas_of_a_dataset_of_10_000(benchmark: Any, figures: Figures, lake: Lake, rucio: Any) -> None:
    def ours() -> None:
        assert sum(len(file.replicas) for file in lake.dataset(MANY).files.located()) == 10_000

    asked = [{"scope": MANY.scope, "name": MANY.name}]
    peer = {"list_replicas": lambda: list(rucio.list_replicas(asked))}
    figures.compare(benchmark, "replicas of its 10 000 files", ours, peer, rounds=3)


def test_table_of_replicas_of_10_000(benchmark: Any, figures: Figures, lake: Lake, rucio: Any) -> None:
    def ours() -> None:
        assert lake.dataset(MANY).replicas().complete

    asked = [{"scope": MANY.scope, "name": MANY.name}]
    peer = {"list_replicas(all_states)": lambda: list(rucio.list_replicas(asked, all_states=True))}
    figures.compare(benchmark, "table of its replicas by RSE", ours, peer, rounds=3)


def test_metadata_of_one_dataset(benchmark: Any, figures: Figures, lake: Lake, rucio: Any) -> None:
    def ours() -> None:
        assert lake.dataset("fermi:dsph.likelihoods").metadata["title"]

    def theirs() -> None:
        rucio.get_did("fermi", "dsph.likelihoods")
        rucio.get_metadata("fermi", "dsph.likelihoods", plugin="ALL")

    peer = {"get_did, get_metadata(ALL)": theirs}
    figures.compare(benchmark, "metadata of one dataset", ours, peer, rounds=20)
