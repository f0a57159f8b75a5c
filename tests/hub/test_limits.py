"""Memory and home of a server, by files as kernels write them."""

from pathlib import Path

import pytest

from tests.compute.cluster.test_machine import Made
from vre_dm.compute.cluster import machine
from vre_dm.hub.folders import Seen
from vre_dm.hub.limits import home_finding, memory_finding
from vre_dm.lake.finding import State

GB = 1_000_000_000


@pytest.fixture
def server(tmp_path: Path) -> Made:
    """A container of 2 GB, of which half is in use and a quarter are files that can go."""
    groups, system = tmp_path / "cgroup", tmp_path / "fs"
    groups.write_text("0::/\n")
    system.mkdir()
    for name, text in {
        "memory.max": str(2 * GB),
        "memory.current": str(GB),
        "memory.stat": f"anon 1\ninactive_file {GB // 2}\nactive_file 2\n",
        "memory.events": "low 0\nhigh 0\nmax 12\noom 0\noom_kill 0\n",
        "cpu.max": "100000 100000",
    }.items():
        (system / name).write_text(text)
    return groups, system


def test_a_limit_is_told_with_what_is_used_of_it(server: Made) -> None:
    found = memory_finding({"MEM_LIMIT": str(2 * GB)}, *server)
    assert (found.state, found.text) == (State.OK, "2 GB may be used, on 1 core; 500 MB in use")


def test_a_memory_that_is_nearly_full_is_a_warning(server: Made) -> None:
    (server[1] / "memory.current").write_text(str(2 * GB + GB // 2 - 1))
    found = memory_finding({}, *server)
    assert found.state is State.WARN
    assert "shut down kernels" in found.step


def test_processes_that_the_kernel_ended_are_told(server: Made) -> None:
    (server[1] / "memory.events").write_text("oom 4\noom_kill 3\n")
    found = memory_finding({}, *server)
    assert (found.state, found.text[-3:]) == (State.WARN, ": 3")
    assert "ended for lack of it" in found.text


def test_a_limit_that_nothing_holds_is_told(server: Made) -> None:
    found = memory_finding({"MEM_LIMIT": str(GB)}, *server)
    assert found.state is State.WARN
    assert found.text.endswith("the hub says 1 GB (MEM_LIMIT), which nothing holds here")


def test_version_one_of_control_groups_is_read_too(tmp_path: Path) -> None:
    groups, system = tmp_path / "cgroup", tmp_path / "fs"
    groups.write_text("4:memory:/job\n")
    (system / "memory" / "job").mkdir(parents=True)
    for name, text in {
        "memory.usage_in_bytes": "900\n",
        "memory.stat": "total_inactive_file 200\n",
        "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n",
    }.items():
        (system / "memory" / "job" / name).write_text(text)
    assert machine.memory_used(groups, system) == 700
    assert machine.ended_for_memory(groups, system) == 1


def test_what_the_kernel_does_not_tell_is_not_told(tmp_path: Path) -> None:
    nothing = tmp_path / "none", tmp_path / "none"
    assert machine.memory_used(*nothing) is None
    assert machine.ended_for_memory(*nothing) == 0
    assert memory_finding({}, *nothing).state is State.OK


@pytest.mark.parametrize(
    ("found", "state", "said"),
    [
        (Seen(free=5 * GB, writable=True), State.OK, "5 GB free"),
        (Seen(free=5 * GB, writable=False), State.FAIL, "cannot be written"),
        (Seen(free=GB // 2, writable=True), State.WARN, "500 MB free"),
        (Seen(free=5 * GB, names=12, writable=True), State.WARN, "only 12 more files"),
        (Seen(fault="Stale file handle"), State.FAIL, "cannot be read: Stale file handle"),
        (Seen(hangs=True), State.FAIL, "did not answer"),
    ],
)
def test_a_home_is_told_by_what_is_wrong_with_it(found: Seen, state: State, said: str) -> None:
    finding = home_finding(Path("/home/dm"), found)
    assert (finding.state, bool(finding.step)) == (state, state is not State.OK)
    assert said in finding.text
