"""What a fresh process pays: the import, the notebook extension, the first answer of a lake."""

import os
import subprocess
import sys
from pathlib import Path

from bench.figures import Figures
from vre_dm.sandbox import LakeStatus

ROUNDS = 7
SHELL = "from IPython.core.interactiveshell import InteractiveShell as S; shell = S.instance()"


def _measured(code: str, *, before: str = "pass", config: Path | None = None) -> float:
    """Seconds that code takes in a fresh interpreter, its start left out."""
    timed = f"import time\n{before}\nbegun = time.perf_counter()\n{code}\nprint(time.perf_counter() - begun)"
    environment = {**os.environ, **({"RUCIO_CONFIG": str(config)} if config else {})}
    words = [sys.executable, "-W", "ignore", "-c", timed]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return float(done.stdout.splitlines()[-1])


def test_import(figures: Figures) -> None:
    pairs = [(_measured("import vre_dm"), _measured("import rucio.client")) for _ in range(ROUNDS)]
    figures.add("import vre_dm", *zip(*pairs, strict=True), note="import rucio.client")


def test_import_of_what_a_plot_needs(figures: Figures) -> None:
    ours = "import vre_dm\nvre_dm.curves\nvre_dm.overlay"
    pairs = [(_measured(ours), _measured("import hvplot.pandas")) for _ in range(ROUNDS)]
    figures.add("import of curves and overlay", *zip(*pairs, strict=True), note="import hvplot.pandas")


def test_load_the_notebook_extension(figures: Figures) -> None:
    loaded = "shell.run_line_magic('load_ext', 'vre_dm')"
    times = [_measured(loaded, before=SHELL) for _ in range(ROUNDS)]
    figures.add("%load_ext vre_dm", times, note="wanted ≤ 300 ms")


def test_first_answer_in_a_fresh_process(figures: Figures, embedded_lake: LakeStatus) -> None:
    config = embedded_lake.userpass_config
    ours = "import vre_dm\nvre_dm.connect(say=str).whoami()"
    theirs = "from rucio.client import Client\nClient().whoami()"
    pairs = [(_measured(ours, config=config), _measured(theirs, config=config)) for _ in range(ROUNDS)]
    figures.add(
        "import, connect, first answer",
        *zip(*pairs, strict=True),
        note="import, Client(), whoami; by password",
    )
