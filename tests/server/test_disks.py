"""A disk that hangs holds one thread, and keeps nobody waiting who asks another disk, or asks it again."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.lake.jobs.test_folder import DEAD, made
from tests.server.conftest import Asked, said
from vre_dm.lake.apart import Hung
from vre_dm.lake.jobs.job import name_of
from vre_dm.lake.transfer.events import Cancelled
from vre_dm.lake.transfer.mounts import mount_of
from vre_dm.server.disks import Disks


def test_a_disk_that_hangs_holds_one_thread_and_no_other_disk() -> None:
    disks, back = Disks(lambda folder: folder.parts[1], patience=0.3), threading.Event()
    before = set(threading.enumerate())
    asked: list[int] = []

    def hang() -> None:
        asked.append(1)
        back.wait(60)

    for _ in range(5):
        with pytest.raises(Hung):
            disks.ask(Path("/dead/a"), hang)
    assert asked == [1]
    assert len(set(threading.enumerate()) - before) == 1
    disks._patience = 60.0
    assert disks.ask(Path("/other/a"), lambda: 5) == 5
    back.set()


def test_a_disk_that_answers_is_asked_by_many_at_once() -> None:
    disks, answers = Disks(lambda _: "/", patience=60), []
    gate = threading.Barrier(8)

    def ask(number: int) -> None:
        gate.wait(60)
        answers.append(disks.ask(Path("/a"), lambda: number))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == list(range(8))


def test_the_mount_of_a_path_is_known_without_asking_it(tmp_path: Path) -> None:
    assert mount_of(Path("/proc/self/status")) == "/proc"
    assert str(tmp_path / "not" / "there").startswith(mount_of(tmp_path / "not" / "there"))
    assert mount_of(Path("CERN-EOSPILOT")) == "/"


async def test_a_job_on_a_disk_that_hangs_is_told_and_forgotten_and_nothing_else_waits(
    api: Asked, jp_web_app: Any, jp_server_config: object, tmp_path: Path
) -> None:
    fetch = made(
        tmp_path / "xdg_state_home" / "vre-dm" / "jobs", Cancelled(0, 1), owner=DEAD, now=time.time()
    )
    name, extension = name_of(fetch), jp_web_app.settings["vre_dm"]
    extension.disks = Disks(patience=60)
    assert said(await api("jobs", name))["kept"] == 0
    extension.disks, back = Disks(lambda _: "/", patience=0.3), threading.Event()
    with pytest.raises(Hung):
        extension.disks.ask(tmp_path, lambda: back.wait(60))
    job = said(await api("jobs", name))
    assert (job["state"], job["kept"]) == ("cancelled", None)
    assert (await api("jobs", name, method="DELETE")).code == 204
    assert said(await api("jobs"))["jobs"] == []
    back.set()
