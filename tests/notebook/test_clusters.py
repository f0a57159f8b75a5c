"""`%dm_cluster` and `%%dm_map` in a shell, with real clusters and a real map."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import vre_dm as dm
from tests.compute.files import write_tree
from vre_dm.compute.cluster.local import LocalCluster


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InteractiveShell]:
    """A shell with the magics, of a user without clusters and jobs."""
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config)
    shell.run_line_magic("load_ext", "vre_dm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.delenv("DASK_GATEWAY__ADDRESS", raising=False)
        yield shell
    shell.run_line_magic("unload_ext", "vre_dm")


@pytest.fixture
def one(shell: InteractiveShell) -> Iterator[LocalCluster]:
    """A cluster that a magic started, in the variable ``one``."""
    assert shell.run_line_magic("dm_cluster", "up --workers 0-1 --memory 700MB --kind local --as one") is None
    found = shell.user_ns["one"]
    assert isinstance(found, LocalCluster)
    yield found
    found.down()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("numbers")
    return write_tree(
        folder / "numbers.root", {"x": np.arange(1000), "y": np.ones(1000)}, tree="events", basket=100
    )


CELL = """
x = np.asarray(events["x"])
{"sum": int(x.sum() * factor), "columns": len(events)}
"""


def said(shell: InteractiveShell, line: str, *cell: str) -> str:
    run = shell.run_cell_magic if cell else shell.run_line_magic
    with pytest.raises(UsageError) as caught:
        run("dm_map" if cell else "dm_cluster", line, *cell)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_cell_is_mapped_on_a_cluster_and_bound(
    shell: InteractiveShell, one: LocalCluster, file: Path
) -> None:
    shell.user_ns |= {"np": np, "factor": 2}
    line = f"{file} --on one --kind numpy --columns x --tree events --into counts"
    assert shell.run_cell_magic("dm_map", line, CELL) is None
    assert shell.user_ns["counts"] == {"sum": 999_000, "columns": 1}
    assert dm.jobs()[0].outcome().backend == "0 to 1 process of this machine"


def test_a_cell_that_fails_shows_its_own_lines_and_one_of_ours(
    shell: InteractiveShell, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "ZeroDivisionError" in said(shell, f"{file} --columns x", "wrong = 1 / 0\nwrong")
    told = capfd.readouterr().err
    assert "line 2, in cell" in told
    assert "dm_map" not in told


def test_a_cluster_is_listed_scaled_and_ended_by_its_variable_or_name(
    shell: InteractiveShell, one: LocalCluster
) -> None:
    assert one.id in repr(shell.run_line_magic("dm_cluster", ""))
    assert shell.run_line_magic("dm_cluster", "scale one 1") is one
    assert dm.clusters()[0].minimum == 1
    shell.run_line_magic("dm_cluster", f"scale {one.id} 0-1")
    assert dm.clusters()[0].minimum == 0
    shell.run_line_magic("dm_cluster", "scale 1")
    assert dm.clusters()[0].minimum == 1
    assert "no clusters" in repr(shell.run_line_magic("dm_cluster", f"down {one.id}"))
    assert not one.running


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("rubbish", "invalid choice"),
        ("up --workers many", "no number of workers"),
        ("up --workers 3-1", "no number of workers"),
        ("up --memory lots --kind local", "memory"),
        ("up --workers 1 --kind grid", "invalid choice"),
        ("up --kind gateway", "vre-dm gateway up"),
        ("up --kind local --option image=x", "image= is an option of gateways"),
        ("up --option image", "no NAME=VALUE"),
        ("up --as class", "cannot name a variable"),
        ("up surplus", "unrecognized arguments: surplus"),
        ("scale", "scale to how many"),
        ("scale none 2", "no cluster that runs is called 'none'"),
        ("scale a b 2", "unrecognized arguments: 2"),
        ("down ../x", "no cluster that runs"),
        ("status x", "unrecognized arguments: x"),
    ],
)
def test_what_is_wrong_with_a_cluster_is_said_in_one_line(
    shell: InteractiveShell, line: str, cause: str
) -> None:
    assert cause in said(shell, line)


@pytest.mark.parametrize(
    ("line", "cell", "cause"),
    [
        ("", "events", "required: SCOPE:NAME"),
        ("$d", "events", "use dm.map(d)"),
        ("a.root --on nowhere", "events", "no cluster that runs is called 'nowhere'"),
        ("a.root --into class", "events", "cannot name a variable"),
        ("a.root --kind list", "events", "invalid choice"),
        ("a.root", "x = events", "has no value"),
        ("missing.root", "events", "missing.root"),
        ("missing.parquet --kind arrow", "events", "missing.parquet"),
    ],
)
def test_what_is_wrong_with_a_cell_is_said_in_one_line(
    shell: InteractiveShell, line: str, cell: str, cause: str
) -> None:
    assert cause in said(shell, line, cell)


@pytest.mark.parametrize(
    ("magic", "usage"), [("dm_cluster", "usage: %dm_cluster"), ("dm_map", "usage: %%dm_map")]
)
def test_each_explains_itself(
    shell: InteractiveShell, magic: str, usage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if magic == "dm_map":
        assert shell.run_cell_magic(magic, "--help", "events") is None
    else:
        assert shell.run_line_magic(magic, "--help") is None
    assert capsys.readouterr().out.startswith(usage)
