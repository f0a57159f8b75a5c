"""A lake survives what happens to a laptop: kills, taken ports, stale files, odd folders, a full disk."""

import contextlib
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest
from requests import RequestException
from rucio.common.exception import RucioException

from tests.lakes import admin, client, inside, rucio, until
from vre_dm import sandbox
from vre_dm.errors import SandboxError
from vre_dm.sandbox import LakeStatus
from vre_dm.sandbox.control import private_python
from vre_dm.sandbox.layout import Layout

CHANGE_A_CHECKSUM = """
from rucio.db.sqla.session import get_engine
from sqlalchemy import text
with get_engine().begin() as connection:
    for table in "dids", "contents":
        where = "scope = 'cms' AND did_type = 'F'" if table == "dids" else "child_scope = 'cms'"
        changed = connection.execute(text(f"UPDATE {table} SET adler32 = 'deadbeef' WHERE {where}"))
        assert changed.rowcount == 1
"""
# As of a killed process whose number is in use: a zombie, or another process by now.
PLANT_A_HEARTBEAT = """
import os, socket
from rucio.core import heartbeat
heartbeat.live("conveyor-poller", socket.getfqdn(), pid=1)
"""
PIDS_OF_HEARTBEATS = """
from rucio.db.sqla.session import get_engine
from sqlalchemy import text
with get_engine().begin() as connection:
    print(*{pid for (pid,) in connection.execute(text("SELECT pid FROM heartbeats"))})
"""
T = TypeVar("T")
OwnLake = Callable[..., LakeStatus]
UP = """import sys; from pathlib import Path; from vre_dm import sandbox
print(sandbox.up(Path(sys.argv[1])).parts['supervisor'])"""


def kill(pid: int) -> None:
    process = psutil.Process(pid)
    process.kill()
    until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)


def answers(lake: LakeStatus, scope: str) -> bool:
    try:
        return scope in client(lake).list_scopes()
    except Exception:
        return False


@pytest.mark.parametrize("part", ["rucio", "site", "daemons", "postgres", "supervisor"])
def test_a_killed_part_costs_no_committed_change(own_lake: OwnLake, part: str) -> None:
    lake = own_lake()
    scope = f"kept.{uuid.uuid4().hex[:8]}"
    admin(lake).add_scope("dm", scope)
    kill(lake.parts[part])
    if part == "supervisor":
        lake = own_lake()
    until(lambda: answers(lake, scope))
    until(lambda: len(sandbox.status(lake.root).parts) == 5)
    out = str(lake.root / "out")
    rucio(lake.rucio_config, "download", "--dir", out, "xenon:s2only.limits", "--rses", "CNAF-STORM")


def test_a_killed_gunicorn_worker_is_replaced(own_lake: OwnLake) -> None:
    lake = own_lake()
    (worker,) = psutil.Process(lake.parts["rucio"]).children()
    kill(worker.pid)
    until(lambda: answers(lake, "fermi"))
    assert sandbox.status(lake.root).parts["rucio"] == lake.parts["rucio"]


def test_a_transfer_under_way_is_resumed_after_a_kill(own_lake: OwnLake, tmp_path: Path) -> None:
    lake = own_lake()
    admin(lake).add_rse_attribute("DESY-DCACHE", "vre_dm_bandwidth", 2_000_000)
    file = tmp_path / f"slow.{uuid.uuid4().hex[:8]}"
    file.write_bytes(os.urandom(6_000_000))
    rucio(lake.rucio_config, "upload", "--rse", "CERN-EOSPILOT", "--scope", "user.dm", str(file))
    (rule,) = client(lake).add_replication_rule([{"scope": "user.dm", "name": file.name}], 1, "DESY-DCACHE")
    storage = Layout(lake.root).storage("DESY-DCACHE")
    until(lambda: list(storage.rglob(f"{file.name}*.part")))
    kill(lake.parts["supervisor"])
    admin(own_lake()).delete_rse_attribute("DESY-DCACHE", "vre_dm_bandwidth")
    until(lambda: client(own_lake()).get_replication_rule(rule)["state"] == "OK")
    (copy,) = storage.rglob(f"{file.name}*")
    assert copy.read_bytes() == file.read_bytes()


def test_daemons_that_were_killed_keep_no_share_of_the_work(own_lake: OwnLake) -> None:
    lake = own_lake()
    assert "1" in inside(lake, PLANT_A_HEARTBEAT + PIDS_OF_HEARTBEATS).stdout.split()
    kill(lake.parts["daemons"])
    until(lambda: inside(lake, PIDS_OF_HEARTBEATS).stdout.split() == [_daemons(lake)])


def _daemons(lake: LakeStatus) -> str:
    return str(sandbox.status(lake.root).parts.get("daemons"))


def test_two_starts_at_once_make_one_lake(own_lake: OwnLake) -> None:
    root = own_lake().root
    sandbox.down(root)
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", UP, root], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    outputs = [start.communicate(timeout=120) for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0], outputs
    assert len({output for output, _ in outputs}) == 1


@pytest.mark.slow  # tens of seconds, and its like is tried by others
def test_a_taken_port_moves_the_address_and_everything_still_works(own_lake: OwnLake) -> None:
    lake = own_lake()
    sandbox.down(lake.root)
    ports = json.loads(Layout(lake.root).ports.read_text())
    taken = []
    try:
        for port in ports.values():
            taken.append(socket.create_server(("127.0.0.1", port)))
        moved = own_lake()
        assert not set(ports.values()) & set(json.loads(Layout(lake.root).ports.read_text()).values())
        rucio(moved.rucio_config, "whoami")
        rucio(moved.rucio_config, "download", "--dir", str(lake.root / "moved"), "atlas:dilepton.2018.limits")
    finally:
        for server in taken:
            server.close()


@pytest.mark.slow  # tens of seconds, and its like is tried by others
def test_a_stale_process_number_is_no_obstacle(own_lake: OwnLake) -> None:
    lake = own_lake()
    sandbox.down(lake.root)
    layout = Layout(lake.root)
    # The numbers of a process that lives but is none of ours: this one.
    lock = layout.postgres / "data" / "postmaster.pid"
    lock.write_text(
        f"{os.getpid()}\n{layout.postgres}/data\n{int(time.time())}\n5432\n/nowhere\n\n0 0\nready\n"
    )
    state: dict[str, Any] = json.loads(layout.state.read_text())
    mine = {"pid": os.getpid(), "started": 12345.0}
    layout.state.write_text(
        json.dumps(state | {"phase": "ready", "supervisor": mine, "parts": {"rucio": mine}})
    )
    assert sandbox.status(lake.root).phase == "stopped"
    assert own_lake().running


@pytest.mark.slow  # tens of seconds, and its like is tried by others
def test_a_state_file_cut_short_is_no_obstacle(own_lake: OwnLake) -> None:
    lake = own_lake()
    sandbox.down(lake.root)
    Layout(lake.root).state.write_text('{"phase": "rea')
    assert own_lake().running


@pytest.mark.slow  # tens of seconds, and its like is tried by others
def test_seed_data_of_another_release_leave_a_lake_that_works_and_says_so(own_lake: OwnLake) -> None:
    lake = own_lake()
    changed = inside(lake, CHANGE_A_CHECKSUM)
    assert changed.returncode == 0, changed.stderr
    sandbox.down(lake.root)
    Layout(lake.root).seeded.unlink()
    now = own_lake()
    assert now.running
    assert "seed data of another release" in now.problem
    assert "vre-dm lake reset" in now.problem
    rucio(now.rucio_config, "download", "--dir", str(lake.root / "older"), "xenon:s2only.limits")


@pytest.mark.slow  # tens of seconds, and its like is tried by others
def test_a_database_that_was_deleted_is_made_and_filled_again(own_lake: OwnLake, tmp_path: Path) -> None:
    lake = own_lake()
    sandbox.down(lake.root)
    shutil.rmtree(Layout(lake.root).postgres.resolve())
    assert own_lake().running
    rucio(lake.rucio_config, "download", "--dir", str(tmp_path), "xenon:s2only.limits")


@pytest.fixture
def stopped(second_root: Path, own_lake: OwnLake) -> Path:
    """Folder of the second lake, which was made and does not run."""
    if not Layout(second_root).seeded.exists():
        own_lake()
    sandbox.down(second_root)
    return second_root


def test_an_idle_lake_stops_by_itself(stopped: Path) -> None:
    with in_use(stopped):
        sandbox.up(stopped, idle=1.5)
    until(lambda: sandbox.status(stopped).phase == "stopped")


@contextlib.contextmanager
def in_use(root: Path) -> Iterator[None]:
    """Use a lake to the end of the block, so that it is not idle before it is known to be ready."""
    activity, over = Layout(root).activity, threading.Event()

    def use() -> None:
        while not over.wait(0.1):
            later = time.time() + 600
            os.utime(activity, (later, later))

    user = threading.Thread(target=use)
    user.start()
    try:
        yield
    finally:
        over.set()
        user.join()
        activity.touch()


def test_the_token_is_renewed_before_it_expires(stopped: Path) -> None:
    root = stopped
    lake = sandbox.up(root, token_seconds=6)
    try:
        first = Layout(root).token.read_text()
        until(lambda: Layout(root).token.read_text() != first)
        until(lambda: "account    : dm" in rucio(lake.rucio_config, "whoami", check=False))
    finally:
        sandbox.down(root)


@pytest.mark.slow  # tens of seconds, and its like is tried by others
def test_a_folder_with_a_long_name_spaces_and_signs_will_do(lake_root: Path) -> None:
    root = lake_root.joinpath("a home with 100% spaces & 'quotes'", *["quite-a-long-folder-name"] * 4, "lake")
    root.parent.mkdir(parents=True)
    try:
        lake = sandbox.up(root)
        for rse in ("CERN-EOSPILOT", "CNAF-STORM"):
            out = lake_root / rse
            rucio(lake.rucio_config, "download", "--dir", str(out), "xenon:s2only.limits", "--rses", rse)
            assert len([path for path in out.rglob("*") if path.is_file()]) == 1
    finally:
        sandbox.reset(root)


def of_processes(lake: LakeStatus, look: Callable[[psutil.Process], T]) -> list[T]:
    """What is seen of each process of a lake; connections of its database come and go."""
    supervisor, seen = psutil.Process(lake.parts["supervisor"]), []
    for process in (supervisor, *supervisor.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            seen.append(look(process))
    return seen


def test_the_folder_is_private_and_nothing_listens_beyond_this_machine(embedded_lake: LakeStatus) -> None:
    for path in (embedded_lake.root, *embedded_lake.root.iterdir()):
        if not path.is_symlink() and path.is_dir():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    layout = Layout(embedded_lake.root)
    for path in (
        layout.secrets,
        layout.token,
        layout.rucio_config,
        layout.userpass_config,
        layout.admin_config,
    ):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    listening = {
        connection.laddr.ip
        for connections in of_processes(embedded_lake, lambda process: process.net_connections("inet"))
        for connection in connections
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {"127.0.0.1"}


def test_no_secret_stands_in_a_command_line_or_a_log(embedded_lake: LakeStatus) -> None:
    layout = Layout(embedded_lake.root)
    client(embedded_lake).whoami()
    known = json.loads(layout.secrets.read_text())
    secrets = [
        known["database"],
        *known["accounts"].values(),
        *known["clients"].values(),
        layout.token.read_text(),
    ]
    shown = " ".join(" ".join(words) for words in of_processes(embedded_lake, psutil.Process.cmdline))
    shown += "".join(log.read_text(errors="replace") for log in layout.log.iterdir())
    assert not [secret[:4] for secret in secrets if secret in shown]


def test_a_folder_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SandboxError, match=r"cannot be used: .*VRE_DM_LAKE_ROOT"):
        sandbox.up(file / "lake")


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 400 MB, where any user may go."""
    folder = Path(tempfile.mkdtemp())
    if os.geteuid() != 0 or not _mounted(folder):
        pytest.skip("only root can mount a small disk, and not everywhere")
    yield folder
    _unmount(folder)
    folder.rmdir()


def _mounted(folder: Path) -> bool:
    words = ["mount", "-t", "tmpfs", "-o", "size=400m,mode=755", "none", folder]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def _unmount(folder: Path) -> None:
    # The last of a killed process may still be going.
    until(lambda: subprocess.run(["umount", folder], check=False).returncode == 0)


def test_a_disk_with_little_room_is_refused_plainly(
    small_disk: Path, stopped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = small_disk / "lake"
    python, _ = private_python(Layout(stopped))
    monkeypatch.setenv("VRE_DM_LAKE_ENVIRONMENT", str(python.parent.parent))
    (small_disk / "filler").write_bytes(bytes(200 << 20))
    try:
        with pytest.raises(SandboxError, match=r"MB are free .* nothing was changed"):
            sandbox.up(root)
        assert not (root / "postgres").exists()
    finally:
        sandbox.reset(root)


@pytest.fixture
def all_on_small_disk(small_disk: Path, stopped: Path, own_lake: OwnLake) -> Iterator[LakeStatus]:
    """The lake with all of its folder on a disk of its own; on its old one again at the end."""
    root, small = stopped, small_disk / "lake"
    subprocess.run(["cp", "-a", root, small], check=True)
    subprocess.run(["mount", "--bind", small, root], check=True)
    try:
        yield own_lake()
        sandbox.down(root)
    finally:
        _unmount(root)
        subprocess.run(["cp", "-a", "--remove-destination", f"{small}/.", root], check=True)


def test_a_full_disk_is_said_plainly_and_nothing_is_half_written(
    small_disk: Path, all_on_small_disk: LakeStatus, tmp_path: Path
) -> None:
    lake, filler = all_on_small_disk, small_disk / "filler"
    _fill(filler)
    file = tmp_path / "something"
    file.write_bytes(os.urandom(5 << 20))
    words = ["upload", "--rse", "CERN-EOSPILOT", "--scope", "user.dm", str(file)]
    assert "No space left" in rucio(lake.rucio_config, *words, check=False)
    filler.unlink()
    assert not [
        path for path in lake.root.joinpath("rse").rglob("something") if path.stat().st_size != 5 << 20
    ]
    rucio(lake.rucio_config, "download", "--dir", str(tmp_path / "out"), "xenon:s2only.limits")


@pytest.fixture
def on_small_disk(small_disk: Path, stopped: Path, own_lake: OwnLake) -> Iterator[LakeStatus]:
    """The lake with its database on a disk of its own; on its old one again at the end."""
    root = stopped
    link = Layout(root).postgres
    cluster, small = link.resolve(), small_disk / "postgres"
    shutil.copytree(cluster, small, copy_function=shutil.copy2)
    subprocess.run(["chown", "-R", f"--reference={cluster}", small], check=True)
    small.chmod(0o700)
    link.unlink()
    link.symlink_to(small)
    yield own_lake()
    sandbox.down(root)
    link.unlink()
    link.symlink_to(cluster)


def test_a_database_without_room_keeps_what_it_confirmed(
    small_disk: Path, on_small_disk: LakeStatus, own_lake: OwnLake
) -> None:
    lake = on_small_disk
    filler = small_disk / "filler"
    _fill(filler)
    confirmed = []
    with pytest.raises((RucioException, RequestException)):  # noqa: PT012 - which of the writes fails is open
        for number in range(200):
            names = [f"full.{number}.{index}" for index in range(500)]
            client(lake).add_dids([{"scope": "user.dm", "name": name, "type": "DATASET"} for name in names])
            confirmed += names
    filler.unlink()
    until(lambda: answers(own_lake(), "fermi"), seconds=90)
    assert set(confirmed) <= set(client(lake).list_dids("user.dm", {}, did_type="dataset"))


def _fill(filler: Path) -> None:
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 16))
