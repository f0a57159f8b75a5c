"""SIGKILL at random bytes of a fetch, and a plain re-run: writes bench/kills.md and bench/kills.svg."""

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.faults.kills import BODY, ON_THE_WAY, Killed, kills

_BINS_A_UNIT = 400
_BAR = 50


def text(told: Sequence[Killed]) -> Iterator[str]:
    """Lines of Markdown: what was done, the worst of it, and the bins."""
    wrong = sum(bool(killed.fault) for killed in told)
    worst = max(killed.cost for killed in told)
    yield f"{len(told)} × SIGKILL at a random byte of a {len(BODY) / 1e6:.0f} MB file, each followed by"
    yield f"a plain re-run; the network holds at most {ON_THE_WAY // 1024} kB that are lost with the process."
    yield f"**{wrong} wrong; both runs together moved at most {worst:.4f} × the file.**"
    yield ""
    bins = Counter(int((killed.cost - 1) * _BINS_A_UNIT) for killed in told)
    most = max(bins.values())
    for step in range(max(bins) + 1):
        low, high = (1 + at / _BINS_A_UNIT for at in (step, step + 1))
        yield f"    {low:.4f}–{high:.4f}  {bins[step]:5d}  {'#' * -(-bins[step] * _BAR // most)}".rstrip()


def picture(told: Sequence[Killed], target: Path) -> None:
    """Draw the bins, and where in the file the kills struck."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 2.8), layout="constrained")
    cost, place = figure.subplots(1, 2)
    cost.hist([killed.cost for killed in told], bins=40, range=(1, 1.05), color="#0072b2")
    cost.set(xlabel="bytes moved by both runs ÷ file", ylabel="kills", xlim=(1, 1.052))
    cost.axvline(1.05, color="#d55e00", linestyle="--")
    cost.text(
        1.0495, 0.95, "allowed", rotation=90, ha="right", va="top", transform=cost.get_xaxis_transform()
    )
    place.hist([killed.at / 1e6 for killed in told], bins=24, range=(0, len(BODY) / 1e6), color="#009e73")
    place.set(xlabel="MB sent when the process was killed", ylabel="kills")
    # ids that depend on nothing, so that the same kills give the same file
    with mpl.rc_context({"svg.hashsalt": "kills", "svg.fonttype": "none"}):
        figure.savefig(target, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=4, help="kills at a time")
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent, help="where the page goes")
    given = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        told = list(kills(given.kills, given.kills, Path(folder), given.workers))
    minutes = (time.monotonic() - begin) / 60
    picture(told, given.folder / "kills.svg")
    head = ["# A fetch that is killed and run again", "", "Written by `python -m bench.fault_kills", ""]
    head[2] += f" --kills {given.kills}` in {minutes:.0f} minutes, on {os.cpu_count()} cores with a load of"
    head[2] += f" {os.getloadavg()[2]:.0f}."
    lines = [*head, *text(told), "", "![The kills as histograms](kills.svg)"]
    (given.folder / "kills.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
