"""What a process may use, by files as kernels write them."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vre_dm.compute.cluster import machine

Made = tuple[Path, Path]


@pytest.fixture
def kernel(tmp_path: Path) -> Made:
    """A process in ``/batch/job``, under version 2 of control groups."""
    groups, system = tmp_path / "cgroup", tmp_path / "fs"
    groups.write_text("0::/batch/job\n")
    (system / "batch" / "job").mkdir(parents=True)
    return groups, system


def test_without_limits_it_is_the_machine(kernel: Made) -> None:
    assert machine.cores(*kernel) == len(os.sched_getaffinity(0))
    assert machine.memory(*kernel) == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


@pytest.mark.parametrize("where", ["batch/job", "batch", "."])
def test_a_limit_counts_on_whichever_group_it_is(kernel: Made, where: str) -> None:
    _, system = kernel
    (system / where / "memory.max").write_text("500000000\n")
    (system / where / "cpu.max").write_text("50000 100000\n")
    assert machine.memory(*kernel) == 500_000_000
    assert machine.cores(*kernel) == 1  # half a core is still a worker


def test_the_tightest_limit_counts(kernel: Made) -> None:
    _, system = kernel
    (system / "batch" / "memory.max").write_text("400000000\n")
    (system / "batch" / "job" / "memory.max").write_text("max\n")
    (system / "batch" / "job" / "memory.high").write_text("300000000\n")
    assert machine.memory(*kernel) == 300_000_000


def test_groups_of_version_one_are_read_too(tmp_path: Path) -> None:
    groups, system = tmp_path / "cgroup", tmp_path / "fs"
    groups.write_text("4:memory:/job\n3:cpu,cpuacct:/job\n1:name=systemd:/elsewhere\n")
    for controller in ("memory", "cpu"):
        (system / controller / "job").mkdir(parents=True)
    (system / "memory" / "job" / "memory.limit_in_bytes").write_text("700000000\n")
    (system / "cpu" / "job" / "cpu.cfs_quota_us").write_text("100000\n")
    (system / "cpu" / "job" / "cpu.cfs_period_us").write_text("100000\n")
    assert machine.memory(groups, system) == 700_000_000
    assert machine.cores(groups, system) == 1


@given(st.text(max_size=40), st.text(max_size=20))
def test_whatever_stands_there_gives_a_core_and_some_memory(groups: str, limit: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file, system = Path(folder, "cgroup"), Path(folder, "fs")
        system.mkdir()
        file.write_text(groups.encode("utf-8", "replace").decode())
        for name in ("cpu.max", "memory.max"):
            (system / name).write_text(limit.encode("utf-8", "replace").decode())
        assert machine.cores(file, system) >= 1
        assert machine.memory(file, system) >= 1
